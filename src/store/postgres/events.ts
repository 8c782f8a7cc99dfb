// Events: reading them, and turning pending ones into runs.

import type { Event, EventStatus, Time } from '../../core/model.ts';
import { toEvent, type EventRow } from '../columns.ts';
import type { EventFilter, EventRow as ListedEvent, Page, PlanEvent, Planned } from '../store.ts';
import type { Sql } from './database.ts';
import { toBytes } from './deliveries.ts';
import { readPage } from './page.ts';
import type { Queue } from './queue.ts';
import { raise } from './raise.ts';
import { insertRuns, markOf } from './runs.ts';

type WholeRow = EventRow & { readonly body: Buffer };

const columns = 'id, source, type, key, rule, time, received_at, status, matched, config, body';
const withoutBody = columns.replace('body', 'length(body) as size');

function toWhole(row: WholeRow): Event {
  return { ...toEvent(row), body: toBytes(row.body) };
}

export async function event(sql: Sql, id: string): Promise<Event | null> {
  return (await eventsById(sql, [id])).get(id) ?? null;
}

export async function eventsById(sql: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, Event>> {
  const text = `select ${columns} from hookline.events where id = any($1::text[])`;
  const rows = await sql.rows<WholeRow>(text, [ids]);
  return new Map(rows.map((row) => [row.id, toWhole(row)]));
}

export async function events(sql: Sql, { type, source, status }: EventFilter, page: Page): Promise<readonly Event[]> {
  const rows = await readPage<WholeRow>(sql, { name: 'events', columns }, { type, source, status }, page);
  return rows.map(toWhole);
}

export async function eventRows(
  sql: Sql,
  { type, source, status }: EventFilter,
  page: Page,
): Promise<readonly ListedEvent[]> {
  const table = { name: 'events', columns: withoutBody } as const;
  type Row = EventRow & { readonly size: number };
  const rows = await readPage<Row>(sql, table, { type, source, status }, page);
  return rows.map((row) => ({ ...toEvent(row), size: row.size }));
}

/** Bodies read into memory at once, beyond which a batch ends early. */
const mostBytes = 32 * 1024 * 1024;

export async function pending(sql: Sql, limit: number): Promise<readonly Event[]> {
  const rows = await sql.rows<WholeRow>(
    `select ${columns} from hookline.events where id = any(array(
       select id from (
         select id, sum(length(body)) over (order by id) - length(body) as before
         from (select id, body from hookline.events where status = 'pending' order by id limit $1) oldest
       ) summed where before < $2)) order by id`,
    [limit, mostBytes],
  );
  return rows.map(toWhole);
}

export async function plan(
  sql: Sql,
  queue: Queue,
  batch: readonly PlanEvent[],
  now: Time,
): Promise<readonly Planned[]> {
  const open = await lockPending(sql, batch);
  const runs = open.flatMap((item) => item.runs.map((run) => ({ ...run, eventId: item.eventId, replay: 0 })));
  if (new Set(runs.map(({ id }) => id)).size < runs.length) throw new Error('two runs of one plan have the same id');
  const marked = runs.map(({ unique, ...run }) => ({
    ...run,
    mark: unique === null ? null : markOf(run.workflow, unique),
  }));
  const inserted = await insertRuns(sql, queue, marked, now);
  const planned = new Map(open.map((item) => [item, item.runs.map(({ id }) => id).filter((id) => inserted.has(id))]));
  await sql.run(
    `update hookline.events set status = g.status, matched = g.matched, config = g.config, runs = runs + g.added
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[]) as g (id, status, matched, config, added)
     where events.id = g.id`,
    [
      open.map(({ eventId }) => eventId),
      open.map((item) => (item.runs.length > 0 ? 'matched' : 'ignored')),
      open.map((item) => JSON.stringify(item.runs.map(({ workflow }) => workflow))),
      open.map(({ config }) => config ?? null),
      open.map((item) => planned.get(item)?.length ?? 0),
    ],
  );
  const planning = open.filter((item) => (planned.get(item)?.length ?? 0) > 0);
  await raise(
    sql,
    planning.flatMap(({ raises = [] }) => raises),
  );
  return batch.map((item) => ({ runs: planned.get(item) ?? [] }));
}

/** Of each pending event the first item; locked in the order of their ids, so that two replicas never wait for each other. */
async function lockPending(sql: Sql, batch: readonly PlanEvent[]): Promise<readonly PlanEvent[]> {
  // By id alone: asked for the status too, the planner may read all that is pending.
  const rows = await sql.rows<{ id: string; status: EventStatus }>(
    'select id, status from hookline.events where id = any($1::text[]) order by id for update',
    [batch.map(({ eventId }) => eventId)],
  );
  const open = new Set(rows.flatMap(({ id, status }) => (status === 'pending' ? id : [])));
  return batch.filter(({ eventId }) => open.delete(eventId));
}
