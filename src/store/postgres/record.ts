// Writing a run's new state: by its owner, or by a person while nobody runs it.

import { toJson } from '../columns.ts';
import type { EditRun, RecordRun, RunUpdate } from '../store.ts';
import { endAttempts, insertAttempts, keepLate, type EndOfRun } from './attempts.ts';
import { together, type Sql } from './database.ts';
import type { Placed, Queue } from './queue.ts';
import { raise } from './raise.ts';

const columns = ['status', 'reason', 'config', 'started_at', 'ended_at', 'deadline_at', 'lane', 'error', 'steps'];
const assign = (from: string) => columns.map((name) => `${name} = ${from}.${name}`).join(', ');

/**
 * The owner's word, under the fence; a claimed run is not due, whatever is written. A release that is told again was made
 * before, and its answer lost: nothing raises the fence between the two.
 */
const recordAll = `
with given as (
  select * from unnest($1::text[], $2::bigint[], $3::boolean[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
    $9::bigint[], $10::text[], $11::text[], $12::text[], $13::bigint[]) with ordinality
    as g (id, fence, release, status, reason, config, started_at, ended_at, deadline_at, lane, error, steps, due_at, place)
), held as materialized (
  select g.*, r.job as had_job, r.queue as had_queue, r.owner is null as done
  from given g join hookline.runs r on r.id = g.id and r.fence = g.fence
  where case when r.owner is null then g.release else r.status not in ('succeeded', 'failed', 'canceled') end
  order by r.id for update of r
), changed as (
  update hookline.runs r set ${assign('h')},
    due_at = case when h.release then h.due_at end,
    owner = case when h.release then null else r.owner end,
    job = case when h.release then null else r.job end,
    queue = case when h.release then null else r.queue end
  from held h where r.id = h.id and not h.done
)
select place, done, release, had_job as job, had_queue as queue from held`;

interface RecordRow {
  place: number;
  done: boolean;
  release: boolean;
  job: string | null;
  queue: string | null;
}

export interface Recorded {
  readonly kept: readonly boolean[];
  /** Jobs of runs that were given back: no row names them any more. */
  readonly freed: readonly Placed[];
}

export async function record(sql: Sql, batch: readonly RecordRun[]): Promise<Recorded> {
  const answers = new Map<RecordRun, boolean>();
  const freed: Placed[] = [];
  for (const round of inRounds(batch)) freed.push(...(await recordRound(sql, round, answers)));
  return { kept: batch.map((item) => answers.get(item) ?? false), freed };
}

async function recordRound(
  sql: Sql,
  batch: readonly RecordRun[],
  answers: Map<RecordRun, boolean>,
): Promise<readonly Placed[]> {
  const rows = await sql.rows<RecordRow>(recordAll, [
    batch.map(({ runId }) => runId),
    batch.map(({ fence }) => fence),
    batch.map(({ release }) => release),
    ...updatesOf(batch.map(({ update }) => update)),
  ]);
  const found = new Map(rows.map((row) => [batch[row.place - 1], row]));
  for (const item of batch) answers.set(item, found.has(item));
  const written = batch.filter((item) => found.get(item)?.done === false);
  const begun = written.flatMap((item) => (item.begun ?? []).map((attempt) => ({ ...attempt, runId: item.runId })));
  await together([
    insertAttempts(sql, begun),
    endAttempts(sql, written.flatMap(endsOf)),
    raise(
      sql,
      written.flatMap(({ raises = [] }) => raises),
    ),
    keepLate(sql, batch.filter((item) => !found.has(item)).flatMap(endsOf)),
  ]);
  return placedOf(rows.filter(({ release }) => release));
}

function endsOf({ runId, ended = [] }: RecordRun): EndOfRun[] {
  return ended.map((end) => ({ runId, end }));
}

/** A statement changes a row once, so each round has every run once. */
function inRounds(batch: readonly RecordRun[]): readonly (readonly RecordRun[])[] {
  const rounds: RecordRun[][] = [];
  const seen = new Map<string, number>();
  for (const item of batch) {
    const round = seen.get(item.runId) ?? 0;
    seen.set(item.runId, round + 1);
    (rounds[round] ??= []).push(item);
  }
  return rounds;
}

interface JobOfRow {
  readonly job: string | null;
  readonly queue: string | null;
}

export function placedOf(rows: readonly JobOfRow[]): readonly Placed[] {
  return rows.flatMap(({ job, queue: lane }) => (job === null || lane === null ? [] : { job, lane }));
}

/** In the order of the statements' parameters. */
function updatesOf(updates: readonly RunUpdate[]): unknown[] {
  const column = <T>(pick: (update: RunUpdate) => T) => updates.map(pick);
  return [
    column(({ status }) => status),
    column(({ reason }) => reason),
    column(({ config }) => config),
    column(({ startedAt }) => startedAt),
    column(({ endedAt }) => endedAt),
    column(({ deadlineAt }) => deadlineAt),
    column(({ lane }) => lane),
    column(({ error }) => toJson(error)),
    column(({ steps }) => JSON.stringify(steps)),
    column(({ dueAt }) => dueAt),
  ];
}

const editOne = `
with given as (
  select * from unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::text[],
    $11::text[], $12::bigint[]) as g (status, reason, config, started_at, ended_at, deadline_at, lane, error, steps, due_at)
)
update hookline.runs r set ${assign('g')}, due_at = g.due_at, fence = fence + 1, job = null, queue = null
from given g where r.id = $1 and r.fence = $2 and r.owner is null`;

/** The job goes before the row is written: a claim takes its locks in this order too. */
export async function edit(sql: Sql, queue: Queue, { runId, fence, update, raises }: EditRun): Promise<boolean> {
  const text = 'select job, queue from hookline.runs where id = $1 and fence = $2 and owner is null';
  const rows = await sql.rows<{ job: string | null; queue: string | null }>(text, [runId, fence]);
  if (rows.length === 0) return false;
  await queue.remove(sql, placedOf(rows));
  if ((await sql.run(editOne, [runId, fence, ...updatesOf([update])])) > 0) {
    await raise(sql, raises);
    return true;
  }
  throw new Moved();
}

/** The run was claimed between reading and writing: all is undone. */
export class Moved extends Error {}
