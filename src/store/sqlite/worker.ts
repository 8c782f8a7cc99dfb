// The store's thread: owns the folder and its database, and serves whatever has arrived in one go.

import { flushCompileCache } from 'node:module';
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { toFault } from './fault.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { lockFolder } from './lock.ts';
import type { Answer, Commit, Reply, Request, StartWorker } from './protocol.ts';
import { reads, writes } from './verbs.ts';

/** Requests served by one transaction. */
const mostRequests = 1000;

if (parentPort !== null) start(parentPort, workerData as StartWorker);

function start(port: MessagePort, { watch, ...place }: StartWorker): void {
  const reply = (message: Reply) => port.postMessage(message);
  let unlock: (() => void) | undefined;
  try {
    unlock = lockFolder(place.dir);
    const keeper = createKeeper(place);
    const free = unlock;
    port.on('message', (first: Request) => {
      const requests = gather(port, first);
      const { answers, commit, pruned } = serve(keeper, requests);
      reply({ kind: 'answers', answers, commit: watch ? commit : null });
      keeper.tidy(pruned);
      if (!requests.some(({ verb }) => verb === 'close')) return;
      keeper.close();
      free();
      reply({ kind: 'closed' });
      port.close();
    });
    reply({ kind: 'ready' });
    flushCompileCache();
  } catch (error) {
    unlock?.();
    reply({ kind: 'refused', fault: toFault(error) });
    port.close();
  }
}

/** Everything that has arrived by now. */
function gather(port: MessagePort, first: Request): Request[] {
  const requests = [first];
  while (requests.length < mostRequests) {
    const next = receiveMessageOnPort(port);
    if (next === undefined) break;
    requests.push(next.message as Request);
  }
  return requests;
}

interface Served {
  readonly answers: readonly Answer[];
  readonly commit: Commit | null;
  /** A prune found nothing left to remove. */
  readonly pruned: boolean;
}

/** Reads go first: they arrived beside the writes, so they need not wait for the disk. */
function serve(keeper: Keeper, requests: readonly Request[]): Served {
  const answers = requests.filter(({ verb }) => verb in reads).map((request) => keeper.read(request));
  const writing = requests.filter(({ verb }) => verb in writes);
  if (writing.length === 0) return { answers, commit: null, pruned: false };
  const started = performance.now();
  const written = keeper.write(writing);
  return {
    answers: [...answers, ...written.answers],
    commit: { requests: writing.length, synced: written.synced, tookMs: performance.now() - started },
    pruned: writing.some(({ verb }, index) => verb === 'prune' && isZero(written.answers[index])),
  };
}

function isZero(answer: Answer | undefined): boolean {
  return answer?.ok === true && answer.value === 0;
}
