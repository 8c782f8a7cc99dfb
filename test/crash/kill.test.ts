import { afterEach, describe, expect, it } from 'vitest';
import type { FailpointName } from '../../src/core/failpoint.ts';
import { createFolder, postCall, type Folder, type Line } from './hookline.ts';
import { sinkPlugin, sinkWorkflow, startSink, type Sink } from './sink.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function setUp(action: string): Promise<{ folder: Folder; sink: Sink }> {
  const sink = await startSink();
  const folder = createFolder(sinkWorkflow(sink, action), { 'sink.ts': sinkPlugin });
  cleanups.push(
    () => sink.close(),
    () => folder.remove(),
  );
  return { folder, sink };
}

const call = '11111111-2222-4333-8444-555555555555';
const settled = (line: Line) => line.msg === 'run' && ['succeeded', 'failed', 'held'].includes(String(line['status']));

/** Kills the process at the point while it handles one event, starts it again, lets the sender try again, waits for the run. */
async function crashAt(point: FailpointName | null, action: string) {
  const { folder, sink } = await setUp(action);
  const first = await folder.start(point === null ? {} : { HOOKLINE_FAILPOINT: point });
  cleanups.push(() => first.kill('SIGKILL'));
  const answer = await postCall(first.url, call);
  if (point === null) await first.waitFor(settled);
  else expect(await first.ended).toBe('SIGKILL');
  first.kill('SIGKILL');
  await first.ended;
  const second = await folder.start();
  cleanups.push(() => second.kill('SIGKILL'));
  // What was acknowledged is not sent again by the sender; what was not, is.
  const again = answer === 204 ? null : await postCall(second.url, call);
  const line = point === null ? null : await second.waitFor(settled);
  const { items: events } = (await second.api('/events')) as { items: { id: string }[] };
  const { items: runs } = (await second.api('/runs')) as {
    items: { id: string; status: string; reason: string | null }[];
  };
  const { attempts } = (await second.api(`/runs/${runs[0]?.id}`)) as {
    attempts: { status: string; sent: boolean | null }[];
  };
  second.kill('SIGTERM');
  expect(await second.ended).toBe(0);
  return { answer, again, line, events, runs, attempts, sink };
}

describe('kill -9', { timeout: 60_000 }, () => {
  const early: FailpointName[] = ['after-insert-before-commit', 'after-commit-before-answer'];
  const late: FailpointName[] = ['after-begun-before-send', 'after-send-before-outcome', 'before-settle'];

  it.each(early.flatMap((point) => ['keyed', 'once'].map((action) => [point, action] as const)))(
    '%s leaves one event and one effect of a %s action once the sender tries again',
    async (point, action) => {
      const { answer, again, events, runs, sink } = await crashAt(point, action);
      expect(answer).toBeNull();
      expect(again).toBe(204);
      expect(events).toHaveLength(1);
      expect(runs).toMatchObject([{ status: 'succeeded' }]);
      expect(sink.effects(action)).toBe(1);
    },
  );

  it.each(late.flatMap((point) => ['keyed', 'looked'].map((action) => [point, action] as const)))(
    '%s leaves exactly one effect of a %s action',
    async (point, action) => {
      const { events, runs, attempts, sink } = await crashAt(point, action);
      expect(events).toHaveLength(1);
      expect(runs).toMatchObject([{ status: 'succeeded' }]);
      expect(sink.effects(action)).toBe(1);
      expect(attempts[0]?.status).toBe(
        action === 'looked' && point !== 'after-begun-before-send' ? 'succeeded' : 'in_doubt',
      );
    },
  );

  it.each(late.map((point) => [point, point === 'after-begun-before-send' ? 0 : 1] as const))(
    '%s leaves exactly one attempt of a once action, in doubt and held',
    async (point, effects) => {
      const { runs, attempts, sink } = await crashAt(point, 'once');
      expect(runs).toMatchObject([{ status: 'held', reason: 'in_doubt' }]);
      expect(attempts).toMatchObject([{ status: 'in_doubt' }]);
      expect(sink.effects('once')).toBe(effects);
    },
  );

  it('after the run is settled changes nothing (negative control: no doubt without a kill)', async () => {
    const { answer, runs, attempts, sink } = await crashAt(null, 'once');
    expect(answer).toBe(204);
    expect(runs).toMatchObject([{ status: 'succeeded' }]);
    expect(attempts).toMatchObject([{ status: 'succeeded' }]);
    expect(sink.effects('once')).toBe(1);
  });
});
