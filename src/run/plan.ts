// Pending events → runs: matches each event with the live workflows and writes its runs in one transaction a batch.

import { storeError } from '../core/log.ts';
import { createId } from '../core/id.ts';
import type { Event, StoredError } from '../core/model.ts';
import type { Settings } from '../core/settings.ts';
import type { NewRun, PlanEvent } from '../store/store.ts';
import type { ExpressionFailure, Match, Step, Workflow, Workflows } from '../workflow/compile.ts';
import { alertsOfRun } from './alert.ts';
import type { EngineParts } from './parts.ts';
import { laneOf } from './settle.ts';
import type { RunPlan, StepPlan } from './state.ts';
import { newStep } from './step.ts';

const batchSize = 200;

export interface Planned {
  readonly events: number;
  readonly runs: number;
}

/** Plans the oldest pending events: at most one batch, so that claims get their turn. */
export async function planPending(parts: EngineParts): Promise<Planned> {
  const events = await parts.inbox.take(batchSize);
  if (events.length === 0) return { events: 0, runs: 0 };
  const workflows = parts.live();
  const plans = events.map((event) => planEvent(parts, workflows, event));
  let planned: readonly { readonly runs: readonly string[] }[];
  try {
    planned = await parts.store.plan(plans);
  } catch (error) {
    parts.inbox.missed();
    throw error;
  }
  if (plans.some(({ raises = [] }) => raises.length > 0)) parts.inbox.missed();
  for (const [index, event] of events.entries()) {
    const runs = plans[index]?.runs ?? [];
    tellEvent(parts, event, runs, planned[index]?.runs ?? []);
    for (const run of runs) {
      const { id: runId, eventId, workflow, status, reason } = run;
      // Its `if` failed, so nothing else will tell of it.
      if (status === 'failed' && planned[index]?.runs.includes(runId))
        parts.notify({ kind: 'run', runId, eventId, workflow, status, reason });
    }
  }
  return { events: events.length, runs: plans.reduce((sum, plan) => sum + plan.runs.length, 0) };
}

function tellEvent(parts: EngineParts, event: Event, runs: readonly NewRun[], inserted: readonly string[]): void {
  const withoutRun = runs.filter(({ id, unique }) => unique !== null && !inserted.includes(id));
  parts.notify({
    kind: 'event',
    eventId: event.id,
    type: event.type,
    workflows: runs.map(({ workflow }) => workflow),
    ...(withoutRun.length === 0 ? {} : { withoutRun: withoutRun.map(({ workflow }) => workflow) }),
  });
}

/** An event that breaks the matcher is ignored and told of: it can be replayed, and it must not stop the others. */
function planEvent(parts: EngineParts, workflows: Workflows, event: Event): PlanEvent {
  try {
    const matches = workflows.match(parts.readEvent(event, workflows));
    const runs = matches.map((match) => newRun(parts, workflows, event, match));
    const now = parts.clock();
    const raises = runs.flatMap((run) => alertsOfRun(workflows, { run, event, before: [], update: run }, now));
    return { eventId: event.id, runs, config: workflows.hash, raises };
  } catch (error) {
    parts.log.error('an event could not be matched', { eventId: event.id, error: storeError(error, parts.redactor) });
    return { eventId: event.id, runs: [], config: workflows.hash };
  }
}

/** A run of an event through a workflow that takes it. */
export function newRun(parts: EngineParts, workflows: Workflows, event: Event, match: Match): NewRun {
  const now = parts.clock();
  const { workflow, failure } = match;
  const steps = workflow.steps.map((step) => newStep(step.id));
  return {
    id: createId('run', now, parts.randomBytes),
    eventId: event.id,
    workflow: workflow.name,
    status: failure ? 'failed' : 'pending',
    reason: null,
    config: workflows.hash,
    createdAt: now,
    startedAt: null,
    endedAt: failure ? now : null,
    dueAt: failure ? null : now,
    deadlineAt: null,
    lane: firstLane(workflow, parts.settings),
    steps: failure
      ? steps.map((step) => ({ ...step, status: 'skipped', note: 'the if of the workflow failed' }))
      : steps,
    error: failure ? failureError(failure) : null,
    unique: match.unique,
  };
}

/** An expression's failure as it is stored, with its place in the file. */
export function failureError(failure: ExpressionFailure): StoredError {
  const { file, line, column } = failure.at;
  return { name: 'ExpressionError', message: failure.message, at: `${file}:${line}:${column}` };
}

/** What `decide` must know of a workflow. */
export function runPlan(workflow: Workflow, settings: Settings): RunPlan {
  return { timeoutMs: workflow.timeoutMs ?? null, steps: workflow.steps.map((step) => stepPlan(step, settings)) };
}

/** How long after an attempt ended it is asked whether it happened: the request may still be under way. */
export function lookupAfterMs({ action }: Pick<Step, 'action'>): number {
  return action.lookupAfterMs ?? 10_000;
}

function stepPlan(step: Step, settings: Settings): StepPlan {
  return {
    id: step.id,
    needs: step.needs,
    lane: step.connection,
    effect: step.effect,
    onError: step.onError,
    onDoubt: step.onDoubt,
    maxAttempts: step.retry.attempts ?? Number.POSITIVE_INFINITY,
    withinMs: step.retry.withinMs ?? settings.RETRY_WITHIN,
    firstDelayMs: step.retry.firstDelayMs ?? settings.RETRY_FIRST_DELAY,
    maxDelayMs: step.retry.maxDelayMs ?? settings.RETRY_MAX_DELAY,
    retryAfterCapMs: settings.RETRY_AFTER_CAP,
    lookupAfterMs: lookupAfterMs(step),
  };
}

function firstLane(workflow: Workflow, settings: Settings): string {
  const roots = workflow.steps.filter((step) => step.needs.length === 0).map((step) => step.id);
  return laneOf(runPlan(workflow, settings), roots) ?? '';
}
