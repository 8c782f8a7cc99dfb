// Writing a run's new state: by its owner, or by a person while nobody runs it.

import type { EditRun, RecordRun, RunUpdate } from '../store.ts';
import { endAttempt, insertAttempt, keepLate } from './attempts.ts';
import type { Writing } from './savepoint.ts';
import { raise } from './raise.ts';
import { toJson, type Sql } from './sql.ts';

const update =
  'update runs set status = ?, reason = ?, config = ?, started_at = ?, ended_at = ?, deadline_at = ?, lane = ?, ' +
  'error = ?, steps = ?, due_at = ?';

function updateOf(given: RunUpdate) {
  return [
    given.status,
    given.reason,
    given.config,
    given.startedAt,
    given.endedAt,
    given.deadlineAt,
    given.lane,
    toJson(given.error),
    JSON.stringify(given.steps),
  ] as const;
}

export function record({ sql }: Writing, batch: readonly RecordRun[]): readonly boolean[] {
  return batch.map((item) => recordOne(sql, item));
}

/** While the run is claimed it is not due, whatever the update says. */
function recordOne(sql: Sql, item: RecordRun): boolean {
  const changed = sql.run(
    `${update}, owner = case when ? then null else owner end where id = ? and fence = ? and owner is not null ` +
      "and status not in ('succeeded', 'failed', 'canceled')",
    ...updateOf(item.update),
    item.release ? item.update.dueAt : null,
    item.release ? 1 : 0,
    item.runId,
    item.fence,
  );
  if (changed === 0) {
    for (const end of item.ended ?? []) keepLate(sql, item.runId, end);
    return false;
  }
  for (const attempt of item.begun ?? []) insertAttempt(sql, item.runId, attempt);
  for (const end of item.ended ?? []) endAttempt(sql, item.runId, end);
  raise(sql, item.raises);
  return true;
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
