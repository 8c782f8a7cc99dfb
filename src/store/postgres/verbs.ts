// Every verb of the port that one statement or one transaction serves.

import type { Time } from '../../core/model.ts';
import type { News, Store } from '../store.ts';
import { attempts } from './attempts.ts';
import { backlog } from './backlog.ts';
import { claim, countHeld, lanes, nextDue, recover, release, type Claiming } from './claim.ts';
import type { Database, Sql } from './database.ts';
import { deliveries, refuse } from './deliveries.ts';
import { event, eventRows, events, pending, plan } from './events.ts';
import { tell } from './news.ts';
import { prune } from './prune.ts';
import { raise } from './raise.ts';
import type { Recent } from './recent.ts';
import { edit, Moved, record } from './record.ts';
import { replay, run, runs } from './runs.ts';
import { config, connections, saveConfig, setConnection } from './settings.ts';
import { stats } from './stats.ts';
import { audit, audits, tallies, tally } from './tallies.ts';

/** What only looks. */
export function readVerbs(database: Database) {
  return {
    pending: (limit) => pending(database, limit),
    nextDue: (names) => nextDue(database, names),
    lanes: () => lanes(database),
    event: (id) => event(database, id),
    events: (filter, page) => events(database, filter, page),
    eventRows: (filter, page) => eventRows(database, filter, page),
    deliveries: (filter, page) => deliveries(database, filter, page),
    run: (id) => run(database, id),
    runs: (filter, page) => runs(database, filter, page),
    attempts: (runId) => attempts(database, runId),
    config: (hash) => config(database, hash),
    connections: () => connections(database),
    tallies: (from) => tallies(database, from),
    audits: (page) => audits(database, page),
    stats: () => stats(database),
    backlog: (most) => backlog(database, most),
  } satisfies Partial<Store>;
}

/** What needs no queue. `self`: who need not hear of it. */
export function writeVerbs(database: Database, self: string) {
  return {
    refuse: (batch) => refuse(database, batch),
    saveConfig: (given) => saveConfig(database, given),
    setConnection: (state, raises) =>
      telling(database, self, 'connections', (sql) => setConnection(sql, state, raises)),
    raise: (given) => database.transact((sql) => raise(sql, given)),
    tally: (rows) => database.transactLightly((sql) => tally(sql, rows)),
    audit: (entry) => audit(database, entry),
    probe: async () => {
      await database.run(
        'insert into hookline.probe (id, count) values (1, 1) on conflict (id) do update set count = probe.count + 1',
      );
    },
    prune: (now, retention) => database.transactLightly((sql) => prune(sql, now, retention)),
  } satisfies Partial<Store>;
}

export interface RunVerbs extends Claiming {
  readonly recent: Recent;
  readonly clock: () => Time;
  readonly self: string;
}

/** What changes runs, and with them the queue. */
export function runVerbs(parts: RunVerbs) {
  const { database, queue, recent, claims, clock, self } = parts;
  const changing = <T>(work: (sql: Sql) => Promise<T>) => telling(database, self, 'runs', work, Boolean);
  return {
    plan: async (batch) => {
      await queue.prepare(batch.flatMap((item) => item.runs.map(({ lane }) => lane)));
      const planned = await database.transactLightly(async (sql) => {
        const made = await plan(sql, queue, batch, clock());
        if (made.some((item) => item.runs.length > 0)) await tell(sql, self, 'runs');
        return made;
      });
      recent.planned(batch, planned);
      return planned;
    },
    replay: async (given) => {
      await queue.prepare([given.lane]);
      return changing((sql) => replay(sql, queue, given, clock()));
    },
    claim: (request) => claim(parts, request),
    record: async (batch) => {
      const { kept, freed } = await database.transact((sql) => record(sql, batch));
      queue.forget(freed);
      for (const [index, { runId, fence, release: given }] of batch.entries()) {
        if (given || kept[index] === false) claims.drop(runId, fence);
      }
      return kept;
    },
    edit: async (given) => {
      try {
        return await changing((sql) => edit(sql, queue, given));
      } catch (error) {
        if (error instanceof Moved) return false;
        throw error;
      }
    },
    recover: (owner, now, keep) => changing((sql) => recover(sql, queue, owner, now, keep)),
    release: async (lane, reasons, now) => {
      // No more than there are now: those that are held again meanwhile are not released again and again.
      const most = await countHeld(database, lane, reasons);
      let runs = 0;
      for (let some = most; some > 0 && runs < most; runs += some)
        some = await changing((sql) => release(sql, lane, reasons, now));
      return runs;
    },
  } satisfies Partial<Store>;
}

/** The work, and with its commit a word to the others. */
function telling<T>(
  database: Database,
  self: string,
  news: News,
  work: (sql: Sql) => Promise<T>,
  changed: (result: T) => boolean = () => true,
): Promise<T> {
  return database.transact(async (sql) => {
    const result = await work(sql);
    if (changed(result)) await tell(sql, self, news);
    return result;
  });
}
