// Runs among replicas: nothing is sent for one that another may have, late outcomes count, and what another left is found although nobody tells.

import { afterEach, describe, expect, it } from 'vitest';
import type { SharedStore, Store } from '../../src/store/store.ts';
import { startEngine, workflow, workflowsOf, type Engine } from './engine.ts';

const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop();
});

/** An engine whose only action counts its calls; the first `hung` of them never end. */
async function engineOf(given: { hung?: number; holds?: SharedStore['holds'] } = {}) {
  const { hung = 0, holds = () => true } = given;
  const called = Promise.withResolvers<void>();
  let calls = 0;
  const run = async () => {
    calls += 1;
    called.resolve();
    if (calls <= hung) await new Promise(() => undefined);
    return { id: `call ${calls}` };
  };
  const workflows = workflowsOf(workflow('w', [{ id: 'log', action: { run } }]));
  const engine = await startEngine(() => workflows, { env: { ATTEMPT_TIMEOUT: '1s' } });
  const shared: SharedStore = {
    join: async () => undefined,
    replicas: async () => [],
    swapConnection: async (state) => state,
    takeTurn: async () => 0,
    holds,
  };
  Object.assign(engine.store, { shared });
  engines.push(engine);
  return { engine, calls: () => calls, called: called.promise };
}

describe('a lease', () => {
  it('that ended after the attempt was begun lets nothing be sent, and the next claim sends it', async () => {
    let asked = 0;
    // At the claim it is held; at the look before the call it no longer is.
    const { engine, calls } = await engineOf({ holds: (_, fence) => fence > 1 || (asked += 1) === 1 });
    const run = await engine.until(await engine.event(), 'succeeded');
    expect(calls()).toBe(1);
    expect(await engine.attempts(run.id)).toMatchObject([
      { status: 'interrupted', sent: false },
      { status: 'succeeded', number: 2 },
    ]);
    expect(run.steps[0], 'it counts toward no limit').toMatchObject({ retries: 0 });
  });

  it('that holds lets it be sent at once', async () => {
    const { engine, calls } = await engineOf();
    const run = await engine.until(await engine.event(), 'succeeded');
    expect(calls()).toBe(1);
    expect(await engine.attempts(run.id)).toMatchObject([{ status: 'succeeded', number: 1 }]);
  });
});

describe('an attempt of an owner that lost the run', () => {
  /** The run is taken from its owner while its action is under way. */
  async function taken() {
    const { engine, calls, called } = await engineOf({ hung: 1 });
    const eventId = await engine.event();
    await called;
    const [run] = await engine.store.runs({ eventId }, { limit: 1 });
    const [attempt] = await engine.attempts(run?.id ?? '');
    if (!run || !attempt) throw new Error('it was begun');
    const claim: Store['claim'] = engine.store.claim.bind(engine.store);
    Object.assign(engine.store, { claim: async () => [] });
    await engine.store.recover('somebody else', Date.now());
    /** From now on it may be claimed. */
    const open = () => {
      Object.assign(engine.store, { claim });
      engine.worker.wake();
    };
    return { engine, calls, eventId, run, attempt, open };
  }

  it('settles its step when its outcome came before the next claim', async () => {
    const { engine, calls, eventId, run, attempt, open } = await taken();
    const end = { ...attempt, status: 'succeeded', endedAt: Date.now(), sent: true, output: { id: 'late' } } as const;
    expect(await engine.store.record([{ runId: run.id, fence: 1, update: run, ended: [end], release: true }])).toEqual([
      false,
    ]);
    open();
    const done = await engine.until(eventId, 'succeeded');
    expect(done.steps[0]).toMatchObject({ status: 'succeeded', output: { id: 'late' } });
    expect(calls(), 'nothing is sent again').toBe(1);
    expect(await engine.attempts(run.id)).toMatchObject([{ status: 'succeeded', late: true }]);
  });

  it('is in doubt without an outcome', async () => {
    const { engine, calls, eventId, open } = await taken();
    open();
    expect(await engine.until(eventId, 'held')).toMatchObject({ reason: 'in_doubt' });
    expect(calls()).toBe(1);
  });
});

it('finds a due run that nobody tells it of', async () => {
  const { engine } = await engineOf();
  const first = await engine.until(await engine.event(), 'succeeded');
  const [id] = await engine.operations.replay(first.eventId, undefined);
  await expect.poll(async () => (await engine.store.run(id ?? ''))?.run.status, { timeout: 20_000 }).toBe('succeeded');
  const { run } = (await engine.store.run(id ?? '')) ?? {};
  if (!run) throw new Error('it is there');
  // As another replica would: this one's worker is not woken.
  const again = await engine.store.replay({
    ...run,
    id: `${run.id.slice(0, -1)}~`,
    status: 'pending',
    startedAt: null,
    endedAt: null,
    dueAt: Date.now(),
    steps: run.steps.map(({ id: step }) => ({ id: step, status: 'pending', generation: 0, attempts: 0, retries: 0 })),
    unique: null,
  });
  await expect.poll(async () => (await engine.store.run(again.id))?.run.status, { timeout: 20_000 }).toBe('succeeded');
});
