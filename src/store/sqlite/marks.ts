// Dedupe marks: rows in the order they came, and an index that is filled later and in its own order. A mark is random, so an
// index kept at once would write a page for every event; until then the newest marks are found in memory.

import type { Time } from '../../core/model.ts';
import type { Sql } from './sql.ts';

export interface NewMark {
  /** 16 bytes. */
  readonly mark: Buffer;
  readonly eventId: string;
  /** When the mark may be forgotten. */
  readonly keepUntil: Time;
}

export interface Marks {
  /** The event that has the mark now. */
  find(mark: Buffer, now: Time): string | undefined;
  add(mark: NewMark): void;
  /** Something was rolled back: what is in memory is read anew. */
  reset(): void;
  /** Whether some marks are to be indexed. */
  waiting(): boolean;
  /** Indexes a few of those that wait. */
  index(): void;
  /** Removes the oldest marks that are past their time; returns how many. */
  prune(now: Time, limit: number): number;
}

interface Row {
  readonly id: number;
  readonly event_id: string;
  readonly keep_until: number;
}

/** Marks in memory before they are indexed, and how many are indexed in one go. */
const sizes = { most: 20_000, some: 1000 };

export function createMarks(sql: Sql, { most, some } = sizes): Marks {
  let memory: Memory | undefined;
  const read = () => (memory ??= readMemory(sql));
  const dueNow = ({ batch, fresh }: Memory) => batch.length > 0 || fresh.size >= most;
  return {
    find: (mark, now) => {
      const { fresh, closed } = read();
      const key = mark.toString('latin1');
      const row = fresh.get(key) ?? closed.get(key) ?? indexed(sql, mark);
      return row !== undefined && row.keep_until > now ? row.event_id : undefined;
    },
    add: ({ mark, eventId, keepUntil }) => {
      const known = read();
      known.last += 1;
      const row = { id: known.last, event_id: eventId, keep_until: keepUntil };
      sql.run(
        'insert into marks (id, mark, event_id, keep_until) values (?, ?, ?, ?)',
        row.id,
        mark,
        eventId,
        keepUntil,
      );
      known.fresh.set(mark.toString('latin1'), row);
    },
    reset: () => {
      memory = undefined;
    },
    waiting: () => memory !== undefined && dueNow(memory),
    index: () => indexSome(sql, read(), some),
    prune: (now, limit) => prune(sql, read(), now, limit),
  };
}

/** Marks that the index does not have, by their bytes as text; the last row with a mark counts. */
interface Memory {
  fresh: Map<string, Row>;
  /** Being indexed: what of it is still to come, in the index's order from the end. */
  closed: Map<string, Row>;
  batch: string[];
  /** Id of the newest row. */
  last: number;
}

function readMemory(sql: Sql): Memory {
  const fresh = new Map<string, Row>();
  const { upto } = sql.get('select upto from marked where id = 1') as { upto: number };
  let last = upto;
  const rows = sql.each('select id, mark, event_id, keep_until from marks where id > ? order by id', upto);
  for (const { mark, ...row } of rows as Iterable<Row & { mark: Uint8Array }>) {
    fresh.set(Buffer.from(mark).toString('latin1'), row);
    last = row.id;
  }
  return { fresh, closed: new Map(), batch: [], last };
}

function indexed(sql: Sql, mark: Buffer): Row | undefined {
  const text = 'select m.id, m.event_id, m.keep_until from mark_index i join marks m on m.id = i.id where i.mark = ?';
  return sql.get(text, mark) as Row | undefined;
}

function indexSome(sql: Sql, memory: Memory, some: number): void {
  if (memory.batch.length === 0) {
    memory.closed = memory.fresh;
    memory.fresh = new Map();
    memory.batch = [...memory.closed.keys()].sort().toReversed();
  }
  for (const key of memory.batch.splice(-some).toReversed()) {
    const row = memory.closed.get(key);
    if (row === undefined) continue;
    sql.run(
      'insert into mark_index (mark, id) values (?, ?) on conflict (mark) do update set id = excluded.id',
      Buffer.from(key, 'latin1'),
      row.id,
    );
  }
  if (memory.batch.length > 0) return;
  const ids = [...memory.closed.values()].map(({ id }) => id);
  sql.run(
    'update marked set upto = max(upto, ?) where id = 1',
    ids.reduce((a, b) => Math.max(a, b), 0),
  );
  memory.closed = new Map();
}

/** One that lives longer keeps those behind it: they have no effect any more, and go when it goes. */
function prune(sql: Sql, { fresh, closed }: Memory, now: Time, limit: number): number {
  const rows = sql.all('select id, mark, keep_until from marks where id > 0 order by id limit ?', limit) as (Row & {
    mark: Uint8Array;
  })[];
  let removed = 0;
  for (const { id, mark, keep_until: keepUntil } of rows) {
    if (keepUntil > now) break;
    removed += 1;
    const key = Buffer.from(mark).toString('latin1');
    for (const known of [fresh, closed]) if (known.get(key)?.id === id) known.delete(key);
    sql.run('delete from mark_index where mark = ? and id = ?', mark, id);
    sql.run('delete from marks where id = ?', id);
  }
  return removed;
}
