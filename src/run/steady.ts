// How long the clock has gone evenly: what was to wait for a while may have been waited out by a jump, or in another process.

import type { Time } from '../core/model.ts';

/** Less is how clocks are corrected all the time. */
const leastMs = 1000;

/** Milliseconds since this was made, or since the clock was found set forward or back. */
export function createSteady(clock: () => Time, ticks: () => number): () => number {
  let apart = clock() - ticks();
  let since = ticks();
  return () => {
    const now = clock() - ticks();
    if (Math.abs(now - apart) > leastMs) {
      apart = now;
      since = ticks();
    }
    return ticks() - since;
  };
}
