// Taking due runs lane by lane, and giving back what nobody runs.

import type { Attempt, Event, HeldReason, Time } from '../../core/model.ts';
import { toRun, type RunRow } from '../columns.ts';
import type { ClaimRuns, ClaimedRun } from '../store.ts';
import { openAttempts } from './attempts.ts';
import type { Claims } from './claims.ts';
import type { Database, Sql } from './database.ts';
import { eventsById } from './events.ts';
import type { Fetched, Queue } from './queue.ts';
import { placedOf } from './record.ts';
import type { Recent } from './recent.ts';
import { addByLane, runColumns } from './runs.ts';
import { toText } from './text.ts';

export interface Claiming {
  readonly database: Database;
  readonly queue: Queue;
  readonly claims: Claims;
  readonly recent: Pick<Recent, 'find'>;
  /** Monotonic. */
  readonly ticks: () => number;
}

/**
 * Most lanes have nothing to claim, so one statement looks at all of them first. Lanes are given as JSON: of an array the planner
 * counts the elements, and makes a new plan for each. With `exists` it would read all ready runs instead of the first one.
 */
const lookAtLanes = `
select l.lane,
  (select 1 from hookline.runs r where r.lane = l.lane and r.due_at <= $2 and r.job is null limit 1) is not null as due,
  (select 1 from hookline.runs r where r.lane = l.lane and r.due_at is not null and r.job is not null limit 1) is not null as ready
from jsonb_array_elements_text($1::jsonb) as l (lane)`;

function listOf(lanes: readonly string[]): string {
  return JSON.stringify(lanes.map(toText));
}

/** A table that filled within a minute has no statistics yet; the planner then reads and sorts all of it for ten rows. */
const byIndexOnly = ['enable_sort', 'enable_bitmapscan', 'enable_seqscan'];

export async function claim(parts: Claiming, { now, owner, lanes }: ClaimRuns): Promise<readonly ClaimedRun[]> {
  const { database, queue, claims, recent, ticks } = parts;
  const asked = lanes.filter(({ limit }) => limit > 0);
  const names = asked.map(({ lane }) => lane);
  const looks = await database.rows<{ lane: string; due: boolean; ready: boolean }>(lookAtLanes, [
    JSON.stringify(names),
    now,
  ]);
  const due = new Set(looks.flatMap((look) => (look.due ? [look.lane] : [])));
  const ready = new Set(looks.flatMap((look) => (look.ready ? [look.lane] : [])));
  const wanted = asked.filter(({ lane }) => claims.suspected(lane) || due.has(lane) || ready.has(lane));
  if (wanted.length === 0) return [];
  await queue.prepare(wanted.map(({ lane }) => lane));
  const knownAt = ticks();
  const taken = await database.transactLightly(async (sql) => {
    await enqueueDue(
      sql,
      queue,
      wanted.filter(({ lane }) => due.has(lane)),
      now,
    );
    const jobs: (Fetched & { lane: string })[] = [];
    for (const { lane, limit } of wanted) {
      const fetched = await queue.fetch(sql, lane, limit);
      jobs.push(...fetched.map((job) => ({ ...job, lane })).sort((a, b) => a.dueAt - b.dueAt));
    }
    return take({ sql, queue, recent }, owner, jobs);
  }, byIndexOnly);
  for (const { job, claimed } of taken) {
    claims.add(claimed.run.id, { ...job, fence: claimed.fence, knownAt });
  }
  return taken.map(({ claimed }) => claimed);
}

/** From the timetable into the queue, oldest first, as many as can be taken now. */
async function enqueueDue(
  sql: Sql,
  queue: Queue,
  lanes: readonly { readonly lane: string; readonly limit: number }[],
  now: Time,
): Promise<void> {
  if (lanes.length === 0) return;
  const rows = await sql.rows<{ lane: string; job: string; due_at: number }>(
    `with due as materialized (
       select r.id from unnest($1::text[], $2::integer[]) as l (lane, most) cross join lateral (
         select id from hookline.runs where lane = l.lane and due_at <= $3 and job is null
         order by due_at, id limit l.most for update skip locked
       ) r
     )
     update hookline.runs r set job = gen_random_uuid(), queue = r.lane from due where r.id = due.id
     returning r.lane, r.job, r.due_at`,
    [lanes.map(({ lane }) => lane), lanes.map(({ limit }) => limit), now],
  );
  await addByLane(
    sql,
    queue,
    rows.map(({ lane, job, due_at: dueAt }) => ({ lane, job, dueAt })),
  );
}

interface Taken {
  readonly job: Fetched & { readonly lane: string };
  readonly claimed: ClaimedRun;
}

