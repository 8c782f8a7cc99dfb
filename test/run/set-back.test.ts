// The clock of the machine is set while runs wait or are under way.

import { afterEach, describe, expect, it } from 'vitest';
import type { Run } from '../../src/core/model.ts';
import { RetryableError } from '../../src/plugin/index.ts';
import type { SharedStore } from '../../src/store/store.ts';
import { lanesAt } from '../isolation/lanes.ts';
import { startEngine, workflow, workflowsOf, type Engine, type StepSpec } from './engine.ts';

const hour = 3_600_000;
const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop();
});

/** An engine whose clock can be set; `noticed: false`: its monotonic clock is set with it, so that nothing shows the jump. */
async function engineOf(steps: readonly StepSpec[], given: { noticed?: boolean; timeoutMs?: number } = {}) {
  let offset = 0;
  const clock = () => Date.now() + offset;
  const workflows = workflowsOf(workflow('w', steps, given.timeoutMs), workflow('other', [{ id: 'note' }]));
  const taken = workflowsOf(...workflows.workflows.values());
  const engine = await startEngine(() => taken, { clock, ...(given.noticed === false ? { ticks: clock } : {}) });
  engines.push(engine);
  const set = (byMs: number) => {
    offset += byMs;
    engine.worker.wake();
  };
  const state = async (id: string): Promise<Run> => {
    const found = await engine.store.run(id);
    if (!found) throw new Error('it is there');
    return found.run;
  };
  /** The engine has looked at everything since: an event that came later is done. */
  const pass = async () => {
    const eventId = await engine.event();
    const status = async () => (await engine.store.runs({ eventId, workflow: 'other' }, { limit: 1 }))[0]?.status;
    await expect.poll(status, { timeout: 20_000 }).toBe('succeeded');
  };
  return { engine, set, state, pass };
}

/** Asked to come back later, it works then. */
function later(retryAfterMs: number) {
  let calls = 0;
  const run = async () => {
    calls += 1;
    if (calls === 1) throw new RetryableError('busy', { retryAfterMs });
    return {};
  };
  return { calls: () => calls, run };
}

async function waiting(given: { noticed?: boolean; timeoutMs?: number; retryAfterMs?: number } = {}) {
  const action = later(given.retryAfterMs ?? 3 * hour);
  const made = await engineOf([{ id: 'log', action }], given);
  const eventId = await made.engine.event();
  await made.engine.until(eventId, 'waiting');
  const id = (await made.engine.store.runs({ eventId, workflow: 'w' }, { limit: 1 }))[0]?.id ?? '';
  await expect.poll(async () => (await made.engine.store.run(id))?.claimed, { timeout: 20_000 }).toBe(false);
  return { ...made, action, before: await made.state(id) };
}

describe('a clock that is set back', () => {
  it('moves what waits along, so that it waits no longer than it would have', async () => {
    const { set, state, before, action } = await waiting({ timeoutMs: 20 * hour });
    set(-2 * hour);
    await expect.poll(async () => (await state(before.id)).dueAt).not.toBe(before.dueAt);
    const after = await state(before.id);
    const close = (moved: number | null | undefined, from: number | null | undefined) =>
      expect(Math.abs((from ?? 0) - 2 * hour - (moved ?? 0))).toBeLessThan(1000);
    close(after.dueAt, before.dueAt);
    close(after.deadlineAt, before.deadlineAt);
    close(after.steps[0]?.dueAt, before.steps[0]?.dueAt);
    close(after.steps[0]?.firstAt, before.steps[0]?.firstAt);
    expect(action.calls(), 'it still waits').toBe(1);
    set(3 * hour + 1000);
    await expect.poll(async () => (await state(before.id)).status, { timeout: 20_000 }).toBe('succeeded');
  });

  it('lets a retry come when it would have come', async () => {
    const { set, state, before, action } = await waiting({ retryAfterMs: 2500 });
    set(-hour);
    await expect.poll(async () => (await state(before.id)).status, { timeout: 20_000 }).toBe('succeeded');
    expect(action.calls()).toBe(2);
  });

  it('is waited out where nothing shows that it was set (control)', async () => {
    const { set, state, before, pass } = await waiting({ noticed: false });
    set(-5 * hour);
    await pass();
    expect(await state(before.id)).toMatchObject({ status: 'waiting', dueAt: before.dueAt });
  });

  it('is followed by the first of several replicas only, so that nothing is moved twice', async () => {
    const { engine, set, state, before, pass } = await waiting();
    const other = { id: 'the first', host: 'h', config: 'hash-1', startedAt: 0, seenAt: 0 };
    let live = [other];
    const shared: SharedStore = {
      join: async () => undefined,
      replicas: async () => live,
      holds: () => true,
      swapConnection: async (next) => next,
      takeTurn: async () => 0,
    };
    Object.assign(engine.store, { shared });
    set(-hour);
    await pass();
    expect((await state(before.id)).dueAt).toBe(before.dueAt);
    live = [];
    set(-hour);
    await expect.poll(async () => (await state(before.id)).dueAt, { timeout: 20_000 }).not.toBe(before.dueAt);
  });

  it('by a little changes nothing', async () => {
    const { set, state, before, pass } = await waiting();
    set(-5000);
    await pass();
    expect((await state(before.id)).dueAt).toBe(before.dueAt);
  });

  it('closes an open circuit no later than it would have been', async () => {
    const clock = { now: 10 * hour };
    const lanes = lanesAt(() => clock.now, { circuitAfter: 1, circuitForMs: 30_000 });
    await lanes.report('crm', 'failed', null);
    clock.now -= hour;
    expect(lanes.gate('crm'), 'it would be open for an hour').toEqual({ is: 'postponed', until: 10 * hour + 30_000 });
    await lanes.moveAlong(hour);
    expect(lanes.gate('crm')).toEqual({ is: 'postponed', until: clock.now + 30_000 });
    clock.now += 30_000;
    expect(lanes.gate('crm')).toEqual({ is: 'free' });
  });
});

describe('a clock that is set, back or forward,', () => {
  it.each([-2 * hour, 2 * hour])('leaves a run under way to who runs it: %d ms', async (byMs) => {
    const begun = Promise.withResolvers<void>();
    const end = Promise.withResolvers<object>();
    let calls = 0;
    const act = () => {
      calls += 1;
      begun.resolve();
      return end.promise;
    };
    const { engine, set, state, pass } = await engineOf([{ id: 'log', action: { run: act } }]);
    const eventId = await engine.event();
    await begun.promise;
    set(byMs);
    await pass();
    end.resolve({});
    const [run] = await engine.store.runs({ eventId, workflow: 'w' }, { limit: 1 });
    if (!run) throw new Error('it is there');
    await expect.poll(async () => (await state(run.id)).status, { timeout: 20_000 }).toBe('succeeded');
    expect(calls, 'one for each event').toBe(2);
    expect(await engine.attempts(run.id)).toHaveLength(1);
  });
});
