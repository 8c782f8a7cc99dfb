import { describe, expect, it } from 'vitest';
import type { StepState } from '../../src/core/model.ts';
import { decide } from '../../src/run/decide.ts';
import type { Ended, RunInput, RunPlan, RunState } from '../../src/run/state.ts';
import { freshState, planOf, stepPlan } from './runs.ts';

const error = { name: 'Error', message: 'no' };
const claimed: RunInput = { type: 'claimed', lost: [], random: 0.5 };
const begun = (step: string): RunInput => ({ type: 'begun', step, input: { to: step } });
const ended = (step: string, end: Ended): RunInput => ({ type: 'ended', step, attemptId: 'att_1', end, random: 0.5 });
const success: Ended = { status: 'succeeded', output: { id: 1 } };
const retryable: Ended = { status: 'retryable', error, retryAfterMs: null };
const doubt: Ended = { status: 'in_doubt', error };

/** Applies inputs at the times given, from a fresh run. */
function play(plan: RunPlan, inputs: readonly (readonly [number, RunInput])[], from?: RunState) {
  let decision = { state: from ?? freshState(plan), effects: [] as readonly { type: string; step: string }[] };
  for (const [now, input] of inputs) decision = decide(plan, decision.state, input, now);
  return decision;
}

const step = (state: RunState, id: string): StepState => {
  const found = state.steps.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`no step ${id}`);
  return found;
};

describe('a run', () => {
  it('asks for its first step, then for the next one, then is succeeded', () => {
    const plan = planOf(stepPlan('a'), stepPlan('b', { needs: ['a'], lane: 'mail' }));
    const first = play(plan, [[1, claimed]]);
    expect(first.effects).toEqual([{ type: 'start', step: 'a' }]);
    const second = play(
      plan,
      [
        [2, begun('a')],
        [3, ended('a', success)],
      ],
      first.state,
    );
    expect(second.effects).toEqual([{ type: 'start', step: 'b' }]);
    expect(second.state).toMatchObject({ status: 'waiting', dueAt: 3, lane: 'mail' });
    const done = play(
      plan,
      [
        [4, begun('b')],
        [5, ended('b', success)],
      ],
      second.state,
    );
    expect(done.state).toMatchObject({ status: 'succeeded', endedAt: 5, dueAt: null });
    expect(done.effects).toEqual([]);
  });

  it('starts steps without needs side by side', () => {
    const plan = planOf(stepPlan('a'), stepPlan('b'));
    expect(play(plan, [[1, claimed]]).effects.map((effect) => effect.step)).toEqual(['a', 'b']);
  });

  it('skips what needs a failed step, finishes independent branches and is failed', () => {
    const plan = planOf(stepPlan('a'), stepPlan('b', { needs: ['a'] }), stepPlan('c', { needs: ['b'] }), stepPlan('d'));
    const { state } = play(plan, [
      [1, claimed],
      [2, begun('a')],
      [3, begun('d')],
      [4, ended('a', { status: 'rejected', error, credentials: false })],
      [5, ended('d', success)],
    ]);
    expect(step(state, 'b')).toMatchObject({ status: 'skipped', note: 'needs a' });
    expect(step(state, 'c')).toMatchObject({ status: 'skipped', note: 'needs b' });
    expect(step(state, 'd').status).toBe('succeeded');
    expect(state.status).toBe('failed');
  });

  it('goes on after a failed step with onError: continue, and succeeds', () => {
    const plan = planOf(stepPlan('a', { onError: 'continue' }), stepPlan('b', { needs: ['a'] }));
    const rejected = ended('a', { status: 'rejected', error, credentials: false });
    const { state, effects } = play(plan, [
      [1, claimed],
      [2, begun('a')],
      [3, rejected],
    ]);
    expect(effects).toEqual([{ type: 'start', step: 'b' }]);
    expect(
      play(
        plan,
        [
          [4, begun('b')],
          [5, ended('b', success)],
        ],
        state,
      ).state.status,
    ).toBe('succeeded');
  });

  it('counts a step skipped by its if as done', () => {
    const plan = planOf(stepPlan('a'), stepPlan('b', { needs: ['a'] }));
    expect(
      play(plan, [
        [1, claimed],
        [2, { type: 'skipped', step: 'a' }],
      ]).effects,
    ).toEqual([{ type: 'start', step: 'b' }]);
  });

  it('is never changed by a second outcome of a finished step', () => {
    const plan = planOf(stepPlan('a'));
    const { state } = play(plan, [
      [1, claimed],
      [2, begun('a')],
      [3, ended('a', success)],
    ]);
    expect(play(plan, [[9, ended('a', doubt)]], state).state).toEqual(state);
  });
});

