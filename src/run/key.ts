// The idempotency key: the same for every attempt that sends the same input, another for every other effect.

import { hash } from 'node:crypto';
import type { Run, StepState } from '../core/model.ts';

/** sha256 of the JSON list [event id, replay, workflow, step id, generation], lower-case hex. */
export function idempotencyKey(
  run: Pick<Run, 'eventId' | 'replay' | 'workflow'>,
  step: Pick<StepState, 'id' | 'generation'>,
): string {
  const parts = [run.eventId, run.replay, run.workflow, step.id, step.generation];
  return hash('sha256', JSON.stringify(parts));
}
