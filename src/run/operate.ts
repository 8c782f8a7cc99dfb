// What a person may do to runs: retry, replay, resolve, cancel.

import { Ajv } from 'ajv';
import { HostError } from '../core/errors.ts';
import { finalRunStatuses, type Run, type StepState } from '../core/model.ts';
import type { RaiseEvent } from '../store/store.ts';
import type { Workflow } from '../workflow/compile.ts';
import { alertsOfRun } from './alert.ts';
import { decide } from './decide.ts';
import type { EngineParts } from './parts.ts';
import { newRun, runPlan } from './plan.ts';
import { createPauseOperations, type PauseOperations } from './pauses.ts';
import type { RunInput, RunState } from './state.ts';
import type { Worker } from './worker.ts';

export type Answer = { readonly happened: true; readonly output: unknown } | { readonly happened: false };

/** Every verb rejects with a HostError: `not.found`, `state.conflict` or `input.invalid`. */
export interface Operations extends PauseOperations {
  /** From the failed step on; `latest` uses the live workflow and renders unfinished steps anew. */
  retry(runId: string, options: { latest: boolean }): Promise<void>;
  /** "Replay as new": new runs with new keys for the workflows that take the event now, or the one named. Resolves to their ids. */
  replay(eventId: string, workflow: string | undefined): Promise<readonly string[]>;
  /** Answers a step in doubt; `step` may be left out when only one is. */
  resolve(runId: string, step: string | undefined, answer: Answer): Promise<void>;
  cancel(runId: string): Promise<void>;
}

export function createOperations(parts: EngineParts, worker: Pick<Worker, 'wake' | 'cancel'>): Operations {
  return {
    retry: (runId, options) => retry(parts, worker, runId, options.latest),
    replay: (eventId, workflow) => replay(parts, worker, eventId, workflow),
    resolve: (runId, step, answer) => resolve(parts, worker, runId, step, answer),
    cancel: (runId) => cancel(parts, worker, runId),
    ...createPauseOperations(parts, worker),
  };
}

type Wake = Pick<Worker, 'wake'>;

async function retry(parts: EngineParts, worker: Wake, runId: string, latest: boolean): Promise<void> {
  await edit(parts, runId, async (run) => {
    if (run.status !== 'failed' && run.status !== 'canceled') {
      const why =
        run.status === 'held'
          ? 'answer it with "hookline resolve", or resume what is paused'
          : 'only a failed or canceled run is retried';
      throw conflict(run, why);
    }
    if (run.steps.every((step) => step.status === 'skipped'))
      throw conflict(run, 'its if failed; mend the workflow and replay the event as new');
    const { workflow, config } = await workflowOf(parts, run, latest);
    return { workflow, input: { type: 'retried', latest }, config };
  });
  worker.wake();
}

async function resolve(
  parts: EngineParts,
  worker: Wake,
  runId: string,
  stepId: string | undefined,
  answer: Answer,
): Promise<void> {
  await edit(parts, runId, async (run) => {
    const step = stepInDoubt(run, stepId);
    const { workflow, config } = await workflowOf(parts, run, false);
    if (answer.happened) checkOutput(workflow, step.id, answer.output);
    const input: RunInput = answer.happened
      ? { type: 'happened', step: step.id, output: answer.output }
      : { type: 'again', step: step.id };
    return { workflow, input, config };
  });
  worker.wake();
}

async function cancel(parts: EngineParts, worker: Pick<Worker, 'wake' | 'cancel'>, runId: string): Promise<void> {
  if (worker.cancel(runId)) return;
  await edit(parts, runId, async (run) => {
    if (finalRunStatuses.includes(run.status)) throw conflict(run, 'it is over already');
    const { workflow, config } = await workflowOf(parts, run, false);
    return { workflow, input: { type: 'canceled' }, config };
  });
}

