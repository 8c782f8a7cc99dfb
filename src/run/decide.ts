// Every decision of the engine as a pure function: what a run becomes when something happens to it.

import type { StepState, StoredError, Time } from '../core/model.ts';
import { blockedBy, settle } from './settle.ts';
import { isFinal, type Decision, type RunInput, type RunPlan, type RunState } from './state.ts';
import { died, newStep, nextStep, released, without } from './step.ts';

/** What the run becomes, and what it asks for now. No clock, no randomness, no I/O: the same arguments give the same answer. */
export function decide(plan: RunPlan, state: RunState, input: RunInput, now: Time): Decision {
  return settle(plan, apply(plan, state, input, now), now);
}

function apply(plan: RunPlan, state: RunState, input: RunInput, now: Time): RunState {
  if (input.type === 'claimed') return claimed(plan, state, input.lost, input.random, now);
  if (input.type === 'retried') return retried(plan, state, input.latest, now);
  if (input.type === 'canceled') return canceled(state, now);
  const stepPlan = plan.steps.find((step) => step.id === input.step);
  const step = state.steps.find((candidate) => candidate.id === input.step);
  if (!stepPlan || !step) return state;
  const next = nextStep(stepPlan, step, input, now);
  const away = step.status === 'held' && next.status !== 'held' ? now - (step.heldAt ?? now) : 0;
  return {
    ...state,
    deadlineAt: state.deadlineAt === null ? null : state.deadlineAt + away,
    steps: state.steps.map((other) => (other.id === step.id ? next : other)),
  };
}

function claimed(
  plan: RunPlan,
  state: RunState,
  lost: readonly { id: string; step: string }[],
  random: number,
  now: Time,
): RunState {
  const error: StoredError = { name: 'ProcessEnded', message: 'the process ended before the outcome was written' };
  const startedAt = state.startedAt ?? now;
  const lifted = state.steps.filter((step) => step.status === 'held' && step.reason !== 'in_doubt');
  const away = Math.max(0, ...lifted.map((step) => now - (step.heldAt ?? now)));
  const deadlineAt = plan.timeoutMs === null ? null : (state.deadlineAt ?? startedAt + plan.timeoutMs) + away;
  const steps = state.steps.map((step): StepState => {
    const attempt = lost.find((candidate) => candidate.step === step.id);
    const stepPlan = plan.steps.find((candidate) => candidate.id === step.id);
    if (step.status === 'running' && stepPlan) {
      if (!attempt) return { ...step, status: 'waiting', dueAt: now };
      return died(stepPlan, step, { attemptId: attempt.id, end: { status: 'in_doubt', error }, random }, now);
    }
    // Whatever held a step for its connection is looked at anew; a doubt waits for its answer.
    if (step.status === 'held' && step.reason !== 'in_doubt') return released(step, now);
    return step;
  });
  const next = { ...state, startedAt, deadlineAt, steps };
  const holding = steps.some((step) => step.status === 'held');
  return deadlineAt !== null && deadlineAt <= now && !holding ? overdue(next, now) : next;
}

function overdue(state: RunState, now: Time): RunState {
  const error: StoredError = {
    name: 'TimeLimit',
    message: 'the time limit of the workflow passed before the run was done',
  };
  const steps = state.steps.map((step): StepState => {
    if (isFinal(step)) return step;
    return {
      ...step,
      status: 'failed',
      error,
      note: step.doubt ? 'in doubt when the time limit passed' : 'not done in time',
      endedAt: now,
    };
  });
  return { ...state, steps, error };
}

function retried(plan: RunPlan, state: RunState, latest: boolean, now: Time): RunState {
  const known = (id: string) => plan.steps.some((step) => step.id === id);
  const kept = state.steps
    .filter((step) => step.status === 'succeeded' || known(step.id))
    .map((step) => retriedStep(plan, state, step, latest, now));
  const added = plan.steps
    .filter((step) => !state.steps.some((old) => old.id === step.id))
    .map((step) => newStep(step.id));
  const order = (step: StepState) => plan.steps.findIndex((candidate) => candidate.id === step.id);
  const steps = [...kept, ...added].sort((a, b) => order(a) - order(b));
  return {
    ...state,
    steps,
    error: null,
    endedAt: null,
    deadlineAt: plan.timeoutMs === null ? null : now + plan.timeoutMs,
  };
}

function retriedStep(plan: RunPlan, state: RunState, step: StepState, latest: boolean, now: Time): StepState {
  if (step.status === 'skipped') return blockedBy(plan, state.steps, step.id) ? newStep(step.id) : step;
  if (step.status !== 'failed' && step.status !== 'canceled') return step;
  const fresh = without(
    { ...step, retries: 0 },
    'firstAt',
    'dueAt',
    'endedAt',
    'error',
    'note',
    'reason',
    'heldAt',
    'lane',
  );
  if (step.input === undefined) return { ...fresh, status: 'pending' };
  if (latest && !step.doubt) return without({ ...fresh, status: 'pending', generation: step.generation + 1 }, 'input');
  return { ...fresh, status: 'waiting', dueAt: now };
}

function canceled(state: RunState, now: Time): RunState {
  const steps = state.steps.map((step): StepState => {
    if (isFinal(step) || step.status === 'running') return step;
    return { ...step, status: 'canceled', note: step.doubt ? 'canceled in doubt' : 'canceled', endedAt: now };
  });
  return { ...state, steps };
}
