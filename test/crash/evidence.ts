// What a crash test has seen: what senders sent, what the vendor did, what the store kept; and the verdict on it.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { violations, type SentEvent } from '../faults/invariants.ts';
import { bodyOf, type Folder } from './hookline.ts';
import { startInside } from './inside.ts';
import { sinkSteps, type Sink } from './sink.ts';

/** Calls that a sender posted, and which of them were acknowledged. */
export interface Sent {
  readonly all: Set<string>;
  readonly acknowledged: Set<string>;
}

export const nothingSent = (): Sent => ({ all: new Set(), acknowledged: new Set() });

/** The violations in what a store holds; everything must be at rest and nobody else may have it open. */
export async function judge(store: Store, sent: Sent, sink: Sink, process: readonly string[] = []) {
  return violations({
    store,
    sent: [...sent.all].map((call) => sentEvent(call, sent)),
    requests: sink.requests,
    steps: sinkSteps,
    people: new Map(),
    paused: new Set(),
    process,
  });
}

/** Goes on with what a killed process left until it is at rest, then judges. */
export async function recoverAndJudge(folder: Folder, sent: Sent, sink: Sink, process: readonly string[] = []) {
  // Many at once, because a crowd may be left.
  const inside = await startInside(folder, { env: { CONCURRENCY: '64' } });
  await inside.atRest();
  await inside.app.stop();
  return judgeFolder(folder, sent, sink, [...process, ...inside.errors]);
}

export async function judgeFolder(folder: Folder, sent: Sent, sink: Sink, process: readonly string[] = []) {
  const store = await openSqliteStore({ dir: folder.dataDir });
  try {
    return await judge(store, sent, sink, [...process, ...damage(folder)]);
  } finally {
    await store.close();
  }
}

/** What SQLite itself finds wrong with the file. */
function damage({ dataDir }: Folder): string[] {
  const database = new DatabaseSync(join(dataDir, 'hookline.db'), { readOnly: true });
  try {
    const found = database.prepare('pragma integrity_check').all() as { integrity_check: string }[];
    return found.map((row) => row.integrity_check).filter((line) => line !== 'ok');
  } finally {
    database.close();
  }
}

function sentEvent(call: string, { acknowledged }: Sent): SentEvent {
  return { key: `call.ended:${call}`, body: bodyOf(call), acknowledged: acknowledged.has(call) };
}
