// A process of its own for the store tests: `node child.ts <what> <dir>`. Writes one line for each thing that happened.

import { writeSync } from 'node:fs';
import { createBatcher } from '../../src/store/batch.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { AcceptDelivery, Accepted, Settled, Store } from '../../src/store/store.ts';
import { delivery } from '../contract/rows.ts';

/** At once, so that it is out when the process is killed. */
const say = (line: string): void => void writeSync(1, `${line}\n`);

const [what = '', dir = ''] = process.argv.slice(2);

/** Settles when the event of the item is as far as the job says it must be. */
type Tell = (item: AcceptDelivery, accepting: Promise<unknown>) => Promise<void>;

/** Says the id of each event once it is acknowledged. */
const afterAnswer: Tell = async (item, accepting) => {
  await accepting;
  say(item.eventId);
};

/** The mistake that a test must be able to see: says the id before the answer. */
const beforeAnswer: Tell = async (item, accepting) => {
  say(item.eventId);
  await accepting;
};

const jobs: Record<string, (store: Store) => Promise<void>> = {
  /** Owns the folder until it is killed. */
  hold: async () => say('open'),
  accept: (store) => acceptForever(store, 16, afterAnswer),
  'accept-one': (store) => acceptForever(store, 1, afterAnswer),
  'accept-one-early': (store) => acceptForever(store, 1, beforeAnswer),
  'accept-limited': acceptLimited,
};

async function acceptForever(store: Store, callers: number, tell: Tell): Promise<void> {
  const run = (items: readonly AcceptDelivery[]) => store.accept(items);
  const batcher = createBatcher<AcceptDelivery, Settled<Accepted>>({ run, maxItems: 100 });
  const caller = async () => {
    for (;;) {
      const item = delivery({ body: new Uint8Array(700) });
      await tell(item, batcher.add(item));
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

/** Accepts until the first failure, and once more. */
async function acceptLimited(store: Store): Promise<void> {
  for (let failures = 0, count = 0; count < 2000; count++) {
    const last = failures > 0;
    const item = delivery({ body: new Uint8Array(20_000) });
    try {
      await store.accept([item]);
      say(`ok ${item.eventId}`);
    } catch (error) {
      say(`failed ${item.eventId} ${(error as { code?: string }).code ?? String(error)}`);
      failures += 1;
    }
    if (last) break;
  }
  await store.close();
}

const job = jobs[what];
if (job === undefined) throw new Error(`no job "${what}"`);
await job(await openSqliteStore({ dir }));