describe('retries', () => {
  it('waits with exponential backoff and gives up after the time for retries', () => {
    const plan = planOf(stepPlan('a', { withinMs: 60_000 }));
    let state = play(plan, [[0, claimed]]).state;
    const delays: number[] = [];
    for (let now = 0; state.status !== 'failed'; ) {
      state = play(
        plan,
        [
          [now, begun('a')],
          [now, ended('a', retryable)],
        ],
        state,
      ).state;
      const { dueAt } = step(state, 'a');
      if (dueAt !== undefined) delays.push(dueAt - now);
      now = dueAt ?? now;
    }
    expect(delays).toEqual([2500, 5000, 10_000, 20_000]);
    expect(step(state, 'a').note).toContain('gave up');
    expect(step(state, 'a').doubt).toBeUndefined();
  });

  it('gives up after the attempts the YAML allows', () => {
    const plan = planOf(stepPlan('a', { maxAttempts: 1 }));
    const { state } = play(plan, [
      [0, claimed],
      [1, begun('a')],
      [2, ended('a', retryable)],
    ]);
    expect(state.status).toBe('failed');
    expect(step(state, 'a').note).toBe('gave up after one attempt');
  });

  it('honours Retry-After, up to the cap', () => {
    const plan = planOf(stepPlan('a', { retryAfterCapMs: 50_000 }));
    const wait = (retryAfterMs: number) =>
      step(
        play(plan, [
          [0, claimed],
          [0, begun('a')],
          [0, ended('a', { ...retryable, retryAfterMs })],
        ]).state,
        'a',
      ).dueAt;
    expect(wait(30_000)).toBeGreaterThanOrEqual(30_000);
    expect(wait(30_000)).toBeLessThanOrEqual(31_000);
    expect(wait(1e12)).toBeLessThanOrEqual(51_000);
  });

  it('does not count an interrupted attempt', () => {
    const plan = planOf(stepPlan('a', { maxAttempts: 1 }));
    const { state, effects } = play(plan, [
      [0, claimed],
      [1, begun('a')],
      [2, ended('a', { status: 'interrupted', error })],
    ]);
    expect(state.status).toBe('waiting');
    expect(effects).toEqual([{ type: 'attempt', step: 'a' }]);
    expect(step(state, 'a')).toMatchObject({ retries: 0, input: { to: 'a' } });
  });

  it('keeps progress for the next attempt', () => {
    const plan = planOf(stepPlan('a'));
    const { state } = play(plan, [
      [0, claimed],
      [1, begun('a')],
      [2, ended('a', { ...retryable, progress: ['x'] })],
    ]);
    expect(step(state, 'a').progress).toEqual(['x']);
  });
});

