// What `check` promises of a step, held against the engine's own decisions under everything that can happen to an attempt.

import { describe, expect, it } from 'vitest';
import type { StepState } from '../../src/core/model.ts';
import type { Effect } from '../../src/plugin/index.ts';
import { decide } from '../../src/run/decide.ts';
import type { Ended, RunInput, RunPlan, RunState } from '../../src/run/state.ts';
import { guaranteeOf } from '../../src/workflow/guarantee.ts';
import { freshState, planOf, stepPlan } from '../run/runs.ts';
import { inSteps, ready } from './catalog.ts';

const effects: readonly Effect[] = ['keyed', 'repeatable', 'lookup', 'once'];
const doubts = ['hold', 'retry'] as const;
const error = { name: 'Error', message: 'no' };

/** What a vendor did with one attempt, and what the engine heard of it. */
const attempts: readonly { readonly happened: boolean; readonly end: Ended }[] = [
  { happened: true, end: { status: 'succeeded', output: {} } },
  { happened: true, end: { status: 'in_doubt', error } },
  { happened: false, end: { status: 'in_doubt', error } },
  { happened: false, end: { status: 'retryable', error, retryAfterMs: null } },
];

type Answers = 'truthful' | 'none';
interface Outcome {
  readonly step: StepState;
  /** How often it happened, where a repeat counts. */
  readonly times: number;
}

/** Every way that a step may go in so many moves, up to where a person is asked. */
function outcomes(plan: RunPlan, answers: Answers): Outcome[] {
  const effect = plan.steps[0]?.effect ?? 'once';
  const go = (state: RunState, happened: number, now: number, moves: number): Outcome[] => {
    const [step] = state.steps;
    if (step === undefined) return [];
    const times = effect === 'keyed' || effect === 'repeatable' ? Math.min(happened, 1) : happened;
    const [asked] = decide(plan, state, { type: 'claimed', lost: [], random: 0 }, now).effects;
    if (asked === undefined || moves === 0) return [{ step, times }];
    const next = (input: RunInput, more: number, from = state) =>
      go(decide(plan, from, input, now).state, happened + more, now + 10_000_000, moves - 1);
    if (asked.type === 'lookup') {
      const result =
        answers === 'none'
          ? ({ is: 'unavailable' } as const)
          : happened > 0
            ? ({ is: 'found', output: {} } as const)
            : ({ is: 'absent' } as const);
      return next({ type: 'looked-up', step: 'a', result, random: 0 }, 0);
    }
    const begun = decide(plan, state, { type: 'begun', step: 'a', input: {} }, now).state;
    return attempts.flatMap(({ happened: did, end }) =>
      next({ type: 'ended', step: 'a', attemptId: 'att_1', end, random: 0 }, did ? 1 : 0, begun),
    );
  };
  return go(freshState(plan), 0, 1, 6);
}

const table = effects.flatMap((effect) =>
  doubts.flatMap((onDoubt) => [undefined, 1, 3].map((most) => ({ effect, onDoubt, most }))),
);

describe('the guarantee of a step', () => {
  it.each(table)('$effect, onDoubt $onDoubt, attempts $most is what the engine does', ({ effect, onDoubt, most }) => {
    const plan = planOf(stepPlan('a', { effect, onDoubt, maxAttempts: most ?? Infinity, withinMs: Infinity }));
    const { effects: promised } = guaranteeOf({ effect, onDoubt, retry: most === undefined ? {} : { attempts: most } });
    const all = [...outcomes(plan, 'truthful'), ...outcomes(plan, 'none')];
    expect(all.length).toBeGreaterThan(3);
    // Never more than one, unless "at least one" says so.
    expect(all.some(({ times }) => times > 1)).toBe(promised === 'at least one');
    expect(all.every(({ step, times }) => step.status !== 'succeeded' || times > 0)).toBe(true);
    // Where lookups answer, a doubt alone ends a step only under "at most one".
    const ended = outcomes(plan, 'truthful').filter(({ step }) => step.status === 'held' || step.status === 'failed');
    const givenUp = ended.filter(({ step }) => step.retries < (most ?? Infinity) || most === 1);
    expect(givenUp.length > 0).toBe(promised === 'at most one');
  });

  it('says why for each, and another thing for each', () => {
    const whys = table.map((row) => guaranteeOf({ ...row, retry: {} }).why);
    expect(new Set(whys).size).toBe(6);
    expect(guaranteeOf({ effect: 'keyed', onDoubt: 'hold', retry: { attempts: 1 } })).toEqual({
      effects: 'at most one',
      why: 'it is tried only once',
    });
  });
});

const X = '${{';

describe('the effect of a step', () => {
  const effectOf = async (lines: string, env = 'METHOD: GET') => {
    const text = inSteps(`- uses: web.call\n  with:\n    ${lines.replaceAll('\n', '\n    ')}`);
    const workflows = await ready(text.replace('env: {', `env: { ${env},`));
    return workflows.workflows.get('one')?.steps[0]?.effect;
  };

  it.each([
    ['url: a', 'once'],
    ['url: a\nmethod: GET', 'repeatable'],
    ['url: a\nmethod: POST', 'once'],
    ['url: a\nsafe: true', 'keyed'],
    [`url: a\nmethod: ${X} event.data.m }}`, 'once'],
    [`url: a\nmethod: GET\nsafe: ${X} event.data.s }}`, 'repeatable'],
    [`url: a\nmethod: GET\noptions: { deep: "${X} event.data.d }}" }`, 'lookup'],
    [`url: ${X} event.data.u }}\nmethod: PUT`, 'repeatable'],
    [`url: a\nmethod: GET\noptions: ${X} event.data.o }}`, 'lookup'],
    [`url: a\nmethod: ${X} env.METHOD }}`, 'repeatable'],
    [`url: a\nmethod: "${X} event.data.get ? env.METHOD : 'PUT' }}"`, 'once'],
  ])('%s is the weakest that may come: %s', async (lines, effect) => {
    expect(await effectOf(lines)).toBe(effect);
  });
});
