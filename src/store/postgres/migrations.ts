// The schema, as numbered steps that only go forward; a released step is never changed.

import { HostError } from '../../core/errors.ts';
import { openDatabase, usualLimits, type Database, type Sql } from './database.ts';

/**
 * Step n brings a database from schema n-1 to n. Ids sort by time, byte by byte, so `id` orders rows.
 * `due_at`: when a run may be claimed. `job`: its job of the queue, there while it is ready or claimed; without one it is on the timetable.
 */
export const migrations: readonly string[] = [
  `
  create table hookline.events (
    id text collate "C" not null primary key,
    source text not null,
    type text not null,
    key text not null,
    rule text not null,
    time text,
    received_at bigint not null,
    status text not null,
    matched text not null,
    config text,
    runs integer not null,
    body bytea not null
  );
  create index events_status on hookline.events (status, id);
  create index events_type on hookline.events (type, id);
  create index events_source on hookline.events (source, id);
  create index events_idle on hookline.events (received_at) where runs = 0 and status <> 'pending';

  create table hookline.marks (
    mark bytea not null primary key,
    event_id text not null,
    taken_at bigint not null,
    keep_until bigint not null
  );
  create index marks_keep_until on hookline.marks (keep_until);

  create table hookline.deliveries (
    id text collate "C" not null primary key,
    source text not null,
    status text not null,
    received_at bigint not null,
    reason text,
    event_id text,
    alone boolean not null,
    size integer not null,
    headers text not null,
    body bytea
  );
  create index deliveries_event on hookline.deliveries (event_id, id) where event_id is not null;
  create index deliveries_status on hookline.deliveries (status, id);
  create index deliveries_alone on hookline.deliveries (received_at) where alone;

  create table hookline.runs (
    id text collate "C" not null primary key,
    event_id text collate "C" not null references hookline.events (id),
    workflow text not null,
    replay integer not null,
    unique_mark bytea,
    status text not null,
    reason text,
    config text not null,
    created_at bigint not null,
    started_at bigint,
    ended_at bigint,
    due_at bigint,
    deadline_at bigint,
    lane text not null,
    job uuid,
    queue text,
    owner text,
    fence bigint not null,
    error text,
    steps text not null
  );
  create unique index runs_replay on hookline.runs (event_id, workflow, replay);
  create unique index runs_unique on hookline.runs (unique_mark) where unique_mark is not null;
  create unique index runs_job on hookline.runs (job) where job is not null;
  create index runs_timetable on hookline.runs (lane, due_at, id) where due_at is not null and job is null;
  create index runs_ready on hookline.runs (lane, due_at) where due_at is not null and job is not null;
  create index runs_owner on hookline.runs (owner) where owner is not null;
  create index runs_held on hookline.runs (lane, reason) where status = 'held';
  create index runs_status on hookline.runs (status, id);
  create index runs_workflow on hookline.runs (workflow, id);
  create index runs_ended on hookline.runs (status, ended_at) where ended_at is not null;

  create table hookline.attempts (
    run_id text collate "C" not null references hookline.runs (id) on delete cascade,
    id text collate "C" not null,
    step text not null,
    number integer not null,
    generation integer not null,
    key text not null,
    connection text not null,
    action text not null,
    effect text not null,
    status text not null,
    open boolean not null,
    begun_at bigint not null,
    ended_at bigint,
    sent boolean,
    retry_after_ms bigint,
    late boolean not null,
    error text,
    output text,
    primary key (run_id, id)
  );

  create table hookline.configs (
    hash text not null primary key,
    file text not null,
    at bigint not null,
    saved bigint not null generated always as identity,
    text text not null
  );
  create index configs_saved on hookline.configs (saved);

  create table hookline.connections (
    name text not null primary key,
    status text not null,
    reason text,
    since bigint not null,
    until_at bigint,
    error text
  );

  create table hookline.tallies (
    at bigint not null,
    kind text not null,
    name text not null,
    status text not null,
    count bigint not null,
    primary key (at, kind, name, status)
  );

  create table hookline.audits (
    id text collate "C" not null primary key,
    at bigint not null,
    role text not null,
    address text not null,
    action text not null,
    target text not null,
    ok boolean not null
  );
  create index audits_at on hookline.audits (at);

  create table hookline.replicas (
    id text not null primary key,
    host text not null,
    config text not null,
    started_at timestamptz not null,
    seen_at timestamptz not null,
    lives_until timestamptz not null
  );

  create table hookline.moves (
    source text not null primary key,
    places text not null,
    done boolean not null
  );

  create table hookline.probe (
    id integer not null primary key,
    count bigint not null
  );
  `,

  `create table hookline.rates (
    name text not null primary key,
    due_us bigint not null
  )`,

  // The first delivery of an event is told by the event's row.
  `alter table hookline.events add column headers text;
  create index events_apart on hookline.events (id) where headers is null`,
];

/** Any number that no other program takes for its own lock. */
const lockKey = 7_310_577_321_004;

/** A large table takes its time. */
const limits = { ...usualLimits, queryMs: 3_600_000 };

/** Replicas that start at the same time do this one after the other; the work is given another connection than the lock's. */
export async function oneByOne<T>(url: string, work: (sql: Database) => Promise<T>): Promise<T> {
  const database = openDatabase({ url, connections: 2, limits });
  try {
    return await database.transact(async (sql) => {
      await sql.raw(`select pg_advisory_xact_lock(${lockKey})`);
      return work(database);
    });
  } finally {
    await database.close();
  }
}

/** Brings the database to the last schema, all steps or none; within `oneByOne`. Rejects with `store.newer`. */
export async function migrate(
  database: Pick<Database, 'transact'>,
  name: string,
  steps: readonly string[] = migrations,
): Promise<void> {
  await database.transact(async (sql) => {
    const found = await readVersion(sql);
    if (found > steps.length) throw new HostError('store.newer', { dir: name, found, known: steps.length });
    for (const step of steps.slice(found)) await sql.raw(step);
    if (found < steps.length) await sql.raw('update hookline.schema_version set version = $1', [steps.length]);
  });
}

async function readVersion(sql: Sql): Promise<number> {
  const { rows } = await sql.raw(`select to_regclass('hookline.schema_version') is not null as made`);
  if ((rows[0] as { made: boolean }).made) {
    const found = await sql.raw('select version from hookline.schema_version');
    return (found.rows[0] as { version: number }).version;
  }
  await sql.raw(`create schema if not exists hookline;
    create table hookline.schema_version (version integer not null);
    insert into hookline.schema_version values (0)`);
  return 0;
}
