// Contract: what is past its time goes, and nothing that is still needed.

import { expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { acceptOne, attempt, claimOne, day, delivery, newRun, plannedRun, refusal, start, update } from './rows.ts';
import type { Subject } from './store.ts';

const retention = { succeededMs: 30 * day, failedMs: 90 * day, deliveriesMs: 30 * day };

async function pruneAll(store: Store, now: number): Promise<number> {
  let rows = 0;
  for (;;) {
    const removed = await store.prune(now, retention);
    if (removed === 0) return rows;
    rows += removed;
  }
}

const finished = (status: 'succeeded' | 'failed' | 'canceled') => ({ status, endedAt: start, dueAt: null }) as const;

export function pruneContract({ store }: Subject): void {
  test('removes final runs by their age, with their attempts and their events', async () => {
    await plannedRun(store());
    const { run, fence } = await claimOne(store());
    const done = update(run, { status: 'succeeded', endedAt: start });
    await store().record([{ runId: run.id, fence, update: done, begun: [attempt(run.id)], release: true }]);
    const failed = await plannedRun(store(), finished('failed'));
    await plannedRun(store(), finished('canceled'));

    await pruneAll(store(), start + 30 * day - 1);
    expect(await store().runs({}, { limit: 10 })).toHaveLength(3);
    await pruneAll(store(), start + 30 * day);
    expect((await store().runs({}, { limit: 10 })).map(({ id }) => id)).toEqual([failed.id]);
    expect(await store().attempts(run.id)).toEqual([]);
    expect((await store().events({}, { limit: 10 })).map(({ id }) => id)).toEqual([failed.eventId]);
    expect((await store().deliveries({}, { limit: 10 })).map(({ eventId }) => eventId)).toEqual([failed.eventId]);
    await pruneAll(store(), start + 90 * day);
    expect(await store().stats()).toMatchObject({ runs: { failed: 0 }, deliveries: { accepted: 0 } });
  });

  test('never removes a run that is not final', async () => {
    for (const status of ['pending', 'waiting'] as const) await plannedRun(store(), { status, lane: 'mail' });
    await plannedRun(store(), { status: 'held', reason: 'in_doubt', dueAt: null });
    await plannedRun(store());
    await claimOne(store());
    await pruneAll(store(), start + 1000 * day);
    expect(await store().runs({}, { limit: 10 })).toHaveLength(4);
    expect(await store().events({}, { limit: 10 })).toHaveLength(4);
  });

  test('keeps an event as long as one of its runs is there', async () => {
    const first = await plannedRun(store(), finished('succeeded'));
    const again = await store().replay(newRun(first.eventId, { dueAt: start + 500 * day }));
    await pruneAll(store(), start + 100 * day);
    expect((await store().runs({}, { limit: 10 })).map(({ id }) => id)).toEqual([again.id]);
    expect(await store().event(first.eventId)).not.toBeNull();
    expect((await claimOne(store(), { now: start + 500 * day })).event.id).toBe(first.eventId);
  });

  test('keeps an event whose run was asked for before it was planned', async () => {
    const eventId = await acceptOne(store());
    await store().replay(newRun(eventId, { dueAt: start + 500 * day }));
    await store().plan([{ eventId, runs: [] }]);
    await pruneAll(store(), start + 100 * day);
    expect((await claimOne(store(), { now: start + 500 * day })).event.id).toBe(eventId);
  });

  test('keeps pending events, and removes those that no workflow took', async () => {
    const pending = await acceptOne(store());
    const ignored = await acceptOne(store());
    await store().plan([{ eventId: ignored, runs: [] }]);
    await pruneAll(store(), start + 30 * day - 1);
    expect(await store().event(ignored)).not.toBeNull();
    await pruneAll(store(), start + 30 * day);
    expect((await store().events({}, { limit: 10 })).map(({ id }) => id)).toEqual([pending]);
  });

  test('keeps an event after its runs until deliveries are due to go', async () => {
    const run = await plannedRun(store(), finished('succeeded'));
    const short = { ...retention, succeededMs: day };
    while ((await store().prune(start + 2 * day, short)) > 0);
    expect(await store().run(run.id)).toBeNull();
    expect(await store().event(run.eventId)).not.toBeNull();
    await pruneAll(store(), start + 30 * day);
    expect(await store().event(run.eventId)).toBeNull();
  });

  test('removes refused deliveries by their age', async () => {
    await store().refuse([refusal(), refusal({ receivedAt: start + day })]);
    expect(await pruneAll(store(), start + 30 * day)).toBe(1);
    expect(await pruneAll(store(), start + 31 * day)).toBe(1);
  });

  test('remembers a key until its time, though its event is gone', async () => {
    const keepUntil = start + 60 * day;
    const eventId = await acceptOne(store(), { key: 'k', keepUntil });
    await store().plan([{ eventId, runs: [] }]);
    await pruneAll(store(), start + 40 * day);
    expect(await store().event(eventId)).toBeNull();
    const repeat = delivery({ key: 'k', receivedAt: start + 41 * day });
    expect(await store().accept([repeat])).toEqual([
      { ok: true, value: { status: 'duplicate', eventId, differs: false } },
    ]);
    expect(await pruneAll(store(), keepUntil), 'the mark; the repeat is younger').toBe(1);
    expect(await pruneAll(store(), start + 71 * day), 'the repeat goes by its own age').toBe(1);
    await acceptOne(store(), { key: 'k', receivedAt: keepUntil });
  });

  test('frees the unique value of a run that is gone', async () => {
    await plannedRun(store(), { ...finished('succeeded'), unique: 'call-1' });
    await pruneAll(store(), start + 30 * day);
    const eventId = await acceptOne(store(), { receivedAt: start + 30 * day });
    const runs = [newRun(eventId, { unique: 'call-1' })];
    expect(await store().plan([{ eventId, runs }])).toEqual([{ runs: [runs[0]?.id] }]);
  });

  test('works in small batches', async () => {
    const items = Array.from({ length: 1000 }, () => delivery({ body: new Uint8Array(8000) }));
    await store().accept(items);
    await store().plan(items.map(({ eventId }) => ({ eventId, runs: [] })));
    const first = await store().prune(start + 31 * day, retention);
    expect(first).toBeGreaterThan(0);
    expect(first, 'not all at once').toBeLessThan(items.length);
    await pruneAll(store(), start + 31 * day);
    expect((await store().stats()).events).toEqual({ pending: 0, matched: 0, ignored: 0 });
  });

  test('removes configurations that were replaced long ago, but for the newest and those that a run began with', async () => {
    const hashes = Array.from({ length: 25 }, (_, index) => `config-${index}`);
    for (const [index, hash] of hashes.entries()) {
      await store().saveConfig({ hash, text: 'version: 1', file: 'workflows.yaml', at: start + index });
    }
    await plannedRun(store(), { config: 'config-1', dueAt: start + 500 * day });
    const left = async () => {
      const found = await Promise.all(hashes.map((hash) => store().config(hash)));
      return found.flatMap((config) => (config === null ? [] : config.hash));
    };
    await pruneAll(store(), start + 30 * day);
    expect(await left(), 'an event that came meanwhile may name it').toEqual(hashes);
    expect(await pruneAll(store(), start + 31 * day)).toBe(4);
    expect(await left()).toEqual(['config-1', ...hashes.slice(5)]);
    expect((await store().config())?.hash).toBe('config-24');
    await store().saveConfig({ hash: 'config-1', text: 'version: 1', file: 'workflows.yaml', at: start + 31 * day });
    await pruneAll(store(), start + 100 * day);
    expect((await store().config())?.hash, 'accepted again').toBe('config-1');
    expect(await left()).toEqual(['config-1', ...hashes.slice(6)]);
  });

  test('keeps an old configuration while there are more old runs than it looks at', async () => {
    for (let index = 0; index < 22; index++) {
      await store().saveConfig({ hash: `config-${index}`, text: 'version: 1', file: 'workflows.yaml', at: start });
    }
    const eventId = await acceptOne(store());
    const runs = Array.from({ length: 1001 }, (_, index) =>
      newRun(eventId, { workflow: `w-${index}`, dueAt: start + 500 * day, config: 'config-21' }),
    );
    await store().plan([{ eventId, runs: runs.slice(0, 999) }]);
    await pruneAll(store(), start + 40 * day);
    expect(await store().config('config-0'), 'all of 999 could be looked at').toBeNull();
    const other = await acceptOne(store());
    await store().plan([{ eventId: other, runs: runs.slice(999).map((run) => ({ ...run, eventId: other })) }]);
    await store().saveConfig({ hash: 'config-22', text: 'version: 1', file: 'workflows.yaml', at: start });
    await pruneAll(store(), start + 40 * day);
    expect(await store().config('config-2')).not.toBeNull();
  });
}
