// Keeps refused deliveries, off the accept path and bounded: what comes faster is only counted, so a flood cannot fill the disk.

import type { Log } from '../core/log.ts';
import type { RefuseDelivery, Store } from '../store/store.ts';

export interface Refusals {
  /** Never waits, never throws. */
  add(refusal: RefuseDelivery): void;
  /** Resolves when everything added so far is written or given up. */
  flush(): Promise<void>;
}

export interface RefusalParts {
  readonly store: Pick<Store, 'refuse'>;
  readonly clock: () => number;
  readonly log: Log;
  /** Default 50. */
  readonly perSecond?: number;
}

/** Waiting refusals while the store is slow; more are only counted. */
const mostWaiting = 500;

export function createRefusals(parts: RefusalParts): Refusals {
  const { store, clock, log, perSecond = 50 } = parts;
  let waiting: RefuseDelivery[] = [];
  let writing: Promise<void> | undefined;
  let second = Number.NaN;
  let taken = 0;
  let left = 0;

  const write = async () => {
    // After the answers of this turn are on their way.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await keep(store, batch, log);
    }
    writing = undefined;
  };
  const report = () => {
    if (left > 0) log.warn('more deliveries were refused than are kept', { kept: taken, onlyCounted: left });
    left = 0;
  };

  return {
    add: (refusal) => {
      const now = Math.floor(clock() / 1000);
      if (now !== second) {
        report();
        second = now;
        taken = 0;
      }
      if (taken >= perSecond || waiting.length >= mostWaiting) {
        left++;
        return;
      }
      taken++;
      waiting.push(refusal);
      writing ??= write();
    },
    flush: async () => {
      report();
      await writing;
    },
  };
}

async function keep(store: Pick<Store, 'refuse'>, batch: readonly RefuseDelivery[], log: Log): Promise<void> {
  try {
    await store.refuse(batch);
  } catch (error) {
    log.warn('refused deliveries could not be kept', {
      count: batch.length,
      error: error instanceof Error ? error.message : String(error),
    });
  }
}
