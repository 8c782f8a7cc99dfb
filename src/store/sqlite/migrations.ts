// The schema, as numbered steps that only go forward; a released step is never changed.

import { StoreFault } from './fault.ts';
import type { Sql } from './sql.ts';

/** Step n brings a store from schema n-1 to n. Ids sort by time, so `id` orders rows; columns that grow come last. */
export const migrations: readonly string[] = [
  `
  create table events (
    id text not null primary key,
    source text not null,
    type text not null,
    key text not null,
    rule text not null,
    time text,
    received_at integer not null,
    status text not null,
    matched text not null,
    runs integer not null,
    body blob not null
  );
  create index events_status on events (status, id);
  create index events_type on events (type, id);
  create index events_source on events (source, id);
  create index events_idle on events (received_at) where runs = 0 and status <> 'pending';

  create table marks (
    mark blob not null primary key,
    event_id text not null,
    keep_until integer not null
  ) without rowid;
  create index marks_keep_until on marks (keep_until);

  create table deliveries (
    id text not null primary key,
    source text not null,
    status text not null,
    received_at integer not null,
    reason text,
    event_id text,
    alone integer not null,
    size integer not null,
    headers text not null,
    body blob
  );
  create index deliveries_event on deliveries (event_id, id) where event_id is not null;
  create index deliveries_status on deliveries (status, id);
  create index deliveries_alone on deliveries (received_at) where alone = 1;

  create table runs (
    id text not null primary key,
    event_id text not null references events (id),
    workflow text not null,
    replay integer not null,
    unique_mark blob,
    status text not null,
    reason text,
    config text not null,
    created_at integer not null,
    started_at integer,
    ended_at integer,
    due_at integer,
    deadline_at integer,
    lane text not null,
    owner text,
    fence integer not null,
    error text,
    steps text not null
  );
  create unique index runs_replay on runs (event_id, workflow, replay);
  create unique index runs_unique on runs (unique_mark) where unique_mark is not null;
  create index runs_due on runs (lane, due_at, id) where due_at is not null;
  create index runs_owner on runs (owner) where owner is not null;
  create index runs_held on runs (lane, reason) where status = 'held';
  create index runs_status on runs (status, id);
  create index runs_workflow on runs (workflow, id);
  create index runs_ended on runs (status, ended_at) where ended_at is not null;

  create table attempts (
    run_id text not null references runs (id) on delete cascade,
    id text not null,
    step text not null,
    number integer not null,
    generation integer not null,
    key text not null,
    connection text not null,
    action text not null,
    effect text not null,
    status text not null,
    open integer not null,
    begun_at integer not null,
    ended_at integer,
    sent integer,
    retry_after_ms integer,
    late integer not null,
    error text,
    output text,
    primary key (run_id, id)
  ) without rowid;

  create table configs (
    hash text not null primary key,
    file text not null,
    at integer not null,
    saved integer not null,
    text text not null
  );
  create index configs_saved on configs (saved);

  create table connections (
    name text not null primary key,
    status text not null,
    reason text,
    since integer not null,
    until_at integer,
    error text
  );

  create table probe (
    id integer primary key,
    count integer not null
  );
  `,
  'alter table events add column config text',
  `
  create table tallies (
    at integer not null,
    kind text not null,
    name text not null,
    status text not null,
    count integer not null,
    primary key (at, kind, name, status)
  ) without rowid;

  create table audits (
    id text not null primary key,
    at integer not null,
    role text not null,
    address text not null,
    action text not null,
    target text not null,
    ok integer not null
  ) without rowid;
  `,
  // The first delivery of an event is told by the event's row: `headers` are its headers. Where they are null, as in
  // older rows, it has a row of its own. A mark is half of what it was.
  `
  create table events_next (
    id text not null primary key,
    source text not null,
    type text not null,
    key text not null,
    rule text not null,
    time text,
    received_at integer not null,
    status text not null,
    matched text not null,
    runs integer not null,
    config text,
    headers text,
    body blob not null
  );
  insert into events_next (id, source, type, key, rule, time, received_at, status, matched, runs, config, body)
    select id, source, type, key, rule, time, received_at, status, matched, runs, config, body from events order by id;
  drop table events;
  alter table events_next rename to events;
  create index events_status on events (status, id);
  create index events_type on events (type, id);
  create index events_source on events (source, id);
  create index events_idle on events (received_at) where runs = 0 and status <> 'pending';

  create table marks_next (
    mark blob not null primary key,
    event_id text not null,
    keep_until integer not null
  ) without rowid;
  insert into marks_next select substr(mark, 1, 16), event_id, keep_until from marks;
  drop table marks;
  alter table marks_next rename to marks;
  create index marks_keep_until on marks (keep_until);
  `,
  // Marks become rows in the order they came, and what finds them an index of its own, filled later.
  `
  create table marks_next (
    id integer primary key,
    mark blob not null,
    event_id text not null,
    keep_until integer not null
  );
  insert into marks_next (mark, event_id, keep_until) select mark, event_id, keep_until from marks order by keep_until;
  drop table marks;
  alter table marks_next rename to marks;
  create table mark_index (
    mark blob not null primary key,
    id integer not null
  ) without rowid;
  insert into mark_index (mark, id) select mark, id from marks order by mark;
  create table marked (
    id integer primary key,
    upto integer not null
  );
  insert into marked (id, upto) select 1, coalesce(max(id), 0) from marks;
  create index events_apart on events (id) where headers is null;
  `,
  'create index audits_at on audits (at)',
];

/** Brings the store to the last schema, each step in its own transaction. Throws `store.newer`. */
export function migrate(sql: Sql, dir: string, steps: readonly string[] = migrations): void {
  const { user_version: found } = sql.get('pragma user_version') as { user_version: number };
  if (found > steps.length) throw new StoreFault('store.newer', { dir, found, known: steps.length });
  for (const [index, step] of steps.entries()) {
    if (index < found) continue;
    sql.exec('begin immediate');
    try {
      sql.exec(step);
      sql.exec(`pragma user_version = ${index + 1}`);
      sql.exec('commit');
    } catch (error) {
      undo(sql);
      throw error;
    }
  }
}

/** A disk that fails has the transaction rolled back already; that is not the error to report. */
function undo(sql: Sql): void {
  try {
    sql.exec('rollback');
  } catch {
    // The first error says it.
  }
}
