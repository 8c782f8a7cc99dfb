// The engine's two loops: one plans pending events, one claims due runs of connections that have room. Each waits for the store
// by itself, so that neither stands still while the other does.

import type { ClaimedRun } from '../store/store.ts';
import { storeError } from '../core/log.ts';
import type { EngineParts } from './parts.ts';
import { planPending } from './plan.ts';
import { createFollowClock } from './set-back.ts';

export interface Bell {
  /** Wakes the loop that claims, and the one that plans. */
  readonly ring: () => void;
  /** Wakes the loop that plans. */
  readonly tap: () => void;
  /** Each resolves at the next one after it was asked for, so that none is missed between two looks. */
  readonly rung: () => Promise<void>;
  readonly tapped: () => Promise<void>;
}

export interface Loops {
  readonly parts: EngineParts;
  readonly owner: string;
  readonly bell: Bell;
  readonly drain: AbortSignal;
  readonly begin: (run: ClaimedRun) => void;
  /** Runs under way. */
  readonly mine: () => readonly string[];
}

/** Longest sleep between two looks at the store; shorter where another replica may have left something. */
const idleMs = { own: 30_000, shared: 1000 };
/** So many events at once are a crowd: the next batch waits a little and is larger, which leaves the disk to the receiver. */
const crowd = 8;
const paceMs = 10;

/** Resolves when both have stopped after `drain`; the bell wakes them to see it. */
export async function runLoops(loops: Loops): Promise<void> {
  await Promise.all([plan(loops), claim(loops)]);
}

async function plan({ parts, bell, drain }: Loops): Promise<void> {
  while (!drain.aborted) {
    const tapped = bell.tapped();
    try {
      const planned = await planPending(parts);
      if (planned.runs > 0) bell.ring();
      if (planned.events === 0) await sleep(idleOf(parts), tapped);
      else if (planned.events > crowd) await sleep(paceMs);
    } catch (error) {
      await tellAway(parts, error);
    }
  }
}

async function claim({ parts, owner, bell, drain, begin, mine }: Loops): Promise<void> {
  const followClock = createFollowClock(parts, owner);
  let unsure = false;
  while (!drain.aborted) {
    const rung = bell.rung();
    try {
      await followClock(() => drain.aborted);
      // The claim that failed may have been made after all: then nobody runs what it took.
      if (unsure) await parts.store.recover(owner, parts.clock(), mine());
      unsure = true;
      const lanes = drain.aborted ? [] : parts.lanes.claims();
      const claimed = lanes.length === 0 ? [] : await parts.store.claim({ now: parts.clock(), owner, lanes });
      unsure = false;
      for (const run of claimed) begin(run);
      const inLane = (name: string) => claimed.filter(({ run }) => run.lane === name).length;
      // Where a lane is full more is due: there is no need to ask when, only to come back once it has room.
      const isFull = lanes.some(({ lane, limit }) => inLane(lane) >= limit);
      if (!isFull) await sleep(Math.min((await nextLook(parts)) - parts.clock(), idleOf(parts)), rung);
    } catch (error) {
      await tellAway(parts, error);
    }
  }
}

/** The store did not answer: it is asked again a little later. */
async function tellAway({ log, redactor }: EngineParts, error: unknown): Promise<void> {
  log.error('the engine could not look at the store; it tries again', { error: storeError(error, redactor) });
  await sleep(1000);
}

/** When something may be due; lanes without room are looked at when the bell rings. */
async function nextLook(parts: EngineParts): Promise<number> {
  const lanes = parts.lanes.claims().map((next) => next.lane);
  const due = lanes.length === 0 ? null : await parts.store.nextDue(lanes);
  const times = [due, parts.lanes.nextTryAt()].filter((time) => time !== null);
  return Math.min(parts.clock() + idleOf(parts), ...times);
}

function idleOf({ store }: EngineParts): number {
  return store.shared ? idleMs.shared : idleMs.own;
}

/** Resolves after the time, or as soon as the bell rings; a promise that never resolves would keep every sleep. */
function sleep(ms: number, woken?: Promise<void>): Promise<void> {
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const stop = () => {
      clearTimeout(timer);
      resolve();
    };
    void woken?.then(stop, stop);
  });
}

export function createBell(): Bell {
  let ringing = Promise.withResolvers<void>();
  let tapping = Promise.withResolvers<void>();
  const tap = () => {
    tapping.resolve();
    tapping = Promise.withResolvers();
  };
  return {
    tap,
    ring: () => {
      ringing.resolve();
      ringing = Promise.withResolvers();
      tap();
    },
    rung: () => ringing.promise,
    tapped: () => tapping.promise,
  };
}
