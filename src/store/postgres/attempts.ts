// Attempts: begun before the call, ended by its outcome.

import type { Attempt } from '../../core/model.ts';
import { attemptColumns as columns, toAttempt, toJson, type AttemptRow } from '../columns.ts';
import type { EndAttempt } from '../store.ts';
import type { Sql } from './database.ts';

/** In the order they were begun. */
export async function attempts(sql: Sql, runId: string): Promise<readonly Attempt[]> {
  const text = `select ${columns} from hookline.attempts where run_id = $1 order by begun_at, number, id`;
  return (await sql.rows<AttemptRow>(text, [runId])).map(toAttempt);
}

/** Those that no record of an owner has ended, by run. */
export async function openAttempts(
  sql: Sql,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Attempt[]>> {
  const text = `select ${columns} from hookline.attempts where run_id = any($1::text[]) and open order by begun_at, number, id`;
  const rows = await sql.rows<AttemptRow>(text, [runIds]);
  return Map.groupBy(rows.map(toAttempt), ({ runId }) => runId);
}

/** One that is there already stays: its write was repeated, because nobody could tell whether it had been made. */
export async function insertAttempts(sql: Sql, attempts: readonly Attempt[]): Promise<void> {
  if (attempts.length === 0) return;
  const column = <T>(pick: (attempt: Attempt) => T) => attempts.map(pick);
  await sql.run(
    `insert into hookline.attempts (${columns}, open)
     select *, true from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::text[], $7::text[],
       $8::text[], $9::text[], $10::text[], $11::bigint[], $12::bigint[], $13::boolean[], $14::bigint[], $15::boolean[],
       $16::text[], $17::text[])
     on conflict do nothing`,
    [
      column(({ runId }) => runId),
      column(({ id }) => id),
      column(({ step }) => step),
      column(({ number }) => number),
      column(({ generation }) => generation),
      column(({ key }) => key),
      column(({ connection }) => connection),
      column(({ action }) => action),
      column(({ effect }) => effect),
      column(({ status }) => status),
      column(({ begunAt }) => begunAt),
      column(({ endedAt }) => endedAt),
      column(({ sent }) => sent),
      column(({ retryAfterMs }) => retryAfterMs),
      column(({ late }) => late),
      column(({ error }) => toJson(error)),
      column(({ output }) => toJson(output)),
    ],
  );
}

export interface EndOfRun {
  readonly runId: string;
  readonly end: EndAttempt;
}

const given = `from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::boolean[], $6::bigint[], $7::text[], $8::text[])
  as g (run_id, id, status, ended_at, sent, retry_after_ms, error, output)
where a.run_id = g.run_id and a.id = g.id`;

const outcome = ['status', 'ended_at', 'sent', 'retry_after_ms', 'error', 'output'];

/** The word of the run's owner. What came late before it stays: that is the better evidence. */
const endAll = `update hookline.attempts a set open = false, ${outcome
  .map((name) => `${name} = case when a.late then a.${name} else g.${name} end`)
  .join(', ')} ${given}`;

export async function endAttempts(sql: Sql, ends: readonly EndOfRun[]): Promise<void> {
  if (ends.length > 0) await sql.run(endAll, outcomesOf(ends));
}

/** Outcomes that came after the run had moved on. They never replace a known one. */
const keepAll = `update hookline.attempts a set late = true, ${outcome
  .map((name) => `${name} = g.${name}`)
  .join(', ')} ${given} and a.status in ('begun', 'in_doubt')`;

export async function keepLate(sql: Sql, ends: readonly EndOfRun[]): Promise<void> {
  if (ends.length > 0) await sql.run(keepAll, outcomesOf(ends));
}

function outcomesOf(ends: readonly EndOfRun[]): unknown[] {
  const column = <T>(pick: (end: EndAttempt) => T) => ends.map(({ end }) => pick(end));
  return [
    ends.map(({ runId }) => runId),
    column(({ id }) => id),
    column(({ status }) => status),
    column(({ endedAt }) => endedAt),
    column(({ sent }) => sent),
    column(({ retryAfterMs }) => retryAfterMs),
    column(({ error }) => toJson(error)),
    column(({ output }) => toJson(output)),
  ];
}
