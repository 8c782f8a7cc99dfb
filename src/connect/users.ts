// Counts who uses a connection, so that one which is replaced is closed only afterwards.

import type { AttemptScope } from './sending.ts';

/** Who uses a connection now. The signal of every attempt aborts when the attempt is over, however it ends. */
export function createUsers() {
  let count = 0;
  let waiting: (() => void)[] = [];
  const leave = () => {
    count -= 1;
    if (count > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  return {
    add: (scope: AttemptScope | undefined) => {
      if (scope === undefined || scope.signal.aborted) return;
      count += 1;
      scope.signal.addEventListener('abort', () => leave(), { once: true });
    },
    during: async (work: () => Promise<void>) => {
      count += 1;
      try {
        await work();
      } finally {
        leave();
      }
    },
    /** Resolves when nobody does. */
    idle: () => (count === 0 ? Promise.resolve() : new Promise<void>((resolve) => void waiting.push(resolve))),
  };
}
