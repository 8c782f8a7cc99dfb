// What an attempt came to after its run had moved on: evidence, and the answer where the run still waits for exactly that.

import { HostError } from '../core/errors.ts';
import type { Attempt, Run } from '../core/model.ts';
import { conflict, editRun, workflowOf } from './edit.ts';
import type { EngineParts } from './parts.ts';
import type { Ended, RunInput } from './state.ts';

/** Undefined: it did not come late, or what it did is not known. */
export function lateOutcome({ late, status, output, error, retryAfterMs }: Attempt): Ended | undefined {
  const failure = error ?? { name: 'Error', message: '' };
  if (!late) return undefined;
  if (status === 'succeeded') return { status, output };
  if (status === 'rejected') return { status, error: failure, credentials: false };
  if (status === 'retryable') return { status, error: failure, retryAfterMs };
  return status === 'interrupted' ? { status, error: failure } : undefined;
}

type Late = Extract<RunInput, { type: 'late' }>;

/**
 * Settles the steps of a run that nobody runs whose attempt in doubt has a late outcome. Asked by whoever stored such an
 * outcome, and by whoever gave the run back in doubt: one of the two is the later one. True: something was settled.
 */
export async function settleLate(parts: EngineParts, runId: string): Promise<boolean> {
  const outcomes = new Map<string, Ended>();
  for (const attempt of await parts.store.attempts(runId)) {
    const end = lateOutcome(attempt);
    if (end) outcomes.set(attempt.id, end);
  }
  if (outcomes.size === 0) return false;
  const found = await parts.store.run(runId);
  const answers = found ? answersOf(parts, found.run, outcomes) : [];
  let settled = 0;
  for (const answer of answers) if (await settleOne(parts, runId, answer)) settled += 1;
  return settled > 0;
}

function answersOf({ random }: EngineParts, run: Run, outcomes: ReadonlyMap<string, Ended>): readonly Late[] {
  return run.steps.flatMap(({ id, status, doubt }) => {
    const attemptId = doubt?.attemptId ?? '';
    const end = outcomes.get(attemptId);
    const waits = status === 'held' || status === 'waiting';
    return end && waits ? [{ type: 'late', step: id, attemptId, end, random: random() }] : [];
  });
}

/** False: the run has moved on once more, or somebody has it. */
async function settleOne(parts: EngineParts, runId: string, input: Late): Promise<boolean> {
  try {
    await editRun(parts, runId, async (run) => {
      const step = run.steps.find(({ id }) => id === input.step);
      const isThat = step?.doubt?.attemptId === input.attemptId;
      const isOpen = step?.status === 'held' || (step?.status === 'waiting' && input.end.status === 'succeeded');
      if (!isThat || !isOpen) throw conflict(run, 'it no longer waits for this attempt');
      return { ...(await workflowOf(parts, run, false)), input };
    });
    parts.log.info('a late outcome settled a step in doubt', { runId, step: input.step, status: input.end.status });
    return true;
  } catch (error) {
    if (error instanceof HostError && (error.code === 'state.conflict' || error.code === 'not.found')) return false;
    throw error;
  }
}