describe('an attempt in doubt', () => {
  const inDoubt = (over: Parameters<typeof stepPlan>[1]) => {
    const plan = planOf(stepPlan('a', over));
    return {
      plan,
      ...play(plan, [
        [0, claimed],
        [1, begun('a')],
        [2, ended('a', doubt)],
      ]),
    };
  };

  it.each(['keyed', 'repeatable'] as const)('is retried with the same input when the action is %s', (effect) => {
    const { state } = inDoubt({ effect });
    expect(state.status).toBe('waiting');
    expect(step(state, 'a')).toMatchObject({ input: { to: 'a' }, generation: 0, doubt: { attemptId: 'att_1' } });
  });

  it('is held when the action is once', () => {
    expect(inDoubt({ effect: 'once' }).state).toMatchObject({ status: 'held', reason: 'in_doubt', dueAt: null });
  });

  it('is retried when the action is once and the YAML says so', () => {
    expect(inDoubt({ effect: 'once', onDoubt: 'retry' }).state.status).toBe('waiting');
  });

  it('is looked up no sooner than the action allows, then succeeds, is tried again or is held', () => {
    const { plan, state } = inDoubt({ effect: 'lookup' });
    expect(state).toMatchObject({ status: 'waiting', dueAt: 10_002 });
    expect(play(plan, [[10_001, claimed]], state).effects).toEqual([]);
    const asked = play(plan, [[10_002, claimed]], state);
    expect(asked.effects).toEqual([{ type: 'lookup', step: 'a' }]);
    const answer = (result: Extract<RunInput, { type: 'looked-up' }>['result']) =>
      play(plan, [[10_003, { type: 'looked-up', step: 'a', result, random: 0 }]], asked.state);
    expect(step(answer({ is: 'found', output: { ts: '1' } }).state, 'a')).toMatchObject({
      status: 'succeeded',
      output: { ts: '1' },
    });
    expect(answer({ is: 'absent' }).effects).toEqual([{ type: 'attempt', step: 'a' }]);
    expect(answer({ is: 'unavailable' }).state).toMatchObject({ status: 'held', reason: 'in_doubt' });
    expect(answer({ is: 'unknown', retryAfterMs: 60_000 }).state).toMatchObject({ status: 'waiting', dueAt: 70_003 });
  });

  it('is held when lookups stay without an answer', () => {
    const { plan, state } = inDoubt({ effect: 'lookup' });
    let current = state;
    for (let asked = 0; asked < 6; asked++) {
      expect(current.status).toBe('waiting');
      const now = current.dueAt ?? 0;
      const result = { is: 'unknown', retryAfterMs: null } as const;
      current = play(plan, [[now, { type: 'looked-up', step: 'a', result, random: 0 }]], current).state;
    }
    expect(current).toMatchObject({ status: 'held', reason: 'in_doubt' });
  });

  it('is what a killed process leaves behind', () => {
    const plan = planOf(stepPlan('a'));
    const { state } = play(plan, [
      [0, claimed],
      [1, begun('a')],
    ]);
    const recovered = play(plan, [[5, { type: 'claimed', lost: [{ id: 'att_9', step: 'a' }], random: 0 }]], state);
    expect(recovered.state).toMatchObject({ status: 'held', reason: 'in_doubt' });
    expect(step(recovered.state, 'a').doubt?.attemptId).toBe('att_9');
  });

  it('is answered by a person: it happened, or do it again with the same key', () => {
    const { plan, state } = inDoubt({ effect: 'once' });
    const happened = play(plan, [[9, { type: 'happened', step: 'a', output: { id: 7 } }]], state);
    expect(happened.state.status).toBe('succeeded');
    expect(step(happened.state, 'a').output).toEqual({ id: 7 });
    const again = play(plan, [[9, { type: 'again', step: 'a' }]], state);
    expect(again.effects).toEqual([{ type: 'attempt', step: 'a' }]);
    expect(step(again.state, 'a')).toMatchObject({ generation: 0, input: { to: 'a' } });
  });
});

describe('a late outcome', () => {
  const late = (end: Ended, attemptId = 'att_1'): RunInput => ({
    type: 'late',
    step: 'a',
    attemptId,
    end,
    random: 0.5,
  });
  const plan = planOf(stepPlan('a', { effect: 'once' }), stepPlan('b', { needs: ['a'] }));
  const inDoubt = () =>
    play(plan, [
      [1, claimed],
      [2, begun('a')],
      [3, ended('a', doubt)],
    ]).state;

  it('of the attempt in doubt settles the step, and the run goes on', () => {
    const { state, effects } = play(plan, [[100, late(success)]], inDoubt());
    expect(step(state, 'a')).toMatchObject({ status: 'succeeded', output: { id: 1 } });
    expect(step(state, 'a').doubt).toBeUndefined();
    expect(effects).toEqual([{ type: 'start', step: 'b' }]);
    const rejected = play(plan, [[100, late({ status: 'rejected', error, credentials: false })]], inDoubt());
    expect(rejected.state).toMatchObject({ status: 'failed' });
  });

  it('that nothing happened lets it be tried again, as if the doubt had never been', () => {
    const { state } = play(plan, [[1000, late(retryable)]], inDoubt());
    expect(step(state, 'a')).toMatchObject({ status: 'waiting', retries: 1, firstAt: 2 + 997 });
    expect(step(state, 'a').doubt).toBeUndefined();
    const again = play(plan, [[1000, late({ status: 'interrupted', error })]], inDoubt());
    expect(step(again.state, 'a')).toMatchObject({ status: 'waiting', retries: 0, dueAt: 1000 });
  });

  it('of another attempt, or of a step that has moved on, changes nothing', () => {
    const before = inDoubt();
    expect(play(plan, [[100, late(success, 'att_0')]], before).state).toEqual(before);
    const answered = play(plan, [[50, { type: 'happened', step: 'a', output: { id: 'told' } }]], before).state;
    expect(step(play(plan, [[100, late(success)]], answered).state, 'a').output).toEqual({ id: 'told' });
    const canceled = play(plan, [[50, { type: 'canceled' }]], before).state;
    expect(play(plan, [[100, late(success)]], canceled).state).toMatchObject({ status: 'canceled' });
  });

  it('saves a keyed step its next try when it succeeded, and leaves it alone otherwise', () => {
    const keyed = planOf(stepPlan('a', { effect: 'keyed' }));
    const waiting = play(keyed, [
      [1, claimed],
      [2, begun('a')],
      [3, ended('a', doubt)],
    ]).state;
    expect(waiting.status).toBe('waiting');
    expect(play(keyed, [[4, late(success)]], waiting).state.status).toBe('succeeded');
    expect(play(keyed, [[4, late(retryable)]], waiting).state).toEqual(waiting);
  });
});

