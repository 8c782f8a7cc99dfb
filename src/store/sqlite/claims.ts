// The queue: taking due runs lane by lane, and giving back what nobody runs.

import type { HeldReason, Time } from '../../core/model.ts';
import { toRun } from '../columns.ts';
import type { ClaimRuns, ClaimedRun } from '../store.ts';
import { openAttempts } from './attempts.ts';
import { event } from './events.ts';
import type { ClaimedRow } from './runs.ts';
import type { Writing } from './savepoint.ts';
import type { Sql } from './sql.ts';

export function claim({ sql }: Writing, { now, owner, lanes }: ClaimRuns): readonly ClaimedRun[] {
  const claimed: ClaimedRun[] = [];
  for (const { lane, limit } of lanes) {
    const due = sql.all(
      'select * from runs where lane = ? and due_at <= ? order by due_at, id limit ?',
      lane,
      now,
      limit,
    );
    for (const row of due as ClaimedRow[]) claimed.push(take(sql, row, owner));
  }
  return claimed;
}

function take(sql: Sql, row: ClaimedRow, owner: string): ClaimedRun {
  const fence = row.fence + 1;
  sql.run(
    "update runs set owner = ?, fence = ?, status = 'running', reason = null, due_at = null where id = ?",
    owner,
    fence,
    row.id,
  );
  const found = event(sql, row.event_id);
  if (found === null) throw new Error(`run "${row.id}" has lost its event "${row.event_id}"`);
  const run = toRun({ ...row, status: 'running', reason: null, due_at: null });
  // Nobody has claimed it before, so there are none.
  const open = row.fence === 0 ? [] : openAttempts(sql, row.id);
  return { run, event: found, fence, open };
}

export function nextDue(sql: Sql, lanes: readonly string[]): Time | null {
  let next: Time | null = null;
  for (const lane of lanes) {
    const { due } = sql.get('select min(due_at) as due from runs where lane = ? and due_at is not null', lane) as {
      due: Time | null;
    };
    if (due !== null && (next === null || due < next)) next = due;
  }
  return next;
}

/** Steps from lane to lane through the index instead of reading every run. */
export function lanes(sql: Sql): readonly string[] {
  const rows = sql.all(
    `with recursive found (lane) as (
       select min(lane) from runs where due_at is not null
       union all
       select (select min(lane) from runs where due_at is not null and lane > found.lane) from found
       where found.lane is not null
     )
     select lane from found where lane is not null`,
  ) as { lane: string }[];
  return rows.map(({ lane }) => lane);
}

export function recover({ sql }: Writing, owner: string, now: Time, keep?: readonly string[]): number {
  const give =
    "update runs indexed by runs_owner set owner = null, status = 'waiting', reason = null, due_at = ?, fence = fence + 1 " +
    'where owner is not null and ';
  if (keep === undefined) return sql.run(`${give} owner <> ?`, now, owner);
  const kept = JSON.stringify(keep);
  return sql.run(`${give} owner = ? and id not in (select value from json_each(?))`, now, owner, kept);
}

/** A piece of all that are to be released: where the next one goes on, or null after the last. */
export interface Released {
  readonly runs: number;
  readonly last: number | null;
}

/** Small enough that no delivery waits long behind it. */
const mostReleased = 1000;

/** Goes along the rows, so that a run that is held again meanwhile is not released again. */
export function release({ sql }: Writing, lane: string, reason: HeldReason, now: Time, after: number): Released {
  const rows = sql.all(
    `update runs set status = 'waiting', reason = null, due_at = ?, fence = fence + 1 where rowid in (
       select rowid from runs indexed by runs_held
       where status = 'held' and lane = ? and reason = ? and rowid > ? and owner is null order by rowid limit ${mostReleased}
     ) returning rowid as place`,
    now,
    lane,
    reason,
    after,
  ) as { place: number }[];
  const last = rows.reduce((most, { place }) => Math.max(most, place), after);
  return { runs: rows.length, last: rows.length < mostReleased ? null : last };
}
