// Attempts: begun before the call, ended by its outcome.

import type { Attempt } from '../../core/model.ts';
import { attemptColumns as columns, toAttempt, toJson, type AttemptRow } from '../columns.ts';
import type { EndAttempt } from '../store.ts';
import type { Sql } from './sql.ts';

/** In the order they were begun. */
export function attempts(sql: Sql, runId: string): readonly Attempt[] {
  const rows = sql.all(`select ${columns} from attempts where run_id = ? order by begun_at, number, id`, runId);
  return (rows as AttemptRow[]).map(toAttempt);
}

/** Those that no record of an owner has ended. */
export function openAttempts(sql: Sql, runId: string): readonly Attempt[] {
  const rows = sql.all(
    `select ${columns} from attempts where run_id = ? and open = 1 order by begun_at, number, id`,
    runId,
  );
  return (rows as AttemptRow[]).map(toAttempt);
}

/** One that is there already stays: its write was repeated, because nobody could tell whether it had been made. */
export function insertAttempt(sql: Sql, runId: string, attempt: Attempt): void {
  sql.run(
    `insert into attempts (${columns}, open) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) on conflict do nothing`,
    runId,
    attempt.id,
    attempt.step,
    attempt.number,
    attempt.generation,
    attempt.key,
    attempt.connection,
    attempt.action,
    attempt.effect,
    attempt.status,
    attempt.begunAt,
    attempt.endedAt,
    toFlag(attempt.sent),
    attempt.retryAfterMs,
    toFlag(attempt.late),
    toJson(attempt.error),
    toJson(attempt.output),
  );
}

/** The word of the run's owner. What came late before it stays: that is the better evidence. */
export function endAttempt(sql: Sql, runId: string, end: EndAttempt): void {
  const outcome = sql.run(
    'update attempts set open = 0, status = ?, ended_at = ?, sent = ?, retry_after_ms = ?, error = ?, output = ? ' +
      'where run_id = ? and id = ? and late = 0',
    ...outcomeOf(end),
    runId,
    end.id,
  );
  if (outcome === 0) sql.run('update attempts set open = 0 where run_id = ? and id = ?', runId, end.id);
}

/** An outcome that came after the run had moved on. It never replaces a known one. */
export function keepLate(sql: Sql, runId: string, end: EndAttempt): void {
  sql.run(
    'update attempts set late = 1, status = ?, ended_at = ?, sent = ?, retry_after_ms = ?, error = ?, output = ? ' +
      "where run_id = ? and id = ? and status in ('begun', 'in_doubt')",
    ...outcomeOf(end),
    runId,
    end.id,
  );
}

function outcomeOf(end: EndAttempt) {
  return [end.status, end.endedAt, toFlag(end.sent), end.retryAfterMs, toJson(end.error), toJson(end.output)] as const;
}

function toFlag(value: boolean | null): number | null {
  if (value === null) return null;
  return value ? 1 : 0;
}
