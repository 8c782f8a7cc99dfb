import { describe, expect, it } from 'vitest';
import type { EffectWord } from '../../src/core/model.ts';
import { decide } from '../../src/run/decide.ts';
import type { Ended, RunInput, RunState } from '../../src/run/state.ts';
import { freshState, planOf, stepPlan } from '../run/runs.ts';

const begun: RunInput = { type: 'begun', step: 'a', input: {} };
const died: RunInput = { type: 'claimed', lost: [{ id: 'att_1', step: 'a' }], random: 0.5 };
const ended = (end: Ended): RunInput => ({ type: 'ended', step: 'a', attemptId: 'att_1', end, random: 0.5 });
const retryable = ended({ status: 'retryable', error: { name: 'Error', message: 'busy' }, retryAfterMs: null });

function play(effect: EffectWord, inputs: readonly RunInput[], from?: RunState): RunState {
  const plan = planOf(stepPlan('a', { effect }));
  let state = from ?? freshState(plan);
  for (const input of inputs) ({ state } = decide(plan, state, input, 1000));
  return state;
}

const deaths = (times: number) => Array.from({ length: times }, () => [begun, died]).flat();

describe('a step during whose attempts the process ends', () => {
  it.each(['keyed', 'repeatable', 'lookup'] as const)('goes on twice and is left to a person then (%s)', (effect) => {
    expect(play(effect, deaths(2))).toMatchObject({ status: 'waiting' });
    const held = play(effect, deaths(3));
    expect(held).toMatchObject({ status: 'held', reason: 'in_doubt', dueAt: null });
    expect(held.steps[0]).toMatchObject({
      doubt: { attemptId: 'att_1' },
      note: 'the process ended during 3 attempts in a row; this step may be the cause',
    });
  });

  it('stays with the doubt of a step that must not be repeated', () => {
    expect(play('once', deaths(1))).toMatchObject({ status: 'held', reason: 'in_doubt' });
  });

  it('begins to count anew after an attempt that ended by itself', () => {
    expect(play('keyed', [...deaths(2), begun, retryable, ...deaths(2)])).toMatchObject({ status: 'waiting' });
  });

  it('has its tries again when a person says so, and is done when it succeeds', () => {
    const again = play('keyed', [{ type: 'again', step: 'a' }, ...deaths(2)], play('keyed', deaths(3)));
    expect(again).toMatchObject({ status: 'waiting' });
    const done = play('keyed', [begun, ended({ status: 'succeeded', output: {} })], again);
    expect(done).toMatchObject({ status: 'succeeded' });
    expect(done.steps[0]).not.toHaveProperty('deaths');
    expect(done.steps[0]).not.toHaveProperty('note');
  });
});
