// What a step becomes when something happens to it; pure, the step's half of `decide`.

import type { StepState, Time } from '../core/model.ts';
import { backoff } from './backoff.ts';
import { isFinal, type Ended, type RunInput, type StepPlan } from './state.ts';

/** Lookups that may stay without an answer before the step counts as one that cannot be looked up. */
const maxLookups = 6;

export type StepInput = Exclude<RunInput, { type: 'claimed' | 'retried' | 'canceled' }>;

export function nextStep(plan: StepPlan, step: StepState, input: StepInput, now: Time): StepState {
  switch (input.type) {
    case 'skipped':
      return { ...step, status: 'skipped', note: 'its if is false', endedAt: now };
    case 'unrenderable':
      return { ...step, status: 'failed', error: input.error, note: 'its input could not be rendered', endedAt: now };
    case 'begun':
      return begun(step, input.input, now);
    case 'ended':
      return step.status === 'running' ? ended(plan, step, input, now) : step;
    case 'looked-up':
      return lookedUp(plan, step, input, now);
    case 'held':
      return isFinal(step) ? step : held(step, input, now);
    case 'postponed':
      return isFinal(step) ? step : { ...step, status: 'waiting', dueAt: input.until };
    case 'happened':
      return succeeded(step, input.output, now);
    case 'again':
      return doAgain(step, now);
    case 'late':
      return late(plan, step, input, now);
    default:
      return input satisfies never;
  }
}

function held(step: StepState, { reason, lane }: Extract<RunInput, { type: 'held' }>, now: Time): StepState {
  const next: StepState = { ...step, status: 'held', reason, heldAt: now };
  return lane === undefined ? next : { ...next, lane, note: 'its workflow is paused' };
}

function doAgain(step: StepState, now: Time): StepState {
  const next: StepState = { ...step, status: 'waiting', dueAt: now, firstAt: now, retries: 0 };
  return without(next, 'doubt', 'reason', 'heldAt', 'note', 'deaths');
}

function begun(step: StepState, input: unknown, now: Time): StepState {
  const next: StepState = {
    ...step,
    status: 'running',
    input,
    attempts: step.attempts + 1,
    firstAt: step.firstAt ?? now,
  };
  return without(next, 'dueAt', 'reason', 'note', 'error');
}

interface EndedInput {
  readonly attemptId: string;
  readonly end: Ended;
  readonly random: number;
}

/** So many processes may end during attempts of a step before it is left to a person: it may be what ends them. */
const mostDeaths = 3;

/** The process ended before the outcome was written. */
export function died(plan: StepPlan, step: StepState, input: EndedInput, now: Time): StepState {
  const deaths = (step.deaths ?? 0) + 1;
  const next = { ...ended(plan, step, input, now), deaths };
  if (deaths < mostDeaths || isFinal(next)) return next;
  const note = `the process ended during ${deaths} attempts in a row; this step may be the cause`;
  const doubt = { attemptId: input.attemptId, endedAt: now, lookups: 0 };
  return without({ ...next, status: 'held', reason: 'in_doubt', doubt, note, heldAt: now }, 'dueAt');
}

export function ended(plan: StepPlan, before: StepState, input: EndedInput, now: Time): StepState {
  const { end } = input;
  const step = without(before, 'deaths');
  if (end.status === 'succeeded') return succeeded(step, end.output, now);
  const kept: StepState = {
    ...step,
    error: end.error,
    ...(end.progress === undefined ? {} : { progress: end.progress }),
  };
  if (end.status === 'interrupted') return { ...kept, status: 'waiting', dueAt: now };
  if (end.status === 'rejected') {
    if (end.credentials) return { ...kept, status: 'held', reason: 'credentials', heldAt: now };
    return { ...kept, status: 'failed', endedAt: now };
  }
  const counted: StepState = { ...kept, retries: step.retries + 1 };
  if (end.status === 'retryable') {
    return later(plan, counted, end.retryAfterMs, input.random, now);
  }
  const doubt = { attemptId: input.attemptId, endedAt: now, lookups: 0 };
  return doubted(plan, { ...counted, doubt }, input.random, now);
}

