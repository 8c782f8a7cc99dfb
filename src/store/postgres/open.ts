// Opens the store on PostgreSQL: the same port as the embedded one, shared by any number of processes.

import { randomUUID } from 'node:crypto';
import { HostError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Time } from '../../core/model.ts';
import type { News, Store } from '../store.ts';
import { attempts } from './attempts.ts';
import { backlog } from './backlog.ts';
import { claim, lanes, nextDue, recover, release } from './claim.ts';
import { createClaims } from './claims.ts';
import { databaseName, openDatabase, type Database, type Limits, type Sql } from './database.ts';
import { deliveries, refuse } from './deliveries.ts';
import { event, eventRows, events, pending, plan } from './events.ts';
import { whyUnavailable } from './fault.ts';
import { openIntake } from './intake.ts';
import { migrate, oneByOne } from './migrations.ts';
import { tell } from './news.ts';
import { prune } from './prune.ts';
import { startQueue, type Queue } from './queue.ts';
import { raise } from './raise.ts';
import { edit, Moved, record } from './record.ts';
import { createReplicas } from './replicas.ts';
import { replay, run, runs } from './runs.ts';
import { config, connections, saveConfig, setConnection } from './settings.ts';
import { stats } from './stats.ts';
import { audit, audits, tallies, tally } from './tallies.ts';

export interface OpenPostgresStore {
  /** `postgres://user:password@host/database`; never shown. */
  readonly url: string;
  /** Most connections at once, besides the one of the receiver and the one that listens. */
  readonly connections?: number;
  readonly limits?: Limits;
  /** How long a replica may be silent before others take its runs; whole seconds, 10 at least. */
  readonly leaseMs?: number;
  readonly clock?: () => Time;
  readonly log?: Pick<Log, 'warn'>;
}

/** Rejects with `store.unavailable`, `store.newer` or `store.moving`. */
export async function openPostgresStore(options: OpenPostgresStore): Promise<Store> {
  const { url, limits, leaseMs = 10_000, clock = Date.now } = options;
  const leaseSeconds = Math.ceil(leaseMs / 1000);
  const database = openDatabase({ url, connections: options.connections ?? 10, limits });
  try {
    const queue = await oneByOne(url, async (sql) => {
      await migrate(sql, databaseName(url));
      const cut = await sql.rows('select 1 from hookline.moves where not done');
      if (cut.length > 0) throw new HostError('store.moving');
      return startQueue({ database, leaseSeconds, warn: (error) => warn(options, error) });
    });
    return storeOf({ database, queue, url, limits, leaseSeconds, clock });
  } catch (error) {
    await database.close();
    throw error;
  }
}

function warn({ log }: OpenPostgresStore, error: unknown): void {
  log?.warn(`the queue will try again: ${whyUnavailable(error) ?? 'a statement was refused'}`);
}

interface Parts {
  readonly database: Database;
  readonly queue: Queue;
  readonly url: string;
  readonly limits: Limits | undefined;
  readonly leaseSeconds: number;
  readonly clock: () => Time;
}

function storeOf({ database, queue, url, limits, leaseSeconds, clock }: Parts): Store {
  const intake = openIntake(url, limits);
  const ticks = () => performance.now();
  const claims = createClaims(ticks, leaseSeconds * 1000);
  const self = randomUUID();
  const replicas = createReplicas({ database, queue, claims, url, limits, leaseSeconds, clock, self });
  let closing: Promise<void> | null = null;
  const close = async () => {
    await replicas.close();
    await queue.stop();
    await intake.close();
    await database.close();
  };
  /** The work, and with its commit a word to the others. */
  const telling = <T>(news: News, work: (sql: Sql) => Promise<T>, changed: (result: T) => boolean = () => true) =>
    database.transact(async (sql) => {
      const result = await work(sql);
      if (changed(result)) await tell(sql, self, news);
      return result;
    });
  return {
    shared: replicas,
    accept: (batch) => intake.accept(batch),
    refuse: (batch) => refuse(database, batch),
    pending: (limit) => pending(database, limit),
    plan: async (batch) => {
      await queue.prepare(batch.flatMap((item) => item.runs.map(({ lane }) => lane)));
      return database.transactLightly(async (sql) => {
        const planned = await plan(sql, queue, batch, clock());
        if (planned.some((item) => item.runs.length > 0)) await tell(sql, self, 'runs');
        return planned;
      });
    },
    replay: async (given) => {
      await queue.prepare([given.lane]);
      return telling('runs', (sql) => replay(sql, queue, given, clock()));
    },
    claim: (request) => claim({ database, queue, claims, ticks }, request),
    nextDue: (names) => nextDue(database, names),
    lanes: () => lanes(database),
    record: async (batch) => {
      const kept = await database.transact((sql) => record(sql, queue, batch));
      for (const [index, { runId, fence, release: given }] of batch.entries()) {
        if (given || kept[index] === false) claims.drop(runId, fence);
      }
      return kept;
    },
    edit: async (given) => {
      try {
        return await telling('runs', (sql) => edit(sql, queue, given), Boolean);
      } catch (error) {
        if (error instanceof Moved) return false;
        throw error;
      }
    },
    recover: (owner, now, keep) => telling('runs', (sql) => recover(sql, queue, owner, now, keep), Boolean),
    release: (lane, reasons, now) => telling('runs', (sql) => release(sql, lane, reasons, now), Boolean),
    event: (id) => event(database, id),
    events: (filter, page) => events(database, filter, page),
    eventRows: (filter, page) => eventRows(database, filter, page),
    deliveries: (filter, page) => deliveries(database, filter, page),
    run: (id) => run(database, id),
    runs: (filter, page) => runs(database, filter, page),
    attempts: (runId) => attempts(database, runId),
    saveConfig: (given) => saveConfig(database, given),
    config: (hash) => config(database, hash),
    setConnection: (state, raises) => telling('connections', (sql) => setConnection(sql, state, raises)),
    raise: (given) => database.transact((sql) => raise(sql, given)),
    connections: () => connections(database),
    tally: (rows) => database.transactLightly((sql) => tally(sql, rows)),
    tallies: (from) => tallies(database, from),
    audit: (entry) => audit(database, entry),
    audits: (page) => audits(database, page),
    stats: () => stats(database),
    backlog: (most) => backlog(database, most),
    probe: async () => {
      await database.run(
        'insert into hookline.probe (id, count) values (1, 1) on conflict (id) do update set count = probe.count + 1',
      );
    },
    prune: (now, retention) => database.transactLightly((sql) => prune(sql, now, retention)),
    close: () => (closing ??= close()),
  };
}
