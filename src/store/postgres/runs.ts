// Runs as rows: inserting, reading and listing them.

import { hash, randomUUID } from 'node:crypto';
import { HostError } from '../../core/errors.ts';
import { finalRunStatuses, type Run, type Time } from '../../core/model.ts';
import { toJson, toRun, type RunRow } from '../columns.ts';
import type { NewRun, Page, RunFilter } from '../store.ts';
import type { Sql } from './database.ts';
import { conditionsOf, limitOf, readPage } from './page.ts';
import type { Queue, Ready } from './queue.ts';

export const runColumns =
  'id, event_id, workflow, replay, status, reason, config, created_at, started_at, ended_at, due_at, deadline_at, lane, ' +
  'error, steps';

type InsertRun = Omit<NewRun, 'unique'> & { readonly replay: number; readonly mark: Buffer | null };

/** Only first runs take a `unique` value. */
export function markOf(workflow: string, unique: string): Buffer {
  return hash('sha256', JSON.stringify([workflow, unique]), 'buffer');
}

const insert = `
insert into hookline.runs (id, event_id, workflow, replay, unique_mark, status, reason, config, created_at, started_at,
  ended_at, due_at, deadline_at, lane, job, queue, fence, error, steps)
select id, event_id, workflow, replay, mark, status, reason, config, created_at, started_at, ended_at, due_at, deadline_at,
  lane, job, case when job is not null then lane end, 0, error, steps
from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::bigint[],
  $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::text[], $15::uuid[], $16::text[], $17::text[])
  with ordinality as g (id, event_id, workflow, replay, mark, status, reason, config, created_at, started_at, ended_at, due_at,
    deadline_at, lane, job, error, steps, place)
where not exists (select 1 from hookline.runs r where r.unique_mark = g.mark)
order by place
on conflict (event_id, workflow, replay) do nothing
returning id`;

/**
 * Those whose `unique` value is free and whose event has no such run yet; the ones that are due are in the queue with the
 * same commit. Resolves to the ids inserted. The lanes' queues must be prepared.
 */
export async function insertRuns(
  sql: Sql,
  queue: Queue,
  given: readonly InsertRun[],
  now: Time,
): Promise<ReadonlySet<string>> {
  const runs = firstOfEachMark(given);
  if (runs.length === 0) return new Set();
  const jobs = runs.map(({ dueAt }) => (dueAt !== null && dueAt <= now ? randomUUID() : null));
  const column = <T>(pick: (run: InsertRun) => T) => runs.map(pick);
  const rows = await sql.rows<{ id: string }>(insert, [
    column(({ id }) => id),
    column(({ eventId }) => eventId),
    column(({ workflow }) => workflow),
    column(({ replay }) => replay),
    column(({ mark }) => mark),
    column(({ status }) => status),
    column(({ reason }) => reason),
    column(({ config }) => config),
    column(({ createdAt }) => createdAt),
    column(({ startedAt }) => startedAt),
    column(({ endedAt }) => endedAt),
    column(({ dueAt }) => dueAt),
    column(({ deadlineAt }) => deadlineAt),
    column(({ lane }) => lane),
    jobs,
    column(({ error }) => toJson(error)),
    column(({ steps }) => JSON.stringify(steps)),
  ]);
  const inserted = new Set(rows.map(({ id }) => id));
  const ready = runs.flatMap(({ id, lane, dueAt }, index) => {
    const job = jobs[index];
    return job && dueAt !== null && inserted.has(id) ? [{ lane, job, dueAt }] : [];
  });
  await addByLane(sql, queue, ready);
  return inserted;
}

export async function addByLane(
  sql: Sql,
  queue: Queue,
  ready: readonly (Ready & { readonly lane: string })[],
): Promise<void> {
  for (const [lane, jobs] of Map.groupBy(ready, (item) => item.lane)) await queue.add(sql, lane, jobs);
}

function firstOfEachMark(runs: readonly InsertRun[]): readonly InsertRun[] {
  const seen = new Set<string>();
  return runs.filter(({ mark }) => {
    if (mark === null) return true;
    const key = mark.toString('hex');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** A person asked for it, so a taken `unique` value does not stop it. Rejects with `not.found` when the event is gone. */
export async function replay(sql: Sql, queue: Queue, given: NewRun, now: Time): Promise<Run> {
  const known = await sql.run('update hookline.events set runs = runs + 1 where id = $1', [given.eventId]);
  if (known === 0) throw new HostError('not.found', { what: 'event', id: given.eventId });
  const last = await sql.rows<{ replay: number | null }>(
    'select max(replay) as replay from hookline.runs where event_id = $1 and workflow = $2',
    [given.eventId, given.workflow],
  );
  const highest = last[0]?.replay ?? null;
  const { unique, ...rest } = given;
  const inserted = { ...rest, replay: highest === null ? 0 : highest + 1 };
  const mark = unique === null || inserted.replay > 0 ? null : markOf(given.workflow, unique);
  const added = await insertRuns(sql, queue, [{ ...inserted, mark }], now);
  if (added.size === 0) await insertRuns(sql, queue, [{ ...inserted, mark: null }], now);
  return inserted;
}

export async function run(sql: Sql, id: string): Promise<{ run: Run; fence: number; claimed: boolean } | null> {
  const [row] = await sql.rows<RunRow & { fence: number; claimed: boolean }>(
    `select ${runColumns}, fence, owner is not null as claimed from hookline.runs where id = $1`,
    [id],
  );
  return row === undefined ? null : { run: toRun(row), fence: row.fence, claimed: row.claimed };
}

export async function runs(sql: Sql, filter: RunFilter, page: Page): Promise<readonly Run[]> {
  const { eventId: event_id, workflow, status, reason, lane, unique } = filter;
  const unique_mark = workflow === undefined || unique === undefined ? undefined : markOf(workflow, unique);
  const isOver = status !== undefined && finalRunStatuses.includes(status);
  if (lane !== undefined && !isOver) {
    return (await runsOfLane(sql, { lane, event_id, unique_mark, workflow, status, reason }, page)).map(toRun);
  }
  const table = { name: 'runs', columns: runColumns } as const;
  const wanted = { event_id, workflow, status, reason, lane, unique_mark };
  return (await readPage<RunRow>(sql, table, wanted, page)).map(toRun);
}

/** Runs that are not over are due, claimed or held, and each of these has an index that finds the few of a lane. */
function runsOfLane(sql: Sql, filter: Readonly<Record<string, unknown>>, page: Page): Promise<RunRow[]> {
  const { conditions, values } = conditionsOf(filter, page);
  const kinds = [
    'due_at is not null and job is null',
    'due_at is not null and job is not null',
    'due_at is null and owner is not null',
    "due_at is null and owner is null and status = 'held'",
  ];
  const found = kinds.map((kind) => `select id from hookline.runs where ${kind} and ${conditions.join(' and ')}`);
  const ids = `${found.join(' union all ')} order by id desc limit $${values.length + 1}`;
  const text = `select ${runColumns} from hookline.runs where id in (${ids}) order by id desc`;
  return sql.rows<RunRow>(text, [...values, limitOf(page)]);
}
