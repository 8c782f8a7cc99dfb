// The engine's loop: plans pending events, claims due runs of connections that have room, and runs them until told to stop.

import type { ClaimedRun } from '../store/store.ts';
import { storeError } from '../core/log.ts';
import type { Event } from '../core/model.ts';
import { executeRun, type Control } from './execute.ts';
import type { EngineParts } from './parts.ts';
import { planPending } from './plan.ts';
import { createFollowClock } from './set-back.ts';
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

interface Bell {
  /** Wakes the loop to claim. */
  readonly ring: () => void;
  /** Wakes the loop to plan. */
  readonly tap: () => void;
  readonly next: () => Promise<void>;
  /** Whether it was rung since this was last asked. */
  readonly claims: () => boolean;
}

interface Active {
  readonly done: Promise<void>;
  readonly cancel: () => void;
  /** Ends it because the process stops. */
  readonly halt: () => void;
}

/** Longest sleep between two looks at the store; shorter where another replica may have left something. */
const idleMs = { own: 30_000, shared: 1000 };
/** So many events at once are a crowd: the next batch waits a little and is larger, which leaves the disk to the receiver. */
const crowd = 8;
const paceMs = 10;
const never = new Promise<void>(() => undefined);

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
      looping = loop({ parts, owner, bell, drain: drain.signal, begin, mine });
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

interface Loop {
  readonly parts: EngineParts;
  readonly owner: string;
  readonly bell: Bell;
  readonly drain: AbortSignal;
  readonly begin: (run: ClaimedRun) => void;
  /** Runs under way. */
  readonly mine: () => readonly string[];
}

async function loop({ parts, owner, bell, drain, begin, mine }: Loop): Promise<void> {
  const followClock = createFollowClock(parts, owner);
  let lookAt = 0;
  let unsure = false;
  while (!drain.aborted) {
    const rung = bell.next();
    try {
      if (await followClock(() => drain.aborted)) lookAt = 0;
      const planned = await planPending(parts);
      if (planned.runs > 0 || bell.claims() || parts.clock() >= lookAt) {
        // The claim that failed may have been made after all: then nobody runs what it took.
        if (unsure) await parts.store.recover(owner, parts.clock(), mine());
        unsure = true;
        const lanes = parts.lanes.claims();
        const claimed = drain.aborted ? [] : await parts.store.claim({ now: parts.clock(), owner, lanes });
        unsure = false;
        for (const run of claimed) begin(run);
        lookAt = await nextLook(parts);
      }
      if (planned.events === 0) await sleep(Math.min(lookAt - parts.clock(), idleOf(parts)), rung);
      else if (planned.events > crowd) await sleep(paceMs, never);
    } catch (error) {
      parts.log.error('the engine could not look at the store; it tries again', {
        error: storeError(error, parts.redactor),
      });
      bell.ring();
      await sleep(1000, never);
    }
  }
}

/** When something may be due. */
async function nextLook(parts: EngineParts): Promise<number> {
  const lanes = parts.lanes.claims().map((claim) => claim.lane);
  const times = [await parts.store.nextDue(lanes), parts.lanes.nextTryAt()].filter((time) => time !== null);
  return Math.min(parts.clock() + idleOf(parts), ...times);
}

function idleOf({ store }: EngineParts): number {
  return store.shared ? idleMs.shared : idleMs.own;
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

/** Resolves after the time, or as soon as the bell rings. */
function sleep(ms: number, rung: Promise<void>): Promise<void> {
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const stop = () => {
      clearTimeout(timer);
      resolve();
    };
    rung.then(stop, stop);
  });
}

/** `next` resolves at the next ring or tap after it was asked for; none is missed between two looks. */
function createBell(): Bell {
  let waiting = Promise.withResolvers<void>();
  let rung = false;
  const tap = () => {
    waiting.resolve();
    waiting = Promise.withResolvers<void>();
  };
  return {
    tap,
    ring: () => {
      rung = true;
      tap();
    },
    next: () => waiting.promise,
    claims: () => {
      const was = rung;
      rung = false;
      return was;
    },
  };
}
