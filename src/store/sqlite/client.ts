// Talks to the store's worker: one message a call, answers matched by number.

import { Worker } from 'node:worker_threads';
import { HostError } from '../../core/errors.ts';
import { threadEnv } from '../../core/threads.ts';
import { fromFault } from './fault.ts';
import type { Answer, Commit, Reply, Request, StartWorker, Verb } from './protocol.ts';

export interface Client {
  call(verb: Verb, args: readonly unknown[]): Promise<unknown>;
  /** Why its thread has ended; null while it runs. */
  ended(): string | null;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What a batch leaves behind is small; V8 would let it pile up to 128 MB before it looks. */
const resourceLimits = { maxYoungGenerationSizeMb: 24 };

const threads = { store: './worker.ts', reader: './reader.ts' } as const;

export interface Hears {
  readonly onCommit?: ((commit: Commit) => void) | undefined;
  /** The thread has ended by itself, and why. */
  readonly onEnd?: ((why: string) => void) | undefined;
}

/** Rejects with `store.locked`, `store.unwritable` or `store.newer`. A worker that dies leaves a store that refuses everything. */
export async function startClient(
  data: StartWorker,
  hears: Hears = {},
  thread: keyof typeof threads = 'store',
): Promise<Client> {
  const options = { name: thread, workerData: data, env: threadEnv(), resourceLimits };
  const worker = new Worker(new URL(threads[thread], import.meta.url), options);
  const calls = createCalls();
  let lastId = 0;
  let closing: Promise<void> | null = null;
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const post = (verb: Verb, args: readonly unknown[]) => {
    lastId += 1;
    worker.postMessage({ id: lastId, verb, args } satisfies Request, []);
    return lastId;
  };
  await new Promise<void>((resolve, reject) => {
    worker.on('message', (reply: Reply) => {
      if (reply.kind === 'ready') resolve();
      else if (reply.kind === 'refused') reject(fromFault(reply.fault));
      else if (reply.kind === 'answers') {
        for (const answer of reply.answers) calls.settle(answer);
        if (reply.commit) hears.onCommit?.(reply.commit);
      }
    });
    worker.on('error', (error) => {
      calls.end(`its thread ended: ${error instanceof Error ? error.message : String(error)}`, error);
      reject(error);
    });
    worker.on('exit', () => calls.end(closing ? 'it is closed' : 'its thread ended'));
  });
  worker.on('exit', () => {
    if (!closing) hears.onEnd?.(calls.ended() ?? '');
  });
  return {
    call: async (verb, args) => {
      if (closing) throw new HostError('store.unavailable', { why: 'it is closing' });
      return calls.wait(() => post(verb, args));
    },
    ended: () => (closing === null ? calls.ended() : null),
    close: () => {
      closing ??= (async () => {
        if (calls.ended() === null) post('close', []);
        await exited;
      })();
      return closing;
    },
  };
}

/** Calls without an answer yet. */
function createCalls() {
  const waiting = new Map<number, Waiting>();
  let ended: HostError | null = null;
  return {
    ended: () => ended?.message ?? null,
    /** Rejects at once when the worker has ended. `post` sends the call and gives its number. */
    wait: (post: () => number): Promise<unknown> => {
      if (ended) return Promise.reject(ended);
      return new Promise((resolve, reject) => waiting.set(post(), { resolve, reject }));
    },
    settle: (answer: Answer) => {
      const { resolve, reject } = waiting.get(answer.id) ?? {};
      waiting.delete(answer.id);
      if (answer.ok) resolve?.(answer.value);
      else reject?.(fromFault(answer.fault));
    },
    end: (why: string, cause?: unknown) => {
      ended ??= new HostError('store.unavailable', { why }, { cause });
      for (const { reject } of waiting.values()) reject(ended);
      waiting.clear();
    },
  };
}
