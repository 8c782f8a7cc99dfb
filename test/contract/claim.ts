// Contract: due runs are taken lane by lane, oldest first, each by one owner.

import { expect, test } from 'vitest';
import {
  attempt,
  claimLane,
  claimOne,
  day,
  delivery,
  eventOf,
  newRun,
  plannedRun,
  runOf,
  start,
  update,
} from './rows.ts';
import type { Subject } from './store.ts';

export function claimContract({ store }: Subject): void {
  test('hands out a run with its event, once', async () => {
    const planned = await plannedRun(store());
    const claimed = await claimOne(store());
    const event = await eventOf(store(), planned.eventId);
    const { unique, ...run } = planned;
    expect(unique).toBeNull();
    expect(claimed).toEqual({
      run: { ...run, replay: 0, status: 'running', dueAt: null },
      event,
      fence: 1,
      open: [],
    });
    expect(await runOf(store(), run.id)).toEqual({ run: claimed.run, fence: 1, claimed: true });
    expect(await claimLane(store(), { owner: 'owner-2' })).toEqual([]);
  });

  test('gives each run to one of many concurrent claims', async () => {
    const eventIds: string[] = [];
    for (let index = 0; index < 20; index++) eventIds.push((await plannedRun(store())).eventId);
    const claims = Array.from({ length: 8 }, (_, index) => claimLane(store(), { owner: `owner-${index}`, limit: 4 }));
    const claimed = (await Promise.all(claims)).flat().map(({ event }) => event.id);
    expect(claimed.sort()).toEqual(eventIds.sort());
  });

  test('takes no more than asked of each lane, oldest first, and none of the others', async () => {
    const late = await plannedRun(store(), { dueAt: start - 10 });
    const early = await plannedRun(store(), { dueAt: start - 20 });
    await plannedRun(store(), { dueAt: start - 5 });
    const mail = await plannedRun(store(), { lane: 'mail' });
    await plannedRun(store(), { lane: 'slack', dueAt: start - day });
    const claimed = await store().claim({
      now: start,
      owner: 'o',
      lanes: [
        { lane: 'crm', limit: 2 },
        { lane: 'mail', limit: 5 },
        { lane: 'none', limit: 5 },
      ],
    });
    expect(claimed.map(({ run }) => run.id)).toEqual([early.id, late.id, mail.id]);
  });

  test('is not kept from a lane by the backlog of another', async () => {
    for (let index = 0; index < 30; index++) await plannedRun(store(), { dueAt: start - day });
    const mail = await plannedRun(store(), { lane: 'mail' });
    const lanes = [
      { lane: 'crm', limit: 1 },
      { lane: 'mail', limit: 1 },
    ];
    const claimed = await store().claim({ now: start, owner: 'o', lanes });
    expect(claimed.map(({ run }) => run.id)).toContain(mail.id);
    expect(claimed).toHaveLength(2);
  });

  test('leaves a run alone until it is due, however long that is', async () => {
    const far = start + 400 * day;
    await plannedRun(store(), { dueAt: far, status: 'waiting' });
    expect(await claimLane(store(), { now: far - 1 })).toEqual([]);
    expect(await store().nextDue(['crm'])).toBe(far);
    expect((await claimOne(store(), { now: far })).run.status).toBe('running');
    expect(await store().nextDue(['crm'])).toBeNull();
  });

  test('knows the next due time and the lanes that have runs to claim', async () => {
    expect(await store().lanes()).toEqual([]);
    await plannedRun(store(), { lane: 'mail', dueAt: start + 500 });
    await plannedRun(store(), { lane: 'crm', dueAt: start + 100 });
    await plannedRun(store(), { lane: 'crm', dueAt: start + 300 });
    await plannedRun(store(), { lane: '', dueAt: start + 900 });
    expect([...(await store().lanes())].sort()).toEqual(['', 'crm', 'mail']);
    expect(await store().nextDue(['crm', 'mail'])).toBe(start + 100);
    expect(await store().nextDue(['mail'])).toBe(start + 500);
    expect(await store().nextDue(['none'])).toBeNull();
    expect(await store().nextDue([])).toBeNull();
    await claimOne(store(), { now: start + 100 });
    expect(await store().nextDue(['crm'])).toBe(start + 300);
  });

  test('changes the lane of a run with its next step', async () => {
    await plannedRun(store());
    const { run, fence } = await claimOne(store());
    const next = update(run, { status: 'waiting', lane: 'mail', dueAt: start });
    await store().record([{ runId: run.id, fence, update: next, release: true }]);
    expect(await store().lanes()).toEqual(['mail']);
    const again = await claimOne(store(), { lane: 'mail' });
    expect(again.fence).toBeGreaterThan(fence);
  });

  test('keeps a held run out of the queue and lets it go by lane and reason', async () => {
    const reasons = ['in_doubt', 'credentials', 'paused'] as const;
    for (const reason of reasons) await plannedRun(store(), { status: 'held', reason, dueAt: null });
    await plannedRun(store(), { status: 'held', reason: 'credentials', dueAt: null, lane: 'mail' });
    expect(await claimLane(store(), {})).toEqual([]);
    expect(await store().release('crm', ['credentials', 'paused'], start)).toBe(2);
    expect(await store().release('crm', ['credentials', 'paused'], start)).toBe(0);
    const released = await claimLane(store(), {});
    expect(released).toHaveLength(2);
    expect(released.map(({ run }) => run.reason)).toEqual([null, null]);
    expect(await store().runs({ status: 'held' }, { limit: 10 })).toHaveLength(2);
  });

  test('releases more runs than one piece has', async () => {
    const items = Array.from({ length: 1100 }, () => delivery());
    await store().accept(items);
    const runs = items.map(({ eventId }) => newRun(eventId, { status: 'held', reason: 'paused', dueAt: null }));
    await store().plan(runs.map((run) => ({ eventId: run.eventId, runs: [run] })));
    expect(await store().release('crm', ['credentials', 'paused'], start)).toBe(1100);
    expect(await store().runs({ status: 'held' }, { limit: 10 })).toEqual([]);
  });

  test('does not release a run under the hands of the person who edits it', async () => {
    const held = await plannedRun(store(), { status: 'held', reason: 'paused', dueAt: null });
    const { run, fence } = await runOf(store(), held.id);
    await store().release('crm', ['paused'], start);
    const edited = await store().edit({ runId: run.id, fence, update: update(run, { status: 'canceled' }) });
    expect(edited, 'it has moved on').toBe(false);
    const claimed = await claimOne(store());
    expect(await store().release('crm', ['paused'], start), 'a claimed run is not held').toBe(0);
    const begun = [attempt(run.id)];
    expect(
      await store().record([
        { runId: run.id, fence: claimed.fence, update: update(claimed.run), begun, release: false },
      ]),
    ).toEqual([true]);
  });

  test('keeps apart the runs of one event', async () => {
    const first = await plannedRun(store());
    await store().replay(newRun(first.eventId, { lane: 'crm' }));
    const claimed = await claimLane(store(), {});
    expect(new Set(claimed.map(({ run }) => run.replay))).toEqual(new Set([0, 1]));
  });
}
