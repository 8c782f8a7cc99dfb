// Sees from a thread of its own when the event loop stands still, and ends the process: a supervisor starts it again.

import { Worker } from 'node:worker_threads';
import type { Sending } from '../connect/sending.ts';
import type { WatchdogData } from './watchdog-thread.ts';

export interface Watchdog {
  readonly sending: Pick<Sending, 'origin'>;
  /** How long it may stand still; 0: for ever. */
  readonly limitMs: number;
  /** How the last words are written: a line of the log, or text for people. */
  readonly words: 'json' | 'text';
}

/** What the thread calls in the main thread that it has stopped, to learn whose code it is in. */
const asked = 'hookline.origin';

/** How often within the limit: time during which the whole process stood still counts as one look at most. */
const looks = 8;

/** Returns what ends it. */
export function startWatchdog({ sending, limitMs, words }: Watchdog): () => Promise<void> {
  if (limitMs === 0) return async () => undefined;
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const workerData: WatchdogData = { beats, limitMs, looks, asked, words };
  const thread = new Worker(new URL('./watchdog-thread.ts', import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
  });
  // Without it everything works as before.
  thread.on('error', () => undefined);
  thread.unref();
  const timer = setInterval(() => Atomics.add(beats, 0, 1), limitMs / looks / 2);
  timer.unref();
  Object.defineProperty(globalThis, Symbol.for(asked), {
    configurable: true,
    value: () => JSON.stringify(sending.origin() ?? {}),
  });
  return async () => {
    clearInterval(timer);
    Reflect.deleteProperty(globalThis, Symbol.for(asked));
    await thread.terminate();
  };
}
