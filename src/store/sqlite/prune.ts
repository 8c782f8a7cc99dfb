// Removes what is past its time, one small batch at a time, so that writes in between hardly wait.

import type { Time } from '../../core/model.ts';
import type { Retention } from '../store.ts';
import { usedBytes } from './backlog.ts';
import { pruneConfigs } from './prune-configs.ts';
import type { Writing } from './savepoint.ts';
import type { Sql } from './sql.ts';
import { pruneTallies } from './tallies.ts';

const mostRows = 200;
/** Large bodies make a batch shorter: freeing one reads all of its pages. */
const mostBytes = 8 * 1024 * 1024;
const mostMarks = 1000;
/** Free pages given back by one batch; more than it can free, so that none pile up. */
const mostPages = 4000;

/** Final runs first, because they hold their events; then what stands alone. */
export function prune({ sql, marks }: Writing, now: Time, retention: Retention): number {
  const removed =
    pruneRuns(sql, ['succeeded', 'canceled'], now - retention.succeededMs) ||
    pruneRuns(sql, ['failed'], now - retention.failedMs) ||
    pruneEvents(sql, now - retention.deliveriesMs) ||
    pruneDeliveries(sql, now - retention.deliveriesMs) ||
    marks.prune(now, mostMarks) ||
    pruneTallies(sql, now) ||
    pruneConfigs(sql, now - retention.deliveriesMs) ||
    pruneOldest(sql, retention.mostBytes ?? Infinity);
  sql.exec(`pragma incremental_vacuum(${mostPages})`);
  return removed;
}

/** Kinds of rows leave in turn, so that none is much older than what has left of another. */
const turnMs = 3_600_000;

/** While more is used, a batch of what is over and oldest; 0 when the rest must be kept. */
function pruneOldest(sql: Sql, most: number): number {
  if (usedBytes(sql) <= most) return 0;
  const ended = 'min(ended_at) as at from runs indexed by runs_ended where status = ? and ended_at is not null';
  const idle = "min(received_at) as at from events indexed by events_idle where runs = 0 and status <> 'pending'";
  const alone = 'min(received_at) as at from deliveries indexed by deliveries_alone where alone = 1';
  const kinds = [
    ...['succeeded', 'canceled', 'failed'].map((status) => ({
      at: oldest(sql, ended, status),
      remove: (by: Time) => pruneRuns(sql, [status], by),
    })),
    { at: oldest(sql, idle), remove: (by: Time) => pruneEvents(sql, by) },
    { at: oldest(sql, alone), remove: (by: Time) => pruneDeliveries(sql, by) },
  ];
  const [first, second] = kinds
    .flatMap(({ at, remove }) => (at === null ? [] : [{ at, remove }]))
    .sort((a, b) => a.at - b.at);
  return first?.remove(Math.max(first.at + turnMs, second?.at ?? 0)) ?? 0;
}

function oldest(sql: Sql, text: string, ...values: string[]): Time | null {
  return (sql.get(`select ${text}`, ...values) as { at: Time | null }).at;
}

function pruneRuns(sql: Sql, statuses: readonly string[], endedBy: Time): number {
  for (const status of statuses) {
    const rows = sql.all(
      'select id, event_id from runs indexed by runs_ended where status = ? and ended_at is not null and ended_at <= ? ' +
        'order by ended_at limit ?',
      status,
      endedBy,
      mostRows,
    ) as { id: string; event_id: string }[];
    for (const row of rows) {
      sql.run('delete from runs where id = ?', row.id);
      sql.run('update events set runs = runs - 1 where id = ?', row.event_id);
    }
    if (rows.length > 0) return rows.length;
  }
  return 0;
}

function pruneEvents(sql: Sql, receivedBy: Time): number {
  const old = sql.all(
    'select id, length(body) as size from events indexed by events_idle ' +
      "where runs = 0 and status <> 'pending' and received_at <= ? order by received_at limit ?",
    receivedBy,
    mostRows,
  ) as { id: string; size: number }[];
  let bytes = 0;
  let removed = 0;
  for (const { id, size } of old) {
    if (removed > 0 && bytes + size > mostBytes) break;
    bytes += size;
    removed += 1;
    sql.run('delete from deliveries where event_id = ?', id);
    sql.run('delete from events where id = ?', id);
  }
  return removed;
}

function pruneDeliveries(sql: Sql, receivedBy: Time): number {
  return sql.run(
    'delete from deliveries where id in (select id from deliveries indexed by deliveries_alone ' +
      'where alone = 1 and received_at <= ? order by received_at limit ?)',
    receivedBy,
    mostRows,
  );
}
