// Contract: configurations, connections, counts and the write probe.

import { expect, test } from 'vitest';
import type { ConnectionState } from '../../src/core/model.ts';
import { acceptOne, claimOne, delivery, plannedRun, refusal, start, update } from './rows.ts';
import type { Subject } from './store.ts';

const config = (hash: string, at = start) => ({ hash, text: `# ${hash}\nversion: 1\n`, file: 'workflows.yaml', at });

export function keepContract({ store, reopen }: Subject): void {
  test('keeps every configuration and knows the last one accepted', async () => {
    expect(await store().config()).toBeNull();
    await store().saveConfig(config('a'));
    await store().saveConfig(config('b'));
    expect(await store().config()).toEqual(config('b'));
    expect(await store().config('a')).toEqual(config('a'));
    expect(await store().config('none')).toBeNull();
    await store().saveConfig(config('a', start - 5000));
    const kept = await reopen();
    expect(await kept.config(), 'accepted again, with a clock set back').toEqual(config('a', start - 5000));
  });

  test('keeps the state of each connection', async () => {
    const open: ConnectionState = {
      name: 'crm',
      status: 'open',
      reason: 'down',
      since: start,
      untilAt: start + 1000,
      error: { name: 'E', message: 'm' },
    };
    const paused: ConnectionState = { ...open, status: 'paused', reason: 'credentials', untilAt: null, error: null };
    await store().setConnection(open);
    await store().setConnection({ ...open, name: 'ops' });
    await store().setConnection(paused);
    expect(await (await reopen()).connections()).toEqual([paused, { ...open, name: 'ops' }]);
  });

  test('counts deliveries, events and runs by status', async () => {
    expect(await store().stats()).toMatchObject({
      events: { pending: 0, matched: 0, ignored: 0 },
      runs: { pending: 0, running: 0, waiting: 0, held: 0, succeeded: 0, failed: 0, canceled: 0 },
      deliveries: { accepted: 0, duplicate: 0, refused: 0 },
      oldestDueAt: null,
    });
    await plannedRun(store());
    const { run, fence } = await claimOne(store());
    await plannedRun(store(), { dueAt: start + 70 });
    await plannedRun(store(), { dueAt: start + 30, lane: 'mail' });
    await acceptOne(store(), { key: 'k' });
    await store().accept([delivery({ key: 'k' })]);
    await store().refuse([refusal(), refusal()]);
    const counted = await store().stats();
    expect(counted).toMatchObject({
      events: { pending: 1, matched: 3, ignored: 0 },
      runs: { pending: 2, running: 1, held: 0 },
      deliveries: { accepted: 4, duplicate: 1, refused: 2 },
      oldestDueAt: start + 30,
    });
    expect(counted.bytes).toBeGreaterThan(0);
    const held = update(run, { status: 'held', reason: 'paused' });
    await store().record([{ runId: run.id, fence, update: held, release: true }]);
    expect((await store().stats()).runs).toMatchObject({ running: 0, held: 1 });
  });

  test('tells what waits, up to the number asked for', async () => {
    for (const reason of ['in_doubt', 'paused', 'paused'] as const)
      await plannedRun(store(), { status: 'held', reason, dueAt: null });
    await plannedRun(store(), { dueAt: start + 30, lane: 'mail' });
    for (const key of ['a', 'b', 'c']) await acceptOne(store(), { key });
    expect(await store().backlog(2)).toMatchObject({
      pendingEvents: 2,
      runs: { pending: 1, running: 0, waiting: 0, held: 2, failed: 0 },
      held: { in_doubt: 1, paused: 2, credentials: 0, missing: 0 },
      oldestDueAt: start + 30,
    });
    const { usedBytes } = await store().backlog(100);
    expect(usedBytes).toBeGreaterThan(0);
  });

  test('proves that a write works', async () => {
    await expect(store().probe()).resolves.toBeUndefined();
    await expect(store().probe()).resolves.toBeUndefined();
  });
}
