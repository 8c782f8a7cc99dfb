// What is copied from an embedded store into PostgreSQL: every table, its columns and the order in which it is read.

export type ColumnType = 'text' | 'bigint' | 'integer' | 'bytea' | 'boolean';

export interface MoveTable {
  /** What it is called while it is copied. */
  readonly name: string;
  /** Table of the database. */
  readonly into: string;
  /** What the embedded store is asked for. */
  readonly from: string;
  /** Columns that order the rows and tell each from every other; one copy goes on where the last one ended. */
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** When the row is there: it stays, or a later one takes its place. */
  readonly again: 'stays' | 'replaced';
}

const events = {
  id: 'text',
  source: 'text',
  type: 'text',
  key: 'text',
  rule: 'text',
  time: 'text',
  received_at: 'bigint',
  status: 'text',
  matched: 'text',
  config: 'text',
  runs: 'integer',
  body: 'bytea',
} as const;

const deliveries = {
  id: 'text',
  source: 'text',
  status: 'text',
  received_at: 'bigint',
  reason: 'text',
  event_id: 'text',
  alone: 'boolean',
  size: 'integer',
  headers: 'text',
  body: 'bytea',
} as const;

const runs = {
  id: 'text',
  event_id: 'text',
  workflow: 'text',
  replay: 'integer',
  unique_mark: 'bytea',
  status: 'text',
  reason: 'text',
  config: 'text',
  created_at: 'bigint',
  started_at: 'bigint',
  ended_at: 'bigint',
  due_at: 'bigint',
  deadline_at: 'bigint',
  lane: 'text',
  owner: 'text',
  fence: 'bigint',
  error: 'text',
  steps: 'text',
} as const;

const attempts = {
  run_id: 'text',
  id: 'text',
  step: 'text',
  number: 'integer',
  generation: 'integer',
  key: 'text',
  connection: 'text',
  action: 'text',
  effect: 'text',
  status: 'text',
  open: 'boolean',
  begun_at: 'bigint',
  ended_at: 'bigint',
  sent: 'boolean',
  retry_after_ms: 'bigint',
  late: 'boolean',
  error: 'text',
  output: 'text',
} as const;

/** The first delivery of an event is told by the event's row there, and has a row of its own here. */
const firstDeliveries =
  "select 'dlv' || substr(id, 4) as id, source, 'accepted' as status, received_at, null as reason, id as event_id, " +
  '0 as alone, length(body) as size, headers, null as body from events where headers is not null';

/** Rows that others refer to come first. */
export const moveTables: readonly MoveTable[] = [
  {
    name: 'configurations',
    into: 'configs',
    from: 'select hash, file, at, text, saved from configs',
    key: ['saved'],
    columns: { hash: 'text', file: 'text', at: 'bigint', text: 'text' },
    again: 'stays',
  },
  {
    name: 'connections',
    into: 'connections',
    from: 'select name, status, reason, since, until_at, error from connections',
    key: ['name'],
    columns: { name: 'text', status: 'text', reason: 'text', since: 'bigint', until_at: 'bigint', error: 'text' },
    again: 'stays',
  },
  { name: 'events', into: 'events', from: 'select * from events', key: ['id'], columns: events, again: 'stays' },
  {
    name: 'first deliveries',
    into: 'deliveries',
    from: firstDeliveries,
    key: ['event_id'],
    columns: deliveries,
    again: 'stays',
  },
  {
    name: 'other deliveries',
    into: 'deliveries',
    from: 'select * from deliveries',
    key: ['id'],
    columns: deliveries,
    again: 'stays',
  },
  {
    name: 'dedupe marks',
    into: 'marks',
    from: 'select id, mark, event_id, 0 as taken_at, keep_until from marks',
    key: ['id'],
    columns: { mark: 'bytea', event_id: 'text', taken_at: 'bigint', keep_until: 'bigint' },
    again: 'replaced',
  },
  { name: 'runs', into: 'runs', from: 'select * from runs', key: ['id'], columns: runs, again: 'stays' },
  {
    name: 'attempts',
    into: 'attempts',
    from: 'select * from attempts',
    key: ['run_id', 'id'],
    columns: attempts,
    again: 'stays',
  },
  {
    name: 'counts',
    into: 'tallies',
    from: 'select * from tallies',
    key: ['at', 'kind', 'name', 'status'],
    columns: { at: 'bigint', kind: 'text', name: 'text', status: 'text', count: 'bigint' },
    again: 'stays',
  },
  {
    name: 'audit',
    into: 'audits',
    from: 'select * from audits',
    key: ['id'],
    columns: {
      id: 'text',
      at: 'bigint',
      role: 'text',
      address: 'text',
      action: 'text',
      target: 'text',
      ok: 'boolean',
    },
    again: 'stays',
  },
];