/** The owner and the fence are set with the same commit that claims the jobs. */
async function take(
  { sql, queue, recent }: Pick<Claiming, 'queue' | 'recent'> & { readonly sql: Sql },
  owner: string,
  jobs: readonly (Fetched & { readonly lane: string })[],
): Promise<readonly Taken[]> {
  if (jobs.length === 0) return [];
  const rows = await sql.rows<RunRow & { fence: number; job: string }>(
    `update hookline.runs set owner = $1, fence = fence + 1, status = 'running', reason = null, due_at = null
     where job = any($2::uuid[]) returning ${runColumns}, fence, job`,
    [owner, jobs.map(({ job }) => job)],
  );
  const byJob = new Map(rows.map((row) => [row.job, row]));
  await queue.remove(
    sql,
    jobs.filter(({ job }) => !byJob.has(job)),
  );
  const events = await eventsOf(sql, recent, rows);
  // Nobody can have begun an attempt of a run that was never claimed before.
  const again = rows.flatMap(({ id, fence }) => (fence > 1 ? id : []));
  const open = again.length > 0 ? await openAttempts(sql, again) : new Map<string, readonly Attempt[]>();
  return jobs.flatMap((job) => {
    const row = byJob.get(job.job);
    if (row === undefined) return [];
    return {
      job,
      claimed: { run: toRun(row), event: eventOf(events, row), fence: row.fence, open: open.get(row.id) ?? [] },
    };
  });
}

async function eventsOf(
  sql: Sql,
  recent: Pick<Recent, 'find'>,
  rows: readonly RunRow[],
): Promise<ReadonlyMap<string, Event>> {
  const found = rows.flatMap((row) => recent.find(row.event_id) ?? []);
  const known = new Map(found.map((event) => [event.id, event]));
  const others = rows.flatMap((row) => (known.has(row.event_id) ? [] : row.event_id));
  return others.length === 0 ? known : new Map([...known, ...(await eventsById(sql, others))]);
}

function eventOf(events: ReadonlyMap<string, Event>, row: RunRow): Event {
  const event = events.get(row.event_id);
  if (event === undefined) throw new Error(`run "${row.id}" has lost its event "${row.event_id}"`);
  return event;
}

const waiting = 'due_at is not null and job is null';
const ready = 'due_at is not null and job is not null';

export async function nextDue(sql: Sql, lanes: readonly string[]): Promise<Time | null> {
  const [row] = await sql.rows<{ due: Time | null }>(
    `select min(least(
       (select min(due_at) from hookline.runs r where r.lane = l.lane and ${waiting}),
       (select min(due_at) from hookline.runs r where r.lane = l.lane and ${ready}))) as due
     from jsonb_array_elements_text($1::jsonb) as l (lane)`,
    [listOf(lanes)],
  );
  return row?.due ?? null;
}

/** Steps from lane to lane through the indexes instead of reading every run. */
export async function lanes(sql: Sql): Promise<readonly string[]> {
  const least = (after: string) =>
    `least((select min(lane) from hookline.runs where ${waiting} ${after}), (select min(lane) from hookline.runs where ${ready} ${after}))`;
  const rows = await sql.rows<{ lane: string }>(
    `with recursive found (lane) as (
       select ${least('')}
       union all
       select ${least('and lane > found.lane')} from found where found.lane is not null
     )
     select lane from found where lane is not null`,
  );
  return rows.map(({ lane }) => lane);
}

/** True for a claim whose owner no longer renews its lease. */
export const ownerGone = `not exists (
  select 1 from hookline.replicas p where p.id = r.owner and p.lives_until > now())`;

const recoverWhere = (which: string) => `
with lost as materialized (
  select r.id, r.job, r.queue from hookline.runs r where r.owner is not null and ${which} order by r.id for update
)
update hookline.runs r set owner = null, status = 'waiting', reason = null, due_at = $2, fence = fence + 1, job = null,
  queue = null
from lost where r.id = lost.id returning lost.job, lost.queue`;

const recoverOthers = recoverWhere(`r.owner <> $1 and ${ownerGone}`);
const recoverOwn = recoverWhere('r.owner = $1 and r.id <> all($3::text[])');

/** Runs of replicas that live are theirs. */
export async function recover(
  sql: Sql,
  queue: Queue,
  owner: string,
  now: Time,
  keep?: readonly string[],
): Promise<number> {
  const values = keep === undefined ? [owner, now] : [owner, now, keep];
  const text = keep === undefined ? recoverOthers : recoverOwn;
  const rows = await sql.rows<{ job: string | null; queue: string | null }>(text, values);
  await queue.remove(sql, placedOf(rows));
  return rows.length;
}

const held = "status = 'held' and lane = $1 and reason = any($2::text[]) and owner is null";

/** How many are to be released. */
export async function countHeld(sql: Sql, lane: string, reasons: readonly HeldReason[]): Promise<number> {
  const text = `select count(*) as count from hookline.runs where ${held}`;
  const [row] = await sql.rows<{ count: number }>(text, [lane, reasons]);
  return row?.count ?? 0;
}

/** A piece of them: all at once may take longer than a statement is given. */
export async function release(sql: Sql, lane: string, reasons: readonly HeldReason[], now: Time): Promise<number> {
  return sql.run(
    `with piece as materialized (select id from hookline.runs where ${held} limit 1000 for update)
     update hookline.runs r set status = 'waiting', reason = null, due_at = $3, fence = fence + 1
     from piece where r.id = piece.id`,
    [lane, reasons, now],
  );
}
