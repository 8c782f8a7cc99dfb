// Whether a step may begin now, and whether what held it is over.

import { workflowOfLane, type StepState } from '../core/model.ts';
import type { Step, Workflow } from '../workflow/compile.ts';
import type { Gate } from './lane-book.ts';
import type { EngineParts } from './parts.ts';
import { lookupAfterMs } from './plan.ts';

/** A connection of that name to something else is not the one that was meant. */
export function gateOf({ connections, lanes }: EngineParts, { connection, connector }: Step): Gate {
  const live = connections().get(connection);
  const isOther = live !== undefined && live.connector.name !== connector.name;
  return isOther ? { is: 'held', reason: 'missing' } : lanes.gate(connection);
}

/** A lookup too soon would not find what is still under way; the time it is due by may have been reached by a jump of the clock. */
export function lookupGate(parts: EngineParts, step: Step): Gate {
  const gate = gateOf(parts, step);
  const earlyMs = lookupAfterMs(step) - (parts.steadyMs?.() ?? Number.POSITIVE_INFINITY);
  return gate.is === 'free' && earlyMs > 0 ? { is: 'postponed', until: parts.clock() + earlyMs } : gate;
}

/** True for a step that is held for something that no longer holds it: it was resumed while this was being stored. */
export function isLifted(parts: EngineParts, workflow: Workflow, state: StepState): boolean {
  if (state.status !== 'held' || state.reason === 'in_doubt') return false;
  const paused = state.lane === undefined ? null : workflowOfLane(state.lane);
  if (paused !== null) return !parts.lanes.isPaused(paused);
  const step = workflow.steps.find(({ id }) => id === state.id);
  return step !== undefined && gateOf(parts, step).is !== 'held';
}
