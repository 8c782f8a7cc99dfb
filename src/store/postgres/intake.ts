// The one lane on which deliveries are stored: a connection of its own, and while one commit is under way the next batch gathers.

import { Client } from 'pg';
import { HostError } from '../../core/errors.ts';
import { createBatcher } from '../batch.ts';
import type { AcceptDelivery, Accepted, Settled } from '../store.ts';
import { acceptFirst, acceptOnce, findAccepted } from './accept.ts';
import { connectionOptions, sqlOf, type Limits, type Sql } from './database.ts';
import { isConflict, isLost, toStoreError, whyUnavailable } from './fault.ts';

export interface Intake {
  accept(batch: readonly AcceptDelivery[]): Promise<readonly Settled<Accepted>[]>;
  close(): Promise<void>;
}

/** Deliveries of one statement, and the bytes of their bodies. */
const mostItems = 500;
const mostBytes = 32 * 1024 * 1024;

export function openIntake(url: string, limits?: Limits): Intake {
  const line = createLine(url, limits);
  const gather = createBatcher<AcceptDelivery, Settled<Accepted>>({
    run: (items) => acceptAll(line, items),
    maxItems: mostItems,
  });
  let closed = false;
  return {
    accept: async (batch) => {
      if (closed) throw new HostError('store.unavailable', { why: 'it is closing' });
      return Promise.all(batch.map((item) => gather.add(item)));
    },
    close: async () => {
      closed = true;
      await line.close();
    },
  };
}

async function acceptAll(line: Line, items: readonly AcceptDelivery[]): Promise<readonly Settled<Accepted>[]> {
  const answers: Settled<Accepted>[] = [];
  for (let from = 0; from < items.length; ) {
    let to = from + 1;
    for (let bytes = 0; to < items.length; to++) {
      bytes += items[to]?.body.byteLength ?? 0;
      if (bytes > mostBytes) break;
    }
    answers.push(...(await acceptGroup(line, items.slice(from, to))));
    from = to;
  }
  return answers;
}

/** A group that fails because of one row is stored row by row, so that only that row is refused. */
async function acceptGroup(line: Line, items: readonly AcceptDelivery[]): Promise<readonly Settled<Accepted>[]> {
  try {
    const answers = await acceptSure(line, items);
    return answers.map((value) => ({ ok: true, value }));
  } catch (error) {
    if (error instanceof HostError) throw error;
    if (items.length === 1) return [{ ok: false, error: toStoreError(error) }];
    const settled: Settled<Accepted>[] = [];
    for (const item of items) settled.push(...(await acceptGroup(line, [item])));
    return settled;
  }
}

const mostRounds = 20;

/** First what is new, then the rest. Asks again for keys that another replica was taking; each round at least one is decided. */
async function acceptSure(line: Line, items: readonly AcceptDelivery[]): Promise<readonly Accepted[]> {
  const answers = new Map<AcceptDelivery, Accepted>();
  let open = items;
  for (let round = 0; open.length > 0; round++) {
    if (round === mostRounds)
      throw new HostError('store.unavailable', { why: 'the database was too busy with other writes' });
    const found = await acceptKnown(line, open, round === 0 ? acceptFirst : acceptOnce);
    for (const [index, item] of open.entries()) {
      const answer = found[index];
      if (answer) answers.set(item, answer);
    }
    open = open.filter((item) => !answers.has(item));
  }
  return items.flatMap((item) => answers.get(item) ?? []);
}

/** When the answer is lost nobody knows whether the batch is stored, so it is looked for before anything is said. */
async function acceptKnown(
  line: Line,
  items: readonly AcceptDelivery[],
  accept: typeof acceptOnce,
): Promise<readonly (Accepted | undefined)[]> {
  try {
    return await line.use((sql) => accept(sql, items));
  } catch (error) {
    if (isConflict(error) && (error as { code?: string }).code !== '23505') return items.map(() => undefined);
    if (whyUnavailable(error) === undefined) throw error;
    const refusal = toStoreError(error);
    if (!isLost(error)) throw refusal;
    const found = await line.use((sql) => findAccepted(sql, items)).catch(() => []);
    if (found.length === items.length && found.every((answer) => answer !== undefined)) return found;
    throw refusal;
  }
}

interface Line {
  use<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Marks and events are always found by index: what the planner knows of a table may be from when it was empty. */
const byIndex = ['enable_seqscan'];

/** One connection, made anew when it broke. Its errors are the driver's own. */
function createLine(url: string, limits?: Limits): Line {
  let open: Client | null = null;
  const drop = () => {
    const dropped = open;
    open = null;
    // It may hang; nobody waits for it.
    dropped?.end().catch(() => undefined);
  };
  const connect = async () => {
    const client = new Client(connectionOptions(url, limits, byIndex));
    client.on('error', () => {
      if (open === client) open = null;
    });
    await client.connect();
    return client;
  };
  return {
    use: async (work) => {
      try {
        open ??= await connect();
        return await work(sqlOf(open));
      } catch (error) {
        if (isLost(error)) drop();
        throw error;
      }
    },
    close: async () => {
      const closed = open;
      open = null;
      await closed?.end();
    },
  };
}
