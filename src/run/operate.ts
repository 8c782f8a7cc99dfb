// What a person may do to runs: retry, replay, resolve, cancel.

import { Ajv } from 'ajv';
import { HostError } from '../core/errors.ts';
import { finalRunStatuses, type Run, type StepState } from '../core/model.ts';
import type { Answer, Operations } from '../core/operations.ts';
import type { Workflow } from '../workflow/compile.ts';
import { conflict, editRun, workflowOf } from './edit.ts';
import type { EngineParts } from './parts.ts';
import { newRun } from './plan.ts';
import { createPauseOperations } from './pauses.ts';
import type { RunInput } from './state.ts';
import type { Worker } from './worker.ts';

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
  await editRun(parts, runId, async (run) => {
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
  await editRun(parts, runId, async (run) => {
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
  await editRun(parts, runId, async (run) => {
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
