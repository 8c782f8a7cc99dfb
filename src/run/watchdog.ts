// Sees from a thread of its own when the event loop stands still, and ends the process: a supervisor starts it again.

import { Worker } from 'node:worker_threads';
import type { Sending } from '../connect/sending.ts';
import { threadEnv } from '../core/threads.ts';
import type { WatchdogData } from './watchdog-thread.ts';

export interface WatchdogParts {
  /** Whose code is under way. */
  readonly origin: Sending['origin'];
  /** How long it may stand still; 0: for ever. */
  readonly limitMs: number;
  /** How the last words are written: a line of the log, or text for people. */
  readonly words: 'json' | 'text';
}

export interface Watchdog {
  /** Starts the thread, once: until a connector's code runs there is nothing to watch, and no memory is spent on it. */
  begin(): void;
  stop(): Promise<void>;
}

/** What the thread calls in the main thread that it has stopped, to learn whose code it is in. */
const asked = 'hookline.origin';

/** How often within the limit: time during which the whole process stood still counts as one look at most. */
const looks = 8;

export function createWatchdog({ origin, limitMs, words }: WatchdogParts): Watchdog {
  let thread: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    if (limitMs === 0 || thread !== undefined) return;
    const beats = new Int32Array(new SharedArrayBuffer(4));
    thread = startThread({ beats, limitMs, looks, asked, words });
    timer = setInterval(() => Atomics.add(beats, 0, 1), limitMs / looks / 2).unref();
    const value = () => JSON.stringify(origin() ?? {});
    Object.defineProperty(globalThis, Symbol.for(asked), { configurable: true, value });
  };
  return {
    begin,
    stop: async () => {
      clearInterval(timer);
      Reflect.deleteProperty(globalThis, Symbol.for(asked));
      await thread?.terminate();
    },
  };
}

function startThread(workerData: WatchdogData): Worker {
  const thread = new Worker(new URL('./watchdog-thread.ts', import.meta.url), {
    workerData,
    env: threadEnv(),
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
  });
  // Without it everything works as before.
  thread.on('error', () => undefined);
  thread.unref();
  return thread;
}
