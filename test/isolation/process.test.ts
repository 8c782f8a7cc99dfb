import { afterEach, describe, expect, it } from 'vitest';
import { createFolder, postCall, type Folder, type Hookline, type Line, type Started } from '../crash/hookline.ts';
import { roguePlugin, rogueWorkflow, strayPlugin } from './rogue.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function folderOf(plugin = roguePlugin): Folder {
  const folder = createFolder(rogueWorkflow, { 'rogue.js': plugin });
  cleanups.push(() => folder.remove());
  return folder;
}

async function start(folder: Folder, env: Record<string, string> = {}): Promise<Hookline> {
  const hookline = await folder.start({ ATTEMPT_TIMEOUT: '300ms', CIRCUIT_AFTER: '1000', ...env });
  cleanups.push(async () => {
    hookline.kill('SIGKILL');
    await hookline.ended;
  });
  return hookline;
}

const isRun =
  (workflow: string, status: string, not: ReadonlySet<unknown> = new Set()) =>
  (line: Line) =>
    line.msg === 'run' && line['workflow'] === workflow && line['status'] === status && !not.has(line['runId']);

async function stop(hookline: Hookline): Promise<number | NodeJS.Signals> {
  hookline.kill('SIGTERM');
  return hookline.ended;
}

describe('a connector that misbehaves', { timeout: 60_000 }, () => {
  it('leaves its attempt in doubt, and the process and the other runs alone', async () => {
    const hookline = await start(folderOf());
    const seen = new Set<unknown>();
    for (const way of ['throws', 'rejects', 'never', 'timer', 'unheard', 'socket', 'exits']) {
      expect(await postCall(hookline.url, way)).toBe(204);
      const good = await hookline.waitFor(isRun('good', 'succeeded', seen));
      const bad = await hookline.waitFor(isRun('bad', 'held', seen));
      expect(bad, way).toMatchObject({ reason: 'in_doubt' });
      seen.add(good['runId']).add(bad['runId']);
      if (!['timer', 'unheard', 'socket'].includes(way)) continue;
      // It is told whose it was.
      const told = await hookline.waitFor((line) => line['runId'] === bad['runId'] && line.msg.includes('threw where'));
      expect(told).toMatchObject({ connection: 'bad', action: 'act', step: 'act', number: 1 });
    }
    expect(await stop(hookline)).toBe(0);
  });

  it('ends the process when nobody can tell whose code threw', async () => {
    const hookline = await start(folderOf(strayPlugin));
    hookline.kill('SIGUSR2');
    const line = await hookline.waitFor(({ msg }) => msg.startsWith('an error that nobody caught'));
    expect(line).toMatchObject({ error: { message: 'nobody knows whose' } });
    expect(await hookline.ended).toBe(1);
  });

  it('that loops for ever ends the process, is named, and is left to a person after three times', async () => {
    const folder = folderOf();
    const first = await start(folder, { WATCHDOG: '800ms' });
    expect(await postCall(first.url, 'loops-keyed')).toBe(204);
    let started: Started = first;
    for (const number of [1, 2, 3]) {
      const line = await started.waitFor(({ msg }) => msg.startsWith('the event loop stood still'));
      expect(line).toMatchObject({ connection: 'bad', action: 'again', step: 'act', number });
      expect(String(line['at'])).toContain('rogue.js');
      expect(await started.ended).toBe(70);
      // The retry may come before it listens.
      if (number < 3) started = folder.spawn({ WATCHDOG: '800ms' });
    }
    const hookline = await start(folder, { WATCHDOG: '800ms' });
    const held = await hookline.waitFor(isRun('keyed', 'held'));
    const run = (await hookline.api(`/runs/${String(held['runId'])}`)) as { steps: { note: string }[] };
    expect(held).toMatchObject({ reason: 'in_doubt' });
    expect(run.steps[0]?.note).toContain('the process ended during 3 attempts in a row');
    // What came after it goes on.
    expect(await postCall(hookline.url, 'fine')).toBe(204);
    await hookline.waitFor(isRun('bad', 'succeeded'));
    expect(await stop(hookline)).toBe(0);
  });

  it('that loops for ever blocks everything where nobody watches', async () => {
    const hookline = await start(folderOf(), { WATCHDOG: '0s' });
    await postCall(hookline.url, 'loops-keyed');
    const alive = async () => fetch(`${hookline.adminUrl}/livez`, { signal: AbortSignal.timeout(1500) });
    const untilSilent = async (): Promise<unknown> => alive().then(untilSilent, (error: unknown) => error);
    expect(await untilSilent()).toMatchObject({ name: 'TimeoutError' });
  });

  it('that takes all memory ends the process, and is left to a person', async () => {
    const folder = folderOf();
    const env = { WATCHDOG: '0s', NODE_OPTIONS: '--max-old-space-size=100' };
    const first = await start(folder, env);
    await postCall(first.url, 'grows');
    expect(await first.ended).toBe('SIGABRT');
    const second = await start(folder);
    expect(await second.waitFor(isRun('bad', 'held'))).toMatchObject({ reason: 'in_doubt' });
    await second.waitFor(isRun('good', 'succeeded')).catch(() => undefined);
    expect(await stop(second)).toBe(0);
  });
});
