// The playground: looks at workflow texts that somebody types, in a thread of its own that is ended when it takes too long.

import { Worker } from 'node:worker_threads';
import { HostError } from '../core/errors.ts';
import type { Settings } from '../core/settings.ts';
import { threadEnv } from '../core/threads.ts';
import type { EventScope } from '../workflow/compile.ts';
import type { Completion } from '../workflow/completion/complete.ts';
import type { Asked, Checked, PlaygroundAnswer, PlaygroundCall, TriedText } from './playground-look.ts';

export interface Playground {
  /** All reject with `input.invalid` when the text takes too long, and with `playground.stuck` when a plugin does not let it start. */
  check(text: string): Promise<Checked>;
  complete(text: string, offset: number): Promise<Completion>;
  try(text: string, event: EventScope): Promise<TriedText>;
  close(): Promise<void>;
}

export interface PlaygroundParts {
  readonly pluginsDir: string;
  readonly settings: Settings;
  readonly clock: () => number;
  /** Time that its thread has to load the plugins; default 20 s. */
  readonly startMs?: number;
}

const patienceMs = 2000;
/** Nobody has typed for so long: its memory is given back. */
const idleMs = 60_000;

/** The thread is started by the first call. */
export function createPlayground({ pluginsDir, settings, clock, startMs = 20_000 }: PlaygroundParts): Playground {
  let thread: Promise<Thread> | undefined;
  let idle: NodeJS.Timeout | undefined;
  const end = async () => {
    clearTimeout(idle);
    const ended = thread;
    thread = undefined;
    await (await ended?.catch(() => undefined))?.end();
  };
  const ask = async <T>(asked: Asked): Promise<T> => {
    clearTimeout(idle);
    thread ??= startThread({ pluginsDir, settings }, startMs);
    try {
      return (await (await thread).ask({ ...asked, now: clock() })) as T;
    } catch (error) {
      await end();
      throw error;
    } finally {
      idle = setTimeout(() => void end(), idleMs).unref();
    }
  };
  return {
    check: (text) => ask({ verb: 'check', text }),
    complete: (text, offset) => ask({ verb: 'complete', text, offset }),
    try: (text, event) => ask({ verb: 'try', text, event }),
    close: end,
  };
}

interface Thread {
  ask(asked: Asked & { readonly now: number }): Promise<unknown>;
  end(): Promise<unknown>;
}

async function startThread(
  workerData: Pick<PlaygroundParts, 'pluginsDir' | 'settings'>,
  startMs: number,
): Promise<Thread> {
  const worker = new Worker(new URL('./playground-worker.ts', import.meta.url), {
    name: 'playground',
    workerData,
    env: threadEnv(),
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  worker.unref();
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const ready = Promise.withResolvers<undefined>();
  const fail = (error: unknown) => {
    ready.reject(error);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('message', (message: PlaygroundAnswer | 'ready') => {
    if (message === 'ready') return ready.resolve(undefined);
    waiting.get(message.id)?.resolve(message.value);
    waiting.delete(message.id);
  });
  worker.on('error', () => fail(tooMuch()));
  worker.on('exit', () => fail(tooMuch()));
  await started(worker, ready.promise, { ...workerData, startMs });
  let last = 0;
  return {
    ask: async (asked) => {
      last += 1;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(last, answer);
      worker.postMessage({ ...asked, id: last } satisfies PlaygroundCall, []);
      const timer = setTimeout(() => answer.reject(tooMuch()), patienceMs);
      return answer.promise.finally(() => clearTimeout(timer));
    },
    end: () => worker.terminate(),
  };
}

/** Rejects with `playground.stuck`, and then its thread has ended. */
async function started(
  worker: Worker,
  ready: Promise<undefined>,
  { pluginsDir, startMs }: { readonly pluginsDir: string; readonly startMs: number },
): Promise<void> {
  const late = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => late.resolve('late'), startMs);
  const ended = ready.catch(() => 'ended' as const);
  const found = await Promise.race([ended, late.promise]).finally(() => clearTimeout(timer));
  if (found === undefined) return;
  await worker.terminate();
  const what = found === 'late' ? `takes more than ${startMs / 1000} s to load` : 'ends the thread that loads it';
  throw new HostError('playground.stuck', { why: `a plugin in "${pluginsDir}" ${what}` });
}

function tooMuch(): HostError {
  return new HostError('input.invalid', { what: 'the text takes longer to read than a workflow file may' });
}
