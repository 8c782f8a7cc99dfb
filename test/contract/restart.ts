// Contract: what a process left behind when it ended is found by the next one.

import { expect, test } from 'vitest';
import { attempt, claimLane, claimOne, day, delivery, plannedRun, runOf, start, update } from './rows.ts';
import type { Subject } from './store.ts';

export function restartContract({ store, reopen }: Subject): void {
  test('makes runs of other owners claimable, and none of the living one', async () => {
    const lost = await plannedRun(store());
    await claimOne(store(), { owner: 'owner-1' });
    const own = await plannedRun(store());
    await claimOne(store(), { owner: 'owner-2' });
    await plannedRun(store(), { status: 'succeeded', dueAt: null, endedAt: start });
    expect(await store().recover('owner-2', start)).toBe(1);
    expect(await store().recover('owner-2', start)).toBe(0);
    expect((await claimOne(store(), { owner: 'owner-2' })).run.id).toBe(lost.id);
    expect(await runOf(store(), own.id)).toMatchObject({ claimed: true, fence: 1 });
  });

  test('gives back the attempts that have no outcome, until they are settled', async () => {
    await plannedRun(store());
    const { run, fence } = await claimOne(store());
    const [done, open] = [attempt(run.id), attempt(run.id, { number: 2, begunAt: start + 1 })];
    const ended = [
      { id: done.id, status: 'retryable', endedAt: start, sent: false, output: null, error: null, retryAfterMs: null },
    ] as const;
    await store().record([{ runId: run.id, fence, update: update(run), begun: [done], release: false }]);
    await store().record([{ runId: run.id, fence, update: update(run), begun: [open], ended, release: false }]);

    const restarted = await reopen();
    await restarted.recover('owner-2', start);
    const again = await claimOne(restarted, { owner: 'owner-2' });
    expect(again.open).toEqual([open]);
    const doubt = { ...ended[0], id: open.id, status: 'in_doubt', sent: null } as const;
    const waiting = update(again.run, { status: 'waiting', dueAt: start });
    await restarted.record([{ runId: run.id, fence: again.fence, update: waiting, ended: [doubt], release: true }]);
    expect((await claimOne(restarted, { owner: 'owner-2' })).open).toEqual([]);
  });

  test('shows the next owner an outcome that came late, so that it is not taken for nothing', async () => {
    await plannedRun(store());
    const { run, fence } = await claimOne(store());
    const begun = attempt(run.id);
    await store().record([{ runId: run.id, fence, update: update(run), begun: [begun], release: false }]);
    await store().recover('owner-2', start);
    const outcome = {
      id: begun.id,
      status: 'succeeded',
      endedAt: start,
      sent: true,
      output: { id: '1' },
      error: null,
      retryAfterMs: null,
    } as const;
    await store().record([{ runId: run.id, fence, update: update(run), ended: [outcome], release: true }]);
    const next = await claimOne(store(), { owner: 'owner-2' });
    expect(next.open).toEqual([{ ...begun, ...outcome, late: true }]);
    const settled = { ...outcome, status: 'in_doubt', output: null } as const;
    const held = update(next.run, { status: 'held', reason: 'in_doubt' });
    await store().record([{ runId: run.id, fence: next.fence, update: held, ended: [settled], release: true }]);
    expect(await store().attempts(run.id), 'the better evidence stays').toMatchObject([{ status: 'succeeded' }]);
    await store().release('crm', ['in_doubt'], start);
    expect((await claimOne(store(), { owner: 'owner-2' })).open).toEqual([]);
  });

  test('keeps a retry over a restart, due when it was due', async () => {
    await plannedRun(store());
    const { run, fence } = await claimOne(store());
    const dueAt = start + 40 * day;
    await store().record([{ runId: run.id, fence, update: update(run, { status: 'waiting', dueAt }), release: true }]);
    const restarted = await reopen();
    expect(await restarted.recover('owner-2', start)).toBe(0);
    expect(await claimLane(restarted, { now: dueAt - 1 })).toEqual([]);
    expect((await claimOne(restarted, { now: dueAt })).run.id).toBe(run.id);
  });

  test('keeps pending events and dedupe marks over a restart', async () => {
    const item = delivery();
    await store().accept([item]);
    const restarted = await reopen();
    expect(await restarted.pending(10)).toHaveLength(1);
    const again = await restarted.accept([delivery({ key: item.key })]);
    expect(again).toMatchObject([{ value: { status: 'duplicate', eventId: item.eventId } }]);
  });

  test('refuses work once it is closed, and closes twice', async () => {
    await store().close();
    await store().close();
    await expect(store().accept([delivery()])).rejects.toMatchObject({ code: 'store.unavailable' });
    await expect(store().stats()).rejects.toMatchObject({ code: 'store.unavailable' });
    await reopen();
  });
}
