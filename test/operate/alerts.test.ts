// Alerts of our own reach the workflows that ask for them, once, over a crash, and never make another.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Happening } from '../../src/core/model.ts';
import { fileOf, startRunning, type Running } from './app.ts';

const calls = `
  calls:
    on: truedy:call.ended
    steps:
      - { id: first, uses: more.call, retry: { attempts: 1 }, with: { as: "\${{ event.data.call.summary ?? 'ok' }}" } }`;

const alerts = (as: string) => `
  alerts:
    on: "hookline:*"
    steps:
      - { uses: toys.call, retry: { attempts: 1 }, with: { as: ${as} } }`;

let dir: string;
let running: Running;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hookline-alerts-'));
});
afterEach(async () => {
  await running.stop();
  rmSync(dir, { recursive: true, force: true });
});

interface Told {
  readonly id: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/** Every alert that is stored, oldest first, as a workflow reads it. */
async function told(): Promise<readonly Told[]> {
  const { items } = (await (await running.get('/api/events?source=hookline')).json()) as { items: { id: string }[] };
  const read = items.map(async ({ id }) => {
    const event = (await (await running.get(`/api/events/${id}`)).json()) as {
      type: string;
      payload: { data: Record<string, unknown> };
    };
    return { id, type: event.type, data: event.payload.data };
  });
  return (await Promise.all(read)).toReversed();
}

const ended = (workflow: string) => (one: Happening) =>
  one.kind === 'run' && one.workflow === workflow && ['succeeded', 'failed', 'held'].includes(one.status);

it('tells of a failed run, with what a person needs to know', async () => {
  running = await startRunning(calls + alerts('ok'), { dir });
  await running.post('rejected', 'call-1');
  const failed = await running.until(ended('calls'));
  await running.until(ended('alerts'));
  expect(await told()).toEqual([
    {
      id: expect.stringMatching(/^evt_/),
      type: 'run.failed',
      data: {
        run: failed.kind === 'run' ? failed.runId : '',
        workflow: 'calls',
        event: failed.kind === 'run' ? failed.eventId : '',
        source: 'truedy',
        type: 'call.ended',
        step: 'first',
        message: 'it was told to end as rejected',
        at: expect.stringMatching(/^20\d\d-/),
      },
    },
  ]);
});

it('tells of a run whose if failed', async () => {
  const broken = `
  broken:
    on: truedy:call.ended
    if: number(event.data.call.summary ?? "") > 0
    steps:
      - { uses: toys.call, with: { as: ok } }`;
  running = await startRunning(broken + alerts('ok'), { dir });
  await running.post('words', 'call-1');
  await running.until(ended('alerts'));
  expect(await told()).toMatchObject([{ type: 'run.failed', data: { workflow: 'broken', step: '' } }]);
});

it('tells once that a run is in doubt, and of its connection and its run when credentials are refused', async () => {
  running = await startRunning(calls + alerts('ok'), { dir });
  await running.post('doubt', 'call-1');
  await running.until(ended('alerts'));
  expect(await told()).toMatchObject([{ type: 'run.held', data: { reason: 'in_doubt', step: 'first' } }]);
  let seen = 0;
  const three = running.until((one) => ended('alerts')(one) && ++seen === 3);
  await running.post('credentials', 'call-2');
  await three;
  const more = (await told()).slice(1).map(({ type, data }) => `${type} ${String(data['reason'])}`);
  expect(more.sort((a, b) => a.localeCompare(b))).toEqual(['connection.paused credentials', 'run.held credentials']);
});

it('makes no alert of a run that an alert started', async () => {
  running = await startRunning(calls + alerts('rejected'), { dir });
  await running.post('rejected', 'call-1');
  await running.until(ended('alerts'));
  await running.stop();
  running = await startRunning(calls + alerts('rejected'), { dir });
  expect(await told()).toHaveLength(1);
});

it('stores nothing that no workflow takes', async () => {
  running = await startRunning(calls, { dir });
  await running.post('rejected', 'call-1');
  await running.until(ended('calls'));
  expect(await told()).toEqual([]);
});

it('is there after a crash that came right after the run had failed', async () => {
  running = await startRunning(calls + alerts('ok'), { dir });
  await running.post('rejected', 'call-1');
  await running.until(ended('alerts'));
  const [before] = await told();
  await running.stop();
  // As a process leaves it that dies before it has looked at the alert.
  const store = await openSqliteStore({ dir: join(dir, 'data') });
  const stored = await store.event(before?.id ?? '');
  if (stored === null) throw new Error('the alert is not stored');
  const { id, ...fact } = stored;
  const body = Buffer.from(Buffer.from(fact.body).toString().replace('rejected', 'left behind'));
  await store.raise([{ ...fact, eventId: id.replace(/.{4}$/, 'zzzz'), key: 'left', body }]);
  await store.close();
  running = await startRunning(calls + alerts('ok'), { dir });
  await running.until(ended('alerts'));
  expect((await told()).map(({ data }) => data['message'])).toContain('it was told to end as left behind');
});

it('tells of a workflow file that is refused while running, and once more an hour by a start', async () => {
  running = await startRunning(calls + alerts('ok'), { dir });
  writeFileSync(join(dir, 'workflows.yaml'), fileOf('  broken: 1'));
  await running.app.reload();
  await running.until(ended('alerts'));
  expect(await told()).toMatchObject([
    { type: 'config.refused', data: { problems: 1, message: expect.stringContaining('broken') } },
  ]);
  await running.stop();
  running = await startRunning('  broken: 1', { dir });
  expect((await told()).length).toBeLessThanOrEqual(2);
  expect(running.app.workflows.alerts?.has('config.refused')).toBe(true);
});