/** Settles a doubt about this attempt and no other; a step that is to be tried again anyway is settled by a success only. */
function late(plan: StepPlan, step: StepState, input: EndedInput, now: Time): StepState {
  if (step.doubt?.attemptId !== input.attemptId) return step;
  const isHeld = step.status === 'held' && step.reason === 'in_doubt';
  if (input.end.status === 'succeeded')
    return isHeld || step.status === 'waiting' ? succeeded(step, input.end.output, now) : step;
  if (!isHeld) return step;
  // It was counted as in doubt.
  const before = without({ ...released(step, now), retries: Math.max(0, step.retries - 1) }, 'doubt');
  return ended(plan, before, input, now);
}

/** In doubt: what comes next is the action's `effect`, or the YAML's `onDoubt`. */
function doubted(plan: StepPlan, step: StepState, random: number, now: Time): StepState {
  if (plan.effect === 'keyed' || plan.effect === 'repeatable') return later(plan, step, null, random, now);
  if (plan.effect === 'lookup') return { ...step, status: 'waiting', dueAt: now + plan.lookupAfterMs };
  return unknowable(plan, step, random, now);
}

function unknowable(plan: StepPlan, step: StepState, random: number, now: Time): StepState {
  if (plan.onDoubt === 'retry') return later(plan, without(step, 'doubt'), null, random, now);
  return { ...step, status: 'held', reason: 'in_doubt', heldAt: now };
}

function lookedUp(
  plan: StepPlan,
  step: StepState,
  input: Extract<RunInput, { type: 'looked-up' }>,
  now: Time,
): StepState {
  if (step.status !== 'waiting' || !step.doubt) return step;
  const { result } = input;
  if (result.is === 'found') return succeeded(step, result.output, now);
  if (result.is === 'absent') return later(plan, without(step, 'doubt'), null, 0, now);
  const lookups = step.doubt.lookups + 1;
  if (result.is === 'unavailable' || lookups >= maxLookups) return unknowable(plan, step, input.random, now);
  const delay = Math.max(plan.lookupAfterMs, backoff(plan, lookups, result.retryAfterMs, input.random));
  return { ...step, doubt: { ...step.doubt, lookups }, dueAt: now + delay };
}

/** Waits for the next try, or gives up: the dead letter. */
function later(plan: StepPlan, step: StepState, retryAfterMs: number | null, random: number, now: Time): StepState {
  const dueAt = now + backoff(plan, Math.max(step.retries, 1), retryAfterMs, random);
  const firstAt = step.firstAt ?? now;
  if (step.retries < plan.maxAttempts && dueAt - firstAt <= plan.withinMs) return { ...step, status: 'waiting', dueAt };
  const why =
    step.retries >= plan.maxAttempts
      ? step.retries === 1
        ? 'one attempt'
        : `${step.retries} attempts`
      : `${duration(now - firstAt)} of retries`;
  const note = `gave up after ${why}${step.doubt ? '; the last attempt is in doubt' : ''}`;
  return without({ ...step, status: 'failed', note, endedAt: now }, 'dueAt');
}

function succeeded(step: StepState, output: unknown, now: Time): StepState {
  return without(
    { ...step, status: 'succeeded', output, endedAt: now },
    'doubt',
    'reason',
    'note',
    'error',
    'heldAt',
    'dueAt',
    'progress',
  );
}

/** Held time counts toward no limit. */
export function released(step: StepState, now: Time): StepState {
  const away = now - (step.heldAt ?? now);
  const next: StepState = { ...step, status: step.attempts === 0 ? 'pending' : 'waiting', dueAt: now };
  return without(
    step.firstAt === undefined ? next : { ...next, firstAt: step.firstAt + away },
    'reason',
    'heldAt',
    'note',
    'lane',
  );
}

/** A step before anything happened to it. */
export function newStep(id: string): StepState {
  return { id, status: 'pending', generation: 0, attempts: 0, retries: 0 };
}

/** The step without some of its optional fields. */
export function without(step: StepState, ...names: (keyof StepState)[]): StepState {
  const next: Partial<StepState> = { ...step };
  for (const name of names) delete next[name];
  return next as StepState;
}

function duration(ms: number): string {
  const hours = ms / 3_600_000;
  return hours >= 1 ? `${Math.round(hours * 10) / 10} h` : `${Math.round(ms / 1000)} s`;
}
