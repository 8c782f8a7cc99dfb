// Removes what is past its time, one small batch at a time, so that writes in between hardly wait.

import type { Time } from '../../core/model.ts';
import type { Retention } from '../store.ts';
import type { Sql } from './database.ts';
import { pruneConfigs } from './prune-configs.ts';
import { pruneTallies } from './tallies.ts';

const mostRows = 500;
const mostMarks = 2000;

/** Final runs first, because they hold their events; then what stands alone. Rows that another replica removes now are passed over. */
export async function prune(sql: Sql, now: Time, retention: Retention): Promise<number> {
  return (
    (await pruneRuns(sql, ['succeeded', 'canceled'], before(now, retention.succeededMs))) ||
    (await pruneRuns(sql, ['failed'], before(now, retention.failedMs))) ||
    (await pruneEvents(sql, before(now, retention.deliveriesMs))) ||
    (await pruneDeliveries(sql, before(now, retention.deliveriesMs))) ||
    (await pruneMarks(sql, now)) ||
    (await pruneTallies(sql, now)) ||
    (await pruneConfigs(sql, before(now, retention.deliveriesMs)))
  );
}

/** A time without end keeps everything. */
function before(now: Time, ms: number): Time {
  return Math.max(now - ms, -1);
}

async function pruneRuns(sql: Sql, statuses: readonly string[], endedBy: Time): Promise<number> {
  for (const status of statuses) {
    const removed = await sql.rows(
      `with old as materialized (
         select id from hookline.runs where status = $1 and ended_at <= $2 and owner is null
         order by ended_at limit $3 for update skip locked
       ), gone as (
         delete from hookline.runs where id in (select id from old) returning event_id
       ), left_over as (
         update hookline.events e set runs = runs - g.count
         from (select event_id, count(*)::integer as count from gone group by event_id) g where e.id = g.event_id
       )
       select 1 from gone`,
      [status, endedBy, mostRows],
    );
    if (removed.length > 0) return removed.length;
  }
  return 0;
}

async function pruneEvents(sql: Sql, receivedBy: Time): Promise<number> {
  const removed = await sql.rows(
    `with old as materialized (
       select id from hookline.events where runs = 0 and status <> 'pending' and received_at <= $1
       order by received_at limit $2 for update skip locked
     ), their_deliveries as (
       delete from hookline.deliveries where event_id in (select id from old)
     ), gone as (
       delete from hookline.events where id in (select id from old) returning id
     )
     select 1 from gone`,
    [receivedBy, mostRows],
  );
  return removed.length;
}

function pruneDeliveries(sql: Sql, receivedBy: Time): Promise<number> {
  return sql.run(
    `delete from hookline.deliveries where id in (select id from hookline.deliveries where alone and received_at <= $1
       order by received_at limit $2 for update skip locked)`,
    [receivedBy, mostRows],
  );
}

function pruneMarks(sql: Sql, now: Time): Promise<number> {
  return sql.run(
    `delete from hookline.marks where mark in (select mark from hookline.marks where keep_until <= $1
       order by keep_until limit $2 for update skip locked)`,
    [now, mostMarks],
  );
}
