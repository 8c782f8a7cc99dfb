// Opens the embedded store: the port on the main thread, SQLite in a worker, one owner process for each folder.

import type { Store } from '../store.ts';
import type { Released } from './claims.ts';
import { startClient, type Client } from './client.ts';
import { openLists, type ListVerb } from './lists.ts';
import { pack, packRecord, unpackAnswer, type PackedAnswer } from './pack.ts';
import type { Commit, Verb } from './protocol.ts';

export type { Commit } from './protocol.ts';

export interface OpenSqliteStore {
  /** Made when missing. */
  readonly dir: string;
  /** Largest size of the database file in bytes; beyond it writes are refused as on a full disk. */
  readonly maxBytes?: number;
  /** Bytes beyond which deliveries are refused with `store.full`; what is under way goes on. 0: none. */
  readonly budgetBytes?: number;
  /** Hears of every transaction. */
  readonly onCommit?: (commit: Commit) => void;
  /** Hears why, when its thread has ended: from then on every call is refused. */
  readonly onEnd?: ((why: string) => void) | undefined;
}

/**
 * Rejects with `store.locked` when another process owns the folder, `store.unwritable` or `store.newer`.
 * Writes that wait at the same moment share one transaction. When it cannot be committed all of them reject with
 * `store.unavailable`; the next ones try anew.
 */
export async function openSqliteStore(given: OpenSqliteStore): Promise<Store> {
  const { dir, maxBytes, budgetBytes, onCommit, onEnd } = given;
  const limits = { maxBytes: maxBytes ?? null, budget: budgetBytes || null };
  const data = { dir, ...limits, watch: onCommit !== undefined };
  const client = await startClient(data, { onCommit, onEnd });
  const lists = openLists(client, data);
  const verb: Forward<Verb> = (name) => forward(client, name);
  const list: Forward<ListVerb> = (name) => forward(lists, name);
  return {
    accept: async (batch) => {
      const answers = (await client.call('accept', [pack(batch)])) as readonly PackedAnswer[];
      return batch.map((item, index) => unpackAnswer(answers[index] ?? null, item));
    },
    refuse: async (batch) => verb('refuse')(batch.map(ownBody)),
    pending: verb('pending'),
    plan: verb('plan'),
    replay: verb('replay'),
    claim: verb('claim'),
    nextDue: verb('nextDue'),
    lanes: verb('lanes'),
    record: async (batch) => client.call('record', [batch.map(packRecord)]) as ReturnType<Store['record']>,
    edit: verb('edit'),
    recover: verb('recover'),
    release: (...given) => release(client, ...given),
    event: verb('event'),
    events: list('events'),
    eventRows: list('eventRows'),
    deliveries: list('deliveries'),
    run: verb('run'),
    runs: list('runs'),
    attempts: verb('attempts'),
    ...aboutItself(verb, list),
    ended: () => client.ended(),
    close: async () => {
      await lists.close();
      await client.close();
    },
  };
}

/** In pieces, each a transaction of its own: a million held runs must not stand before a delivery. */
async function release(client: Client, ...[lane, reasons, now]: Parameters<Store['release']>): Promise<number> {
  let runs = 0;
  for (const reason of reasons) {
    for (let after: number | null = 0; after !== null; ) {
      const piece = (await client.call('release', [lane, reason, now, after])) as Released;
      runs += piece.runs;
      after = piece.last;
    }
  }
  return runs;
}

type Forward<Verbs extends Verb> = <V extends Verbs>(name: V) => Store[V];

/** What is kept beside the ledger, and what the store tells of itself. */
function aboutItself(verb: Forward<Verb>, list: Forward<ListVerb>) {
  return {
    saveConfig: verb('saveConfig'),
    config: verb('config'),
    setConnection: verb('setConnection'),
    raise: verb('raise'),
    connections: verb('connections'),
    tally: verb('tally'),
    tallies: list('tallies'),
    audit: verb('audit'),
    audits: list('audits'),
    stats: list('stats'),
    // Without counts it is asked by the process itself, and costs nothing.
    backlog: (most: number) => (most === 0 ? verb : list)('backlog')(most),
    probe: verb('probe'),
    prune: verb('prune'),
  };
}

function forward<V extends Verb>(client: Pick<Client, 'call'>, verb: V): Store[V] {
  return ((...args: readonly unknown[]) => client.call(verb, args)) as Store[V];
}

/** A view on a larger buffer would carry that whole buffer to the worker. */
function ownBody<T extends { readonly body: Uint8Array }>(item: T): T {
  const { body } = item;
  return body.byteLength === body.buffer.byteLength ? item : { ...item, body: new Uint8Array(body) };
}
