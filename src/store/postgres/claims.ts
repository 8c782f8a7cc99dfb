// Which runs this process has claimed, and until when they are certainly its own.

import type { Fetched, Queue } from './queue.ts';

export interface Held extends Fetched {
  readonly lane: string;
  readonly fence: number;
  /** On the monotonic clock: when it was last known to be ours. */
  readonly knownAt: number;
}

export interface Claims {
  add(runId: string, held: Held): void;
  /** Given back, or lost. */
  drop(runId: string, fence: number): void;
  /** Whether nobody else can have the run yet. */
  holds(runId: string, fence: number): boolean;
  /** Renews every claim; true when one had lapsed: it is dropped and its lane suspected. */
  renew(queue: Queue): Promise<boolean>;
  /** This lane may have jobs of owners that ended: they have no due time by which they would be found. */
  suspect(lanes: readonly string[]): void;
  /** Whether it is suspected; it no longer is afterwards. */
  suspected(lane: string): boolean;
}

/** Time within which a call must have been given to the network after the look at the lease. */
const marginMs = 1000;

/** `clock` is monotonic. */
export function createClaims(clock: () => number, leaseMs: number): Claims {
  const claims = new Map<string, Held>();
  const suspects = new Set<string>();
  const renewLane = async (queue: Queue, lane: string, held: readonly (readonly [string, Held])[]) => {
    const knownAt = clock();
    let lapsed = false;
    const renewed = await queue.touch(
      lane,
      held.map(([, claim]) => claim),
    );
    for (const [runId, claim] of held) {
      const current = claims.get(runId);
      if (current?.fence !== claim.fence) continue;
      if (renewed.has(claim.job)) claims.set(runId, { ...current, knownAt });
      else {
        claims.delete(runId);
        suspects.add(lane);
        lapsed = true;
      }
    }
    return lapsed;
  };
  return {
    add: (runId, held) => void claims.set(runId, held),
    drop: (runId, fence) => {
      if (claims.get(runId)?.fence === fence) claims.delete(runId);
    },
    holds: (runId, fence) => {
      const held = claims.get(runId);
      return held?.fence === fence && clock() - held.knownAt < leaseMs - marginMs;
    },
    renew: async (queue) => {
      const byLane = Map.groupBy(claims, ([, { lane }]) => lane);
      let lapsed = false;
      for (const [lane, held] of byLane) lapsed = (await renewLane(queue, lane, held)) || lapsed;
      return lapsed;
    },
    suspect: (lanes) => {
      for (const lane of lanes) suspects.add(lane);
    },
    suspected: (lane) => suspects.delete(lane),
  };
}
