// Connections to the database, each with limits in time: without them a lost packet would make a query wait for ever.

import { hash } from 'node:crypto';
import { Pool, types, type ClientBase, type PoolClient } from 'pg';
import { HostError } from '../../core/errors.ts';
import { isConflict, isLost, toStoreError } from './fault.ts';
import { fromText, toText } from './text.ts';

/** Runs statements on one connection, or each on any. */
export interface Sql {
  /** Statements must come from a fixed set: each connection keeps them prepared. */
  rows<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /** Number of rows changed. */
  run(text: string, values?: readonly unknown[]): Promise<number>;
  /** For statements of others and for several at once: nothing is prepared or converted. */
  raw(text: string, values?: readonly unknown[]): Promise<{ rows: object[] }>;
  /** As `raw`, for those of a fixed set: they are prepared. */
  kept(text: string, values?: readonly unknown[]): Promise<{ rows: object[] }>;
}

export interface Database extends Sql {
  /** Runs the work in one transaction, and again when it met another writer. Rows are found by index, whatever the planner believes. */
  transact<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /**
   * The same for what may be undone by a crash of the database: its commit does not wait for the disk; every later commit that
   * waits makes it durable too. `settings`: what else is off meanwhile.
   */
  transactLightly<T>(work: (sql: Sql) => Promise<T>, settings?: readonly string[]): Promise<T>;
  close(): Promise<void>;
}

export interface Limits {
  /** Longest time of one statement. */
  readonly queryMs: number;
  readonly connectMs: number;
}

export const usualLimits: Limits = { queryMs: 10_000, connectMs: 5000 };

/** What every connection is opened with. `off`: what else the planner does not do. */
export function connectionOptions(
  url: string,
  { queryMs, connectMs }: Limits = usualLimits,
  off: readonly string[] = [],
) {
  return {
    connectionString: url,
    application_name: 'hookline',
    // Short statements gain nothing by being compiled, and it takes longer than they do.
    options: ['jit', ...off].map((name) => `-c ${name}=off`).join(' '),
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
    // The server gives up a little earlier, so that nothing goes on there that nobody waits for.
    statement_timeout: Math.ceil(queryMs * 0.9),
    idle_in_transaction_session_timeout: queryMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
    types: { getTypeParser: parserOf },
  };
}

const bigint = 20;

/** Counts and times are far below 2^53. */
function parserOf(oid: number): (value: string) => unknown {
  return oid === bigint ? Number : (types.getTypeParser(oid, 'text') as (value: string) => unknown);
}

export interface OpenDatabase {
  readonly url: string;
  /** Most connections at once. */
  readonly connections: number;
  readonly limits?: Limits | undefined;
}

/** Connects at the first use. Whatever fails because the database does, rejects with `store.unavailable`. */
export function openDatabase({ url, connections, limits }: OpenDatabase): Database {
  const pool = new Pool({
    ...connectionOptions(url, limits),
    max: connections,
    idleTimeoutMillis: 60_000,
    pipeline: true,
  });
  // An idle connection that breaks is replaced at the next use.
  pool.on('error', ignore);
  let closing: Promise<void> | null = null;
  const use = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    if (closing) throw new HostError('store.unavailable', { why: 'it is closing' });
    const client = await pool.connect();
    // One that breaks while it is held tells its query; unheard, the event would end the process.
    client.on('error', ignore);
    let broken = true;
    try {
      const result = await work(client);
      broken = false;
      return result;
    } catch (error) {
      broken = isLost(error);
      throw error;
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  };
  const once = <T>(work: (sql: Sql) => Promise<T>) => told(() => use((client) => work(sqlOf(client))));
  const within = <T>(begin: string, work: (sql: Sql) => Promise<T>) =>
    told(() => retried(() => use((client) => transaction(client, begin, work))));
  return {
    rows: (text, values) => once((sql) => sql.rows(text, values)),
    run: (text, values) => once((sql) => sql.run(text, values)),
    raw: (text, values) => once((sql) => sql.raw(text, values)),
    kept: (text, values) => once((sql) => sql.kept(text, values)),
    transact: (work) => within(beginning([]), work),
    transactLightly: (work, settings = []) => within(beginning(['synchronous_commit', ...settings]), work),
    close: () => (closing ??= pool.end()),
  };
}

const ignore = () => undefined;

/** The statements of one connection; its errors are the driver's own. */
export function sqlOf(client: ClientBase): Sql {
  return {
    rows: async <R extends object>(text: string, values: readonly unknown[] = []) => {
      const { rows } = await client.query<Record<string, unknown>>(prepared(text, values));
      for (const row of rows) readTexts(row);
      return rows as R[];
    },
    run: async (text, values = []) => (await client.query(prepared(text, values))).rowCount ?? 0,
    raw: (text, values) => client.query<object>(text, values === undefined ? undefined : [...values]),
    kept: (text, values = []) => client.query<object>({ name: nameOf(text), text, values: [...values] }),
  };
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = hash('sha256', text).slice(0, 20)));
  return name;
}

function prepared(text: string, values: readonly unknown[]) {
  return { name: nameOf(text), text, values: values.map(toValue) };
}

function toValue(value: unknown): unknown {
  if (typeof value === 'string') return toText(value);
  // Every number that is kept is whole; a delay with jitter may not be.
  if (typeof value === 'number') return Math.round(value);
  return Array.isArray(value) ? value.map(toValue) : value;
}

function readTexts(row: Record<string, unknown>): void {
  for (const [column, value] of Object.entries(row)) if (typeof value === 'string') row[column] = fromText(value);
}

/** A plan is made once, perhaps while a table is empty, and every batch is small. */
const byIndex = [
  'plan_cache_mode = force_generic_plan',
  ...['seqscan', 'hashjoin', 'mergejoin'].map((way) => `enable_${way} = off`),
];

function beginning(off: readonly string[]): string {
  return ['begin', ...[...byIndex, ...off.map((name) => `${name} = off`)].map((set) => `set local ${set}`)].join('; ');
}

async function transaction<T>(client: ClientBase, begin: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  // Nobody waits for it before the first statement: when it fails, so does that.
  const begun = client.query(begin);
  begun.catch(ignore);
  try {
    const result = await work(sqlOf(client));
    await begun;
    await client.query('commit');
    return result;
  } catch (error) {
    if (!isLost(error)) await client.query('rollback');
    throw error;
  }
}

/** Statements of one transaction that need nothing of each other, sent at once in this order. */
export async function together(statements: readonly Promise<unknown>[]): Promise<void> {
  for (const done of await Promise.allSettled(statements)) if (done.status === 'rejected') throw done.reason;
}

const mostTries = 5;

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error) || tries === mostTries) throw error;
    }
  }
}

/** In the words of the store. */
export async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStoreError(error);
  }
}

export function databaseName(url: string): string {
  return decodeURIComponent(URL.parse(url)?.pathname.slice(1) ?? '') || 'postgres';
}
