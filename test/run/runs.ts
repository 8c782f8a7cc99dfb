// Plans and states for the tests of the engine's decisions.

import type { RunPlan, RunState, StepPlan } from '../../src/run/state.ts';
import { newStep } from '../../src/run/step.ts';

export function stepPlan(id: string, over: Partial<StepPlan> = {}): StepPlan {
  return {
    id,
    needs: [],
    lane: 'crm',
    effect: 'once',
    onError: 'fail',
    onDoubt: 'hold',
    maxAttempts: Number.POSITIVE_INFINITY,
    withinMs: 86_400_000,
    firstDelayMs: 5000,
    maxDelayMs: 3_600_000,
    retryAfterCapMs: 86_400_000,
    lookupAfterMs: 10_000,
    ...over,
  };
}

export function planOf(...steps: StepPlan[]): RunPlan {
  return { steps, timeoutMs: null };
}

export function freshState(plan: RunPlan): RunState {
  return {
    status: 'pending',
    reason: null,
    startedAt: null,
    endedAt: null,
    dueAt: 0,
    deadlineAt: null,
    lane: plan.steps[0]?.lane ?? '',
    steps: plan.steps.map((step) => newStep(step.id)),
    error: null,
  };
}
