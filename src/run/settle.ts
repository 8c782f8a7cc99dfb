// From the steps to the run: the one place where a run's status, due time and lane come from.

import {
  anyLane,
  isFinal,
  type Decision,
  type RunEffect,
  type RunPlan,
  type RunState,
  type StepPlan,
} from './state.ts';
import type { HeldReason, Run, StepState, StoredError, Time } from '../core/model.ts';
import type { RunUpdate } from '../store/store.ts';

/** Skips what can no longer run, then says what the run is and what it asks for now. */
export function settle(plan: RunPlan, state: RunState, now: Time): Decision {
  const steps = skipBlocked(plan, state.steps);
  const effects = nextEffects(plan, steps, now);
  const open = steps.filter((step) => !isFinal(step));
  if (open.length === 0) return { state: finished(plan, { ...state, steps }, now), effects: [] };
  const held = open.find((step) => step.status === 'held');
  const running = open.some((step) => step.status === 'running');
  const dueAt = nextDueAt(open, effects, state.deadlineAt, held !== undefined, now);
  return {
    state: {
      ...state,
      steps,
      status: running ? 'running' : held ? 'held' : 'waiting',
      reason: !running && held ? (held.reason ?? null) : null,
      dueAt: running ? null : dueAt,
      lane: nextLane(plan, open, effects) ?? state.lane,
      endedAt: null,
    },
    effects,
  };
}

/** A step is blocked when a needed step failed for good, or was itself blocked. */
export function blockedBy(plan: RunPlan, steps: readonly StepState[], id: string): string | undefined {
  const step = plan.steps.find((candidate) => candidate.id === id);
  return step?.needs.find((need) => {
    const needed = steps.find((candidate) => candidate.id === need);
    const needPlan = plan.steps.find((candidate) => candidate.id === need);
    if (needed?.status === 'failed') return needPlan?.onError !== 'continue';
    return (
      needed?.status === 'canceled' || (needed?.status === 'skipped' && blockedBy(plan, steps, need) !== undefined)
    );
  });
}

function skipBlocked(plan: RunPlan, steps: readonly StepState[]): readonly StepState[] {
  let current = steps;
  for (const { id } of plan.steps) {
    const step = current.find((candidate) => candidate.id === id);
    const cause = step?.status === 'pending' ? blockedBy(plan, current, id) : undefined;
    if (!cause) continue;
    current = current.map((other) =>
      other.id === id ? { ...other, status: 'skipped', note: `needs ${cause}` } : other,
    );
  }
  return current;
}

function nextEffects(plan: RunPlan, steps: readonly StepState[], now: Time): readonly RunEffect[] {
  return steps.flatMap((step): RunEffect[] => {
    const stepPlan = plan.steps.find((candidate) => candidate.id === step.id);
    if (!stepPlan) return [];
    if (step.status === 'pending') return isReady(stepPlan, steps) ? [{ type: 'start', step: step.id }] : [];
    if (step.status !== 'waiting' || (step.dueAt ?? 0) > now) return [];
    if (step.doubt && stepPlan.effect === 'lookup') return [{ type: 'lookup', step: step.id }];
    return [{ type: step.input === undefined ? 'start' : 'attempt', step: step.id }];
  });
}

function isReady(plan: StepPlan, steps: readonly StepState[]): boolean {
  return plan.needs.every((need) => {
    const step = steps.find((candidate) => candidate.id === need);
    return step === undefined || isFinal(step);
  });
}

function finished(plan: RunPlan, state: RunState, now: Time): RunState {
  const broken = (step: StepState) =>
    step.status === 'failed' && plan.steps.find((candidate) => candidate.id === step.id)?.onError !== 'continue';
  const canceled = state.steps.some((step) => step.status === 'canceled');
  const failed = state.error !== null || state.steps.some(broken);
  return {
    ...state,
    status: canceled ? 'canceled' : failed ? 'failed' : 'succeeded',
    reason: null,
    dueAt: null,
    endedAt: state.endedAt ?? now,
  };
}

function nextDueAt(
  open: readonly StepState[],
  effects: readonly RunEffect[],
  deadlineAt: Time | null,
  held: boolean,
  now: Time,
): Time | null {
  const times = open.flatMap((step) => (step.status === 'waiting' && step.dueAt !== undefined ? [step.dueAt] : []));
  if (effects.length > 0) times.push(now);
  if (deadlineAt !== null && !held) times.push(deadlineAt);
  return times.length > 0 ? Math.min(...times) : null;
}

function nextLane(plan: RunPlan, open: readonly StepState[], effects: readonly RunEffect[]): string | undefined {
  const apart = open.find((step) => step.status === 'held' && step.lane !== undefined)?.lane;
  if (apart !== undefined) return apart;
  const waiting = open.filter((step) => step.status === 'waiting');
  const soonest = Math.min(...waiting.map((step) => step.dueAt ?? 0));
  const next = waiting.filter((step) => step.dueAt === soonest).map((step) => step.id);
  const held = open.filter((step) => step.status === 'held').map((step) => step.id);
  const ids = [effects.map((effect) => effect.step), next, held, open.map((step) => step.id)].find(
    (list) => list.length > 0,
  );
  return laneOf(plan, ids ?? []);
}

/** The one connection that these steps need, or any. */
export function laneOf(plan: RunPlan, ids: readonly string[]): string | undefined {
  const lanes = new Set(plan.steps.filter((step) => ids.includes(step.id)).map((step) => step.lane));
  return lanes.size > 1 ? anyLane : [...lanes][0];
}

/** A run whose configuration cannot be read any more: held until it can. */
export function unreadable(run: Run, error: StoredError): RunUpdate {
  return { ...run, status: 'held', reason: 'missing', dueAt: null, error };
}

/** A run whose execution broke off: claimed again later, when attempts without an outcome are looked at. */
export function brokenOff(run: Run, dueAt: Time): RunUpdate {
  return { ...run, status: 'waiting', dueAt };
}

/** The reasons that `resume`, a good check or changed settings lift. */
export const connectionReasons: readonly HeldReason[] = ['credentials', 'paused', 'missing'];
