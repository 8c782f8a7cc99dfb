// Contract: only the owner of a claim writes a run; what comes too late is kept as evidence and changes nothing.

import { expect, test } from 'vitest';
import type { EndAttempt, Store } from '../../src/store/store.ts';
import type { Attempt } from '../../src/core/model.ts';
import { attempt, claimLane, claimOne, plannedRun, runOf, start, step, update } from './rows.ts';
import type { Subject } from './store.ts';

const end = (of: Attempt, given: Partial<EndAttempt> = {}): EndAttempt => ({
  id: of.id,
  status: 'succeeded',
  endedAt: start + 50,
  sent: true,
  output: { id: '00T1' },
  error: null,
  retryAfterMs: null,
  ...given,
});

/** A claimed run with one attempt under way. */
async function begunRun(store: Store) {
  await plannedRun(store);
  const claimed = await claimOne(store);
  const { run, fence } = claimed;
  const begun = attempt(run.id);
  await store.record([{ runId: run.id, fence, update: update(run), begun: [begun], release: false }]);
  return { ...claimed, begun };
}

export function recordContract({ store }: Subject): void {
  test('keeps a step, its attempts and their outcomes exactly', async () => {
    const { run, fence, begun } = await begunRun(store());
    expect(await store().attempts(run.id)).toEqual([begun]);
    const odd = { text: 'a\u0000b \ud800 é', big: 1.5e300, nested: [null, { __proto__x: true }], empty: '' };
    const error = { name: 'E', message: 'm', code: 'C', causes: ['c'], at: 'workflows.yaml:1:2' };
    const outcome = end(begun, { status: 'retryable', output: odd, error, retryAfterMs: 1500, sent: null });
    const steps = [step({ status: 'waiting', attempts: 1, input: odd, output: odd, dueAt: start + 9 })];
    const waiting = update(run, { status: 'waiting', dueAt: start + 9, startedAt: start, steps });
    const written = [{ runId: run.id, fence, update: waiting, ended: [outcome], release: true }];
    expect(await store().record(written)).toEqual([true]);
    expect(await store().attempts(run.id)).toEqual([{ ...begun, ...outcome }]);
    const kept = await runOf(store(), run.id);
    expect(kept.run).toEqual({ ...run, ...waiting });
    expect(kept.claimed).toBe(false);
  });

  test('lists attempts in the order they were begun', async () => {
    const { run, fence, begun } = await begunRun(store());
    const more = [3, 2].map((number) => attempt(run.id, { number, begunAt: start + number }));
    await store().record([{ runId: run.id, fence, update: update(run), begun: more, release: false }]);
    expect((await store().attempts(run.id)).map(({ number }) => number)).toEqual([begun.number, 2, 3]);
    expect(await store().attempts('run_none')).toEqual([]);
  });

  test('keeps a claimed run out of the queue until it is released', async () => {
    const { run, fence } = await begunRun(store());
    const due = update(run, { dueAt: start });
    await store().record([{ runId: run.id, fence, update: due, release: false }]);
    expect(await claimLane(store(), {})).toEqual([]);
    await store().record([{ runId: run.id, fence, update: due, release: true }]);
    expect(await claimLane(store(), {})).toHaveLength(1);
  });

  test('refuses every write of an owner that lost the run', async () => {
    const { run, fence, begun } = await begunRun(store());
    await store().recover('owner-2', start);
    const next = await claimOne(store(), { owner: 'owner-2' });
    const late = end(begun);
    const stale = update(run, { status: 'succeeded', endedAt: start, steps: [] });
    const written = { runId: run.id, fence, update: stale, begun: [attempt(run.id)], ended: [late], release: true };
    expect(await store().record([written])).toEqual([false]);
    expect(await runOf(store(), run.id)).toEqual({ run: next.run, fence: next.fence, claimed: true });
    const kept = await store().attempts(run.id);
    expect(kept, 'the outcome is evidence; nothing was begun').toEqual([{ ...begun, ...late, late: true }]);
  });

  test('keeps late evidence over a doubt, and nothing over a known outcome', async () => {
    const { run, fence, begun } = await begunRun(store());
    await store().recover('owner-2', start);
    const next = await claimOne(store(), { owner: 'owner-2' });
    const doubt = end(begun, { status: 'in_doubt', output: null });
    const held = update(next.run, { status: 'held', reason: 'in_doubt' });
    await store().record([{ runId: run.id, fence: next.fence, update: held, ended: [doubt], release: true }]);
    const stale = { runId: run.id, fence, update: update(run), release: true };
    expect(await store().record([{ ...stale, ended: [end(begun)] }])).toEqual([false]);
    expect(await store().attempts(run.id)).toMatchObject([{ status: 'succeeded', late: true }]);
    await store().record([{ ...stale, ended: [end(begun, { status: 'rejected' })] }]);
    expect(await store().attempts(run.id)).toMatchObject([{ status: 'succeeded', late: true }]);
    expect((await runOf(store(), run.id)).run).toMatchObject({ status: 'held', reason: 'in_doubt' });
  });

  test.each(['succeeded', 'failed', 'canceled'] as const)(
    'never changes a run that is %s by a record',
    async (status) => {
      const { run, fence } = await begunRun(store());
      const final = update(run, { status, endedAt: start });
      const record = (given: typeof final) => store().record([{ runId: run.id, fence, update: given, release: false }]);
      expect(await record(final)).toEqual([true]);
      expect(await record(update(run, { status: 'waiting', dueAt: start }))).toEqual([false]);
      expect((await runOf(store(), run.id)).run.status).toBe(status);
      expect(await claimLane(store(), {})).toEqual([]);
    },
  );

  test('may be told the same twice', async () => {
    const { run, fence, begun } = await begunRun(store());
    const again = { runId: run.id, fence, update: update(run), begun: [begun], release: false };
    expect(await store().record([again])).toEqual([true]);
    expect(await store().attempts(run.id)).toEqual([begun]);
  });

  test('answers each record of a batch for itself', async () => {
    const first = await begunRun(store());
    const second = await begunRun(store());
    const write = ({ run, fence }: typeof first) => ({ runId: run.id, fence, update: update(run), release: true });
    const wrong = { ...write(first), fence: first.fence + 1 };
    expect(await store().record([wrong, write(second), write(first)])).toEqual([false, true, true]);
    expect(await store().record([{ ...write(first), runId: 'run_none' }])).toEqual([false]);
  });

  test('lets a person edit a run that nobody runs', async () => {
    const planned = await plannedRun(store(), { status: 'failed', dueAt: null, endedAt: start });
    const { run, fence } = await runOf(store(), planned.id);
    const retry = update(run, { status: 'waiting', dueAt: start, endedAt: null, config: 'hash-2' });
    expect(await store().edit({ runId: run.id, fence, update: retry })).toBe(true);
    expect(await store().edit({ runId: run.id, fence, update: retry }), 'it was edited meanwhile').toBe(false);
    expect((await claimOne(store())).run).toMatchObject({ config: 'hash-2', endedAt: null });
  });

  test('refuses an edit of a claimed run', async () => {
    await plannedRun(store());
    const claimed = await claimOne(store());
    const { run, fence } = await runOf(store(), claimed.run.id);
    expect(await store().edit({ runId: run.id, fence, update: update(run, { status: 'canceled' }) })).toBe(false);
    expect((await runOf(store(), run.id)).run.status).toBe('running');
    expect(await store().edit({ runId: 'run_none', fence: 0, update: update(run) })).toBe(false);
  });
}
