// Changes a run that nobody runs: by a person's word, or by an outcome that came late.

import { HostError } from '../core/errors.ts';
import type { Run } from '../core/model.ts';
import type { RaiseEvent } from '../store/store.ts';
import type { Workflow } from '../workflow/compile.ts';
import { alertsOfRun } from './alert.ts';
import { decide } from './decide.ts';
import type { EngineParts } from './parts.ts';
import { runPlan } from './plan.ts';
import type { RunInput, RunState } from './state.ts';

export interface Change {
  readonly workflow: Workflow;
  readonly input: RunInput;
  readonly config: string;
}

/** Reads, decides and writes under the fence; once more when the run moved in between. Rejects with `not.found` or `state.conflict`. */
export async function editRun(parts: EngineParts, runId: string, change: (run: Run) => Promise<Change>): Promise<void> {
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

/** What is decided may be what makes a run fail. */
async function alertsOfEdit(parts: EngineParts, run: Run, update: RunState): Promise<readonly RaiseEvent[]> {
  const taken = parts.live();
  if (update.status !== 'failed' || !taken.alerts?.has('run.failed')) return [];
  const event = await parts.store.event(run.eventId);
  return event ? alertsOfRun(taken, { run, event, before: run.steps, update }, parts.clock()) : [];
}

export async function workflowOf(
  parts: EngineParts,
  run: Run,
  latest: boolean,
): Promise<{ workflow: Workflow; config: string }> {
  const workflows = latest ? parts.live() : await parts.pinned(run.config);
  const workflow = workflows?.workflows.get(run.workflow);
  if (workflows && workflow) return { workflow, config: workflows.hash };
  throw conflict(run, `its workflow "${run.workflow}" cannot be loaded${latest ? '' : '; try --latest'}`);
}

export function conflict(run: Run, why: string): HostError {
  return new HostError('state.conflict', { what: 'run', id: run.id, status: run.status, why });
}
