// Talks to the store's worker: one message a call, answers matched by number.

import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { HostError } from '../../core/errors.ts';
import { fromFault } from './fault.ts';
import type { Commit, Reply, Request, StartWorker, Verb } from './protocol.ts';

export interface Client {
  call(verb: Verb, args: readonly unknown[]): Promise<unknown>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Rejects with `store.locked`, `store.unwritable` or `store.newer`. A worker that dies leaves a store that refuses everything. */
export async function startClient(data: StartWorker, onCommit?: (commit: Commit) => void): Promise<Client> {
  const options = { name: 'store', workerData: data, env: workerEnv() };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), options);
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let ended: HostError | null = null;
  let closing: Promise<void> | null = null;

  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const end = (why: string, cause?: unknown) => {
    ended ??= new HostError('store.unavailable', { why }, { cause });
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  const settle = (reply: Reply & { kind: 'answers' }) => {
    for (const answer of reply.answers) {
      const { resolve, reject } = waiting.get(answer.id) ?? {};
      waiting.delete(answer.id);
      if (answer.ok) resolve?.(answer.value);
      else reject?.(fromFault(answer.fault));
    }
    if (reply.commit) onCommit?.(reply.commit);
  };
  const post = (verb: Verb, args: readonly unknown[]) => {
    lastId += 1;
    worker.postMessage({ id: lastId, verb, args } satisfies Request, []);
    return lastId;
  };

  await new Promise<void>((resolve, reject) => {
    worker.on('message', (reply: Reply) => {
      if (reply.kind === 'ready') resolve();
      else if (reply.kind === 'refused') reject(fromFault(reply.fault));
      else if (reply.kind === 'answers') settle(reply);
    });
    worker.on('error', (error) => {
      end(`its thread ended: ${error instanceof Error ? error.message : String(error)}`, error);
      reject(error);
    });
    worker.on('exit', () => end('it is closed'));
  });

  return {
    call: async (verb, args) => {
      if (ended ?? closing) throw ended ?? new HostError('store.unavailable', { why: 'it is closing' });
      const id = post(verb, args);
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    close: () => {
      closing ??= (async () => {
        if (ended === null) post('close', []);
        await exited;
      })();
      return closing;
    },
  };
}

/** A thread has a compile cache only by its environment; without one it loads the TypeScript compiler: 30 MB and 100 ms. */
function workerEnv(): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir();
  return cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(cache) };
}
