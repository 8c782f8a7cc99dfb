// Writing a run's new state: by its owner, or by a person while nobody runs it.

import { toJson } from '../columns.ts';
import type { EditRun, RunUpdate } from '../store.ts';
import { endAttempt, insertAttempt, keepLate } from './attempts.ts';
import type { PackedRecord } from './pack.ts';
import type { Writing } from './savepoint.ts';
import { raise } from './raise.ts';
import type { Sql } from './sql.ts';

const update =
  'update runs set status = ?, reason = ?, config = ?, started_at = ?, ended_at = ?, deadline_at = ?, lane = ?, ' +
  'error = ?, steps = ?, due_at = ?';

/** Of a run that goes on running: what no index holds. */
const goesOn =
  'update runs set config = ?, started_at = ?, deadline_at = ?, lane = ?, error = ?, steps = ? ' +
  "where id = ? and fence = ? and owner is not null and status = 'running' and due_at is null";

function updateOf(given: RunUpdate | PackedRecord['update']) {
  return [
    given.status,
    given.reason,
    given.config,
    given.startedAt,
    given.endedAt,
    given.deadlineAt,
    given.lane,
    toJson(given.error),
    typeof given.steps === 'string' ? given.steps : JSON.stringify(given.steps),
  ] as const;
}

export function record({ sql }: Writing, batch: readonly PackedRecord[]): readonly boolean[] {
  return batch.map((item) => recordOne(sql, item));
}

function recordOne(sql: Sql, item: PackedRecord): boolean {
  if (!goOn(sql, item) && !change(sql, item)) {
    for (const end of item.ended ?? []) keepLate(sql, item.runId, end);
    return false;
  }
  for (const attempt of item.begun ?? []) insertAttempt(sql, item.runId, attempt);
  for (const end of item.ended ?? []) endAttempt(sql, item.runId, end);
  raise(sql, item.raises);
  return true;
}

function goOn(sql: Sql, { runId, fence, update: given, release }: PackedRecord): boolean {
  if (release || given.status !== 'running') return false;
  const { config, startedAt, deadlineAt, lane, error, steps } = given;
  return sql.run(goesOn, config, startedAt, deadlineAt, lane, toJson(error), steps, runId, fence) > 0;
}

/** While the run is claimed it is not due, whatever the update says. */
function change(sql: Sql, item: PackedRecord): boolean {
  const changed = sql.run(
    `${update}, owner = case when ? then null else owner end where id = ? and fence = ? and owner is not null ` +
      "and status not in ('succeeded', 'failed', 'canceled')",
    ...updateOf(item.update),
    item.release ? item.update.dueAt : null,
    item.release ? 1 : 0,
    item.runId,
    item.fence,
  );
  return changed > 0;
}

export function edit({ sql }: Writing, { runId, fence, update: given, raises }: EditRun): boolean {
  const changed = sql.run(
    `${update}, fence = fence + 1 where id = ? and fence = ? and owner is null`,
    ...updateOf(given),
    given.dueAt,
    runId,
    fence,
  );
  if (changed > 0) raise(sql, raises);
  return changed > 0;
}
