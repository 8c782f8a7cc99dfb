// Events: reading them, and turning pending ones into runs.

import type { Event } from '../../core/model.ts';
import { toEvent, type EventRow } from '../columns.ts';
import type { EventFilter, EventRow as ListedEvent, Page, PlanEvent, Planned } from '../store.ts';
import { readPage } from './page.ts';
import { raise } from './raise.ts';
import { insertRun } from './runs.ts';
import type { Writing } from './savepoint.ts';
import type { Sql } from './sql.ts';

type WholeRow = EventRow & { readonly body: Uint8Array };

function toWhole(row: WholeRow): Event {
  return { ...toEvent(row), body: row.body };
}

export function event(sql: Sql, id: string): Event | null {
  const row = sql.get('select * from events where id = ?', id);
  return row === undefined ? null : toWhole(row as WholeRow);
}

export function events(sql: Sql, { type, source, status }: EventFilter, page: Page): readonly Event[] {
  return (readPage(sql, 'events', rarestFirst({ type, source, status }), page) as WholeRow[]).map(toWhole);
}

/** Few events are pending; of the rest a type is rarer than a source. */
function rarestFirst({ type, source, status }: EventFilter) {
  return status === 'pending' ? { status, type, source } : { type, source, status };
}

/** A body that is not asked for is not read: it is the last column, in pages of its own when it is large. */
const withoutBody = 'id, source, type, key, rule, time, received_at, status, matched, config, length(body) as size';

export function eventRows(sql: Sql, { type, source, status }: EventFilter, page: Page): readonly ListedEvent[] {
  const rows = readPage(sql, 'events', rarestFirst({ type, source, status }), page, withoutBody);
  return (rows as (EventRow & { size: number })[]).map((row) => ({ ...toEvent(row), size: row.size }));
}

/** Bodies read into memory at once, beyond which a batch ends early. */
const mostBytes = 32 * 1024 * 1024;

export function pending(sql: Sql, limit: number): readonly Event[] {
  const found: Event[] = [];
  let bytes = 0;
  for (const row of sql.each("select * from events where status = 'pending' order by id limit ?", limit)) {
    const next = toWhole(row as WholeRow);
    found.push(next);
    bytes += next.body.byteLength;
    if (bytes >= mostBytes) break;
  }
  return found;
}

export function plan({ sql }: Writing, batch: readonly PlanEvent[]): readonly Planned[] {
  return batch.map((item) => planOne(sql, item));
}

function planOne(sql: Sql, { eventId, runs, config, raises }: PlanEvent): Planned {
  if (runs.length === 0) {
    const ignore = "update events set status = 'ignored', config = ? where id = ? and status = 'pending'";
    sql.run(ignore, config ?? null, eventId);
    return { runs: [] };
  }
  const open = sql.get("select 1 from events where id = ? and status = 'pending'", eventId);
  if (open === undefined) return { runs: [] };
  const inserted = runs.filter((run) => insertRun(sql, { ...run, eventId, replay: 0 })).map((run) => run.id);
  sql.run(
    "update events set status = 'matched', matched = ?, runs = runs + ?, config = ? where id = ?",
    JSON.stringify(runs.map((run) => run.workflow)),
    inserted.length,
    config ?? null,
    eventId,
  );
  if (inserted.length > 0) raise(sql, raises);
  return { runs: inserted };
}
