// The engine at work: what it is told of, the runs under way, and how they are stopped.

import type { ClaimedRun } from '../store/store.ts';
import { storeError } from '../core/log.ts';
import type { Event } from '../core/model.ts';
import { executeRun, type Control } from './execute.ts';
import { createBell, runLoops } from './loops.ts';
import type { EngineParts } from './parts.ts';
import { brokenOff } from './settle.ts';

export interface Worker {
  start(): void;
  /** Something may be due: a run was released, a connection resumed. */
  wake(): void;
  /** A new event was stored. */
  arrived(event: Event): void;
  /** An event may have been stored without anybody telling of it. */
  missed(): void;
  /** Cancels a run that is under way; false when it is not. Its attempt ends by what was sent. */
  cancel(runId: string): boolean;
  /** Runs under way. */
  active(): number;
  /** Claims nothing more, lets attempts finish within the grace, then ends them by what was sent. */
  stop(graceMs: number): Promise<void>;
}

interface Active {
  readonly done: Promise<void>;
  readonly cancel: () => void;
  /** Ends it because the process stops. */
  readonly halt: () => void;
}

export function createWorker(parts: EngineParts, owner: string): Worker {
  const active = new Map<string, Active>();
  const bell = createBell();
  const drain = new AbortController();
  let looping: Promise<void> = Promise.resolve();
  const begin = (claimed: ClaimedRun) => {
    const { id } = claimed.run;
    const run = beginRun(parts, claimed, { draining: () => drain.signal.aborted, freed: bell.ring }, () => {
      // A run that was lost may have been claimed again meanwhile.
      if (active.get(id) === run) active.delete(id);
      bell.ring();
    });
    active.set(id, run);
  };
  return {
    start: () => {
      const mine = () => [...active.keys()];
      looping = runLoops({ parts, owner, bell, drain: drain.signal, begin, mine });
    },
    wake: bell.ring,
    arrived: (event) => {
      parts.inbox.add(event);
      bell.tap();
    },
    missed: () => {
      parts.inbox.missed();
      bell.tap();
    },
    cancel: (runId) => {
      active.get(runId)?.cancel();
      return active.has(runId);
    },
    active: () => active.size,
    stop: async (graceMs) => {
      drain.abort();
      bell.ring();
      const timer = setTimeout(() => {
        for (const run of active.values()) run.halt();
      }, graceMs);
      await looping;
      await Promise.all([...active.values()].map((run) => run.done));
      clearTimeout(timer);
    },
  };
}

/** Starts to run it; `over` is called later, when it is given back or lost. */
function beginRun(
  parts: EngineParts,
  claimed: ClaimedRun,
  control: Pick<Control, 'draining' | 'freed'>,
  over: () => void,
): Active {
  const stop = new AbortController();
  let canceled = false;
  const asked = parts.lanes.expect(claimed.run.lane);
  const done = executeRun(parts, claimed, { ...control, canceled: () => canceled, stop: stop.signal, asked })
    .catch((error: unknown) => giveBack(parts, claimed, error))
    .finally(asked)
    .finally(over);
  const cancel = () => {
    canceled = true;
    stop.abort(new Error('canceled'));
  };
  return { done, cancel, halt: () => stop.abort(new Error('shutting down')) };
}

/** A run whose execution broke goes back to the store; attempts without an outcome are looked at when it is claimed again. */
async function giveBack(parts: EngineParts, claimed: ClaimedRun, error: unknown): Promise<void> {
  const { run, fence } = claimed;
  parts.log.error('a run broke off and is tried again in a minute', {
    runId: run.id,
    error: storeError(error, parts.redactor),
  });
  const current = await parts.store.run(run.id).catch(() => null);
  if (!current || current.fence !== fence) return;
  const update = brokenOff(current.run, parts.clock() + 60_000);
  await parts.record({ runId: run.id, fence, update, release: true }).catch(() => false);
}
