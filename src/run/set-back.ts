// A clock that is set back: what waits for a time of the old clock would wait longer by the jump, so its times are moved along.

import type { Run, RunStatus, StepState, Time } from '../core/model.ts';
import type { EngineParts } from './parts.ts';
import { isFinal } from './state.ts';

/** Less is waited out: clocks are corrected by little all the time. */
const leastMs = 10_000;
const batch = 100;
const mayWait: readonly RunStatus[] = ['waiting', 'held', 'pending'];

export type FollowClock = (stopped: () => boolean) => Promise<boolean>;

/**
 * To be called often: compares the clock with the monotonic one since the last call, and when it was set back moves the
 * due times of everything that waits. True: something may be due. After a rejection the next call does it again.
 */
export function createFollowClock(parts: EngineParts, owner: string): FollowClock {
  const { clock, ticks, lanes, log } = parts;
  let last = { at: clock(), tick: ticks() };
  let backMs = 0;
  return async (stopped) => {
    const now = { at: clock(), tick: ticks() };
    const jumpMs = last.at + (now.tick - last.tick) - now.at;
    last = now;
    if (jumpMs >= leastMs) {
      log.warn('the clock was set back; what waits is moved along', { byMs: Math.round(jumpMs) });
      backMs += Math.round(jumpMs);
    }
    if (backMs === 0) return false;
    if (await isFirst(parts, owner)) {
      await lanes.moveAlong(backMs);
      await moveRuns(parts, backMs, stopped);
    }
    backMs = 0;
    return true;
  };
}

/** Of several replicas whose clocks are set back together, one moves what all of them share. */
async function isFirst({ store }: EngineParts, owner: string): Promise<boolean> {
  const first = (await store.shared?.replicas())?.[0];
  return first === undefined || first.id === owner;
}

async function moveRuns(parts: EngineParts, backMs: number, stopped: () => boolean): Promise<void> {
  for (const status of mayWait) {
    let before: string | undefined;
    do {
      const page = before === undefined ? { limit: batch } : { limit: batch, before };
      const runs = await parts.store.runs({ status }, page);
      const ahead = runs.filter((run) => isAhead(run, parts.clock()));
      await Promise.all(ahead.map(({ id }) => moveRun(parts, id, backMs)));
      before = runs.length < batch ? undefined : runs.at(-1)?.id;
    } while (before !== undefined && !stopped());
  }
}

function isAhead(run: Run, now: Time): boolean {
  return (run.dueAt ?? 0) > now || run.steps.some((step) => !isFinal(step) && (step.dueAt ?? 0) > now);
}

/** One that moved on meanwhile has times of the new clock. */
async function moveRun({ store, clock }: EngineParts, runId: string, backMs: number): Promise<void> {
  const found = await store.run(runId);
  if (!found || found.claimed) return;
  const { run, fence } = found;
  const now = clock();
  const moved = (at: Time) => (at > now ? Math.max(now, at - backMs) : at);
  const steps = run.steps.map((step): StepState => {
    if (isFinal(step)) return step;
    const { dueAt, firstAt, heldAt } = step;
    return {
      ...step,
      ...(dueAt === undefined ? {} : { dueAt: moved(dueAt) }),
      ...(firstAt === undefined ? {} : { firstAt: firstAt - backMs }),
      ...(heldAt === undefined ? {} : { heldAt: heldAt - backMs }),
    };
  });
  const dueAt = run.dueAt === null ? null : moved(run.dueAt);
  const deadlineAt = run.deadlineAt === null ? null : run.deadlineAt - backMs;
  await store.edit({ runId, fence, update: { ...run, steps, dueAt, deadlineAt } });
}