async function replay(
  parts: EngineParts,
  worker: Wake,
  eventId: string,
  name: string | undefined,
): Promise<readonly string[]> {
  const event = await parts.store.event(eventId);
  if (!event) throw new HostError('not.found', { what: 'event', id: eventId });
  const workflows = parts.live();
  const named = name === undefined ? undefined : workflows.workflows.get(name);
  if (name !== undefined && !named) throw new HostError('not.found', { what: 'workflow', id: name });
  const matches = named ? [{ workflow: named, unique: null }] : workflows.match(parts.readEvent(event, workflows));
  if (matches.length === 0) {
    throw new HostError('state.conflict', {
      what: 'event',
      id: eventId,
      status: event.status,
      why: 'no workflow takes it now; name one with --workflow',
    });
  }
  const ids: string[] = [];
  for (const match of matches) {
    const run = await parts.store.replay({ ...newRun(parts, workflows, event, match), unique: null });
    ids.push(run.id);
  }
  worker.wake();
  return ids;
}

interface Change {
  readonly workflow: Workflow;
  readonly input: RunInput;
  readonly config: string;
}

/** Reads, decides and writes under the fence; once more when the run moved in between. */
async function edit(parts: EngineParts, runId: string, change: (run: Run) => Promise<Change>): Promise<void> {
  for (let tries = 0; tries < 3; tries++) {
    const found = await parts.store.run(runId);
    if (!found) throw new HostError('not.found', { what: 'run', id: runId });
    // A step of a process that ended still says running: whoever claims the run next finds out what it came to.
    const underWay = found.claimed || found.run.steps.some((step) => step.status === 'running');
    if (underWay) throw conflict(found.run, 'it is under way; try again in a moment');
    const { workflow, input, config } = await change(found.run);
    const { state } = decide(runPlan(workflow, parts.settings), found.run, input, parts.clock());
    const raises = await alertsOfEdit(parts, found.run, state);
    if (!(await parts.store.edit({ runId, fence: found.fence, update: { ...state, config }, raises }))) continue;
    if (raises.length > 0) parts.inbox.missed();
    const { eventId } = found.run;
    parts.notify({ kind: 'run', runId, eventId, workflow: workflow.name, status: state.status, reason: state.reason });
    return;
  }
  throw new HostError('state.conflict', { what: 'run', id: runId, status: 'changing', why: 'try again in a moment' });
}

/** A person's answer may be what makes a run fail. */
async function alertsOfEdit(parts: EngineParts, run: Run, update: RunState): Promise<readonly RaiseEvent[]> {
  const taken = parts.live();
  if (update.status !== 'failed' || !taken.alerts?.has('run.failed')) return [];
  const event = await parts.store.event(run.eventId);
  return event ? alertsOfRun(taken, { run, event, before: run.steps, update }, parts.clock()) : [];
}

async function workflowOf(
  parts: EngineParts,
  run: Run,
  latest: boolean,
): Promise<{ workflow: Workflow; config: string }> {
  const workflows = latest ? parts.live() : await parts.pinned(run.config);
  const workflow = workflows?.workflows.get(run.workflow);
  if (workflows && workflow) return { workflow, config: workflows.hash };
  throw conflict(run, `its workflow "${run.workflow}" cannot be loaded${latest ? '' : '; try --latest'}`);
}

function stepInDoubt(run: Run, id: string | undefined): StepState {
  const doubtful = run.steps.filter((step) => step.status === 'held' && step.reason === 'in_doubt');
  const step = id === undefined ? doubtful[0] : doubtful.find((candidate) => candidate.id === id);
  if (!step)
    throw conflict(run, id === undefined ? 'none of its steps is in doubt' : `its step "${id}" is not in doubt`);
  if (id === undefined && doubtful.length > 1) {
    throw new HostError('input.invalid', {
      what: `run "${run.id}" has ${doubtful.length} steps in doubt (${doubtful.map((other) => other.id).join(', ')}); name one`,
    });
  }
  return step;
}

/** Later steps may read the output, so it must be what the action would have given. */
function checkOutput(workflow: Workflow, id: string, output: unknown): void {
  const step = workflow.steps.find((candidate) => candidate.id === id);
  const read = workflow.steps.some((other) => other.needs.includes(id));
  if (!step || (!read && (output === undefined || output === null))) return;
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
  const { encode: _, ...schema } = step.action.output;
  if (ajv.validate(schema, output ?? {})) return;
  const wrong = ajv.errorsText(ajv.errors, { dataVar: 'output' });
  throw new HostError('input.invalid', { what: `step "${id}" needs the output that later steps read: ${wrong}` });
}

function conflict(run: Run, why: string): HostError {
  return new HostError('state.conflict', { what: 'run', id: run.id, status: run.status, why });
}
