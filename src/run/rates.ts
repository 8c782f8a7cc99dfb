// How often each connection may be called: one number a lane says when its next call is in time.

import type { Time } from '../core/model.ts';
import type { Pace } from '../store/store.ts';
import type { Rate } from '../workflow/rate.ts';

export interface Rates {
  /** Calls that may begin now; Infinity without a rate. */
  free(name: string): number;
  take(name: string): void;
  /** When the next call may begin; each that asks in vain is given a later time, so that they do not all come back at once. */
  turn(name: string): Time;
  /** When one of the lanes that have nothing free has again. */
  nextAt(): Time | null;
  /** At which pace turns are taken from all replicas; undefined without a rate. */
  pace(name: string): Pace | undefined;
  /** The call that was taken may not begin, another replica has its turn: nothing is free for so long, and a little longer. */
  refused(name: string, waitMs: number): void;
  /** So many replicas share each rate. */
  share(among: number): void;
}

export interface RateParts {
  readonly rate: (name: string) => Rate | undefined;
  readonly clock: () => Time;
}

/** What was not used is kept for so long: a timer that is late costs nothing at high rates. */
const spareMs = 100;

const spareOf = (everyMs: number) => Math.max(1, Math.floor(spareMs / everyMs));

interface Bucket {
  /** When the last call that was taken would have begun, had all come evenly, and one interval. */
  dueAt: Time;
  /** How many asked in vain since a call was taken. */
  asked: number;
  /** Other replicas have the turns until then. */
  theirsUntil: Time;
}

/**
 * Who had the last turn asks for the next one at once; whoever did not comes back so many intervals later for each other
 * replica, and no later than that: few ask in vain, and no turn is left when one of them has nothing more to call.
 */
const laterIntervals = 4;
const laterMs = 500;

export function createRates(parts: RateParts): Rates {
  const { rate, clock } = parts;
  const { look, names } = createBuckets(parts);
  let sharers = 1;
  return {
    free: (name) => look(name)?.free ?? Number.POSITIVE_INFINITY,
    take: (name) => {
      const found = look(name);
      if (found === undefined) return;
      found.bucket.dueAt += found.everyMs;
      found.bucket.asked = 0;
    },
    turn: (name) => {
      const found = look(name);
      if (found === undefined) return clock();
      const after = found.bucket.asked * found.everyMs;
      found.bucket.asked += 1;
      return Math.ceil(Math.max(clock() + 1, found.freeAt) + after);
    },
    nextAt: () => {
      const times = names().flatMap((name) => {
        const found = look(name);
        return found !== undefined && found.free < 1 ? [found.freeAt] : [];
      });
      return times.length > 0 ? Math.min(...times) : null;
    },
    pace: (name) => {
      const given = rate(name);
      if (given === undefined) return undefined;
      const everyMs = given.perMs / given.count;
      return { everyMs, spare: spareOf(everyMs) };
    },
    refused: (name, waitMs) => {
      const found = look(name);
      if (found === undefined) return;
      const { bucket, everyMs } = found;
      const later = Math.min((sharers - 1) * laterIntervals * everyMs, laterMs);
      bucket.theirsUntil = clock() + waitMs + later;
      bucket.dueAt -= everyMs;
    },
    share: (among) => {
      sharers = Math.max(1, among);
    },
  };
}

function createBuckets({ rate, clock }: RateParts) {
  const buckets = new Map<string, Bucket>();
  const look = (name: string) => {
    const given = rate(name);
    if (given === undefined) return undefined;
    const now = clock();
    const bucket = buckets.get(name) ?? { dueAt: now, asked: 0, theirsUntil: 0 };
    buckets.set(name, bucket);
    const everyMs = given.perMs / given.count;
    const spare = spareOf(everyMs);
    // Not further ahead than what may be taken at once: the clock may have been set back, or the rate raised.
    bucket.dueAt = Math.min(Math.max(bucket.dueAt, now), now + spare * everyMs);
    bucket.theirsUntil = Math.min(bucket.theirsUntil, now + everyMs + laterMs);
    const isTheirs = bucket.theirsUntil > now;
    const free = isTheirs ? 0 : Math.floor(spare - (bucket.dueAt - now) / everyMs + 1e-9);
    const freeAt = Math.ceil(Math.max(bucket.theirsUntil, bucket.dueAt - (spare - 1) * everyMs));
    return { bucket, everyMs, free, freeAt };
  };
  return {
    /** What a connection has now; undefined without a rate. */
    look,
    names: () => [...buckets.keys()],
  };
}