describe('a held run', () => {
  it('waits for its connection and counts held time toward no limit', () => {
    const plan = { ...planOf(stepPlan('a', { withinMs: 10_000 })), timeoutMs: 20_000 };
    const first = play(plan, [
      [0, claimed],
      [0, begun('a')],
      [0, ended('a', { status: 'rejected', error, credentials: true })],
    ]);
    expect(first.state).toMatchObject({ status: 'held', reason: 'credentials', dueAt: null, deadlineAt: 20_000 });
    const later = play(plan, [[1_000_000, claimed]], first.state);
    expect(later.effects).toEqual([{ type: 'attempt', step: 'a' }]);
    expect(later.state.deadlineAt).toBe(1_020_000);
    const tried = play(
      plan,
      [
        [1_000_001, begun('a')],
        [1_000_002, ended('a', retryable)],
      ],
      later.state,
    );
    expect(tried.state.status).toBe('waiting');
  });

  it('is shown as held while another step waits, and is still claimed for that one', () => {
    const plan = planOf(stepPlan('a'), stepPlan('b', { lane: 'mail' }));
    const { state } = play(plan, [
      [0, claimed],
      [0, begun('a')],
      [0, begun('b')],
      [1, ended('a', doubt)],
      [1, ended('b', retryable)],
    ]);
    expect(state).toMatchObject({ status: 'held', reason: 'in_doubt', lane: 'mail', dueAt: 2501 });
  });
});

describe('a time limit', () => {
  it('fails the run and says what was in doubt', () => {
    const plan = { ...planOf(stepPlan('a', { effect: 'keyed' }), stepPlan('b', { needs: ['a'] })), timeoutMs: 1000 };
    const { state } = play(plan, [
      [0, claimed],
      [0, begun('a')],
      [1, ended('a', doubt)],
    ]);
    expect(state.dueAt).toBeLessThanOrEqual(1000);
    const late = play(plan, [[1000, claimed]], state);
    expect(late.state).toMatchObject({ status: 'failed', error: { name: 'TimeLimit' } });
    expect(step(late.state, 'a').note).toContain('in doubt');
  });
});

describe('a person', () => {
  it('retries from the failed step with the same input; finished steps are not run again', () => {
    const plan = planOf(stepPlan('a'), stepPlan('b', { needs: ['a'] }), stepPlan('c', { needs: ['b'] }));
    const failed = play(plan, [
      [0, claimed],
      [0, begun('a')],
      [1, ended('a', success)],
      [2, begun('b')],
      [3, ended('b', { status: 'rejected', error, credentials: false })],
    ]);
    expect(failed.state.status).toBe('failed');
    const retried = play(plan, [[4, { type: 'retried', latest: false }]], failed.state);
    expect(retried.effects).toEqual([{ type: 'attempt', step: 'b' }]);
    expect(step(retried.state, 'a').status).toBe('succeeded');
    expect(step(retried.state, 'c').status).toBe('pending');
    const latest = play(plan, [[4, { type: 'retried', latest: true }]], failed.state);
    expect(latest.effects).toEqual([{ type: 'start', step: 'b' }]);
    expect(step(latest.state, 'b').generation).toBe(1);
  });

  it('never gets a new rendering of a step in doubt', () => {
    const plan = planOf(stepPlan('a', { effect: 'keyed', maxAttempts: 1 }));
    const failed = play(plan, [
      [0, claimed],
      [0, begun('a')],
      [1, ended('a', doubt)],
    ]);
    expect(failed.state.status).toBe('failed');
    const latest = play(plan, [[2, { type: 'retried', latest: true }]], failed.state);
    expect(latest.effects).toEqual([{ type: 'attempt', step: 'a' }]);
    expect(step(latest.state, 'a').generation).toBe(0);
  });

  it('cancels what is not done, and the doubt stays visible', () => {
    const plan = planOf(stepPlan('a'), stepPlan('b', { needs: ['a'] }));
    const { state } = play(plan, [
      [0, claimed],
      [0, begun('a')],
      [1, ended('a', doubt)],
      [2, { type: 'canceled' }],
    ]);
    expect(state.status).toBe('canceled');
    expect(step(state, 'a').note).toBe('canceled in doubt');
    expect(step(state, 'b').status).toBe('canceled');
  });
});
