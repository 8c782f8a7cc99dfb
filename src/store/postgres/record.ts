// Writing a run's new state: by its owner, or by a person while nobody runs it.

import type { EditRun, RecordRun, RunUpdate } from '../store.ts';
import { endAttempts, insertAttempts, keepLate, type EndOfRun } from './attempts.ts';
import type { Sql } from './database.ts';
import type { Queue } from './queue.ts';
import { raise } from './raise.ts';
import { toJson } from './text.ts';

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
  select g.place, r.id, r.job, r.queue, r.owner is null as done
  from given g join hookline.runs r on r.id = g.id and r.fence = g.fence
  where case when r.owner is null then g.release else r.status not in ('succeeded', 'failed', 'canceled') end
  order by r.id for update of r
), changed as (
  update hookline.runs r set ${assign('g')},
    due_at = case when g.release then g.due_at end,
    owner = case when g.release then null else r.owner end,
    job = case when g.release then null else r.job end,
    queue = case when g.release then null else r.queue end
  from held h join given g using (place) where r.id = h.id and not h.done
)
select h.place, h.done, g.release, h.job, h.queue from held h join given g using (place)`;

interface RecordRow {
  place: number;
  done: boolean;
  release: boolean;
  job: string | null;
  queue: string | null;
}

export async function record(sql: Sql, queue: Queue, batch: readonly RecordRun[]): Promise<readonly boolean[]> {
  const answers = new Map<RecordRun, boolean>();
  for (const round of inRounds(batch)) await recordRound(sql, queue, round, answers);
  return batch.map((item) => answers.get(item) ?? false);
}

async function recordRound(
  sql: Sql,
  queue: Queue,
  batch: readonly RecordRun[],
  answers: Map<RecordRun, boolean>,
): Promise<void> {
  const rows = await sql.rows<RecordRow>(recordAll, [
    batch.map(({ runId }) => runId),
    batch.map(({ fence }) => fence),
    batch.map(({ release }) => release),
    ...updatesOf(batch.map(({ update }) => update)),
  ]);
  const found = new Map(rows.map((row) => [batch[row.place - 1], row]));
  for (const item of batch) answers.set(item, found.has(item));
  const written = batch.filter((item) => found.get(item)?.done === false);
  await insertAttempts(
    sql,
    written.flatMap(({ runId, begun = [] }) => begun.map((attempt) => ({ ...attempt, runId }))),
  );
  await endAttempts(sql, written.flatMap(endsOf));
  await raise(
    sql,
    written.flatMap(({ raises = [] }) => raises),
  );
  await keepLate(sql, batch.filter((item) => !found.has(item)).flatMap(endsOf));
  await removeJobs(
    sql,
    queue,
    rows.filter(({ release }) => release),
  );
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

export async function removeJobs(
  sql: Sql,
  queue: Queue,
  rows: readonly { readonly job: string | null; readonly queue: string | null }[],
): Promise<void> {
  for (const [lane, jobs] of Map.groupBy(rows, (row) => row.queue)) {
    if (lane !== null)
      await queue.remove(
        sql,
        lane,
        jobs.flatMap(({ job }) => job ?? []),
      );
  }
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
  await removeJobs(sql, queue, rows);
  if ((await sql.run(editOne, [runId, fence, ...updatesOf([update])])) > 0) {
    await raise(sql, raises);
    return true;
  }
  throw new Moved();
}

/** The run was claimed between reading and writing: all is undone. */
export class Moved extends Error {}
