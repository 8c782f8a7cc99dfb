// Runs as rows: inserting, reading and listing them.

import { hash } from 'node:crypto';
import { finalRunStatuses, type Run } from '../../core/model.ts';
import { toJson, toRun, type RunRow } from '../columns.ts';
import type { NewRun, Page, RunFilter } from '../store.ts';
import { StoreFault } from './fault.ts';
import { conditionsOf, limitOf, readPage } from './page.ts';
import type { Writing } from './savepoint.ts';
import type { Sql, Value } from './sql.ts';

/** As a whole row is read. */
export type ClaimedRow = RunRow & { readonly owner: string | null; readonly fence: number };

/** False: its `unique` value is taken, or the event has this run already. Only first runs take a value. */
export function insertRun(sql: Sql, run: NewRun & { replay: number }): boolean {
  const mark = run.unique === null || run.replay > 0 ? null : markOf(run.workflow, run.unique);
  if (mark !== null && sql.get('select 1 from runs where unique_mark = ?', mark) !== undefined) return false;
  const inserted = sql.run(
    'insert into runs (id, event_id, workflow, replay, unique_mark, status, reason, config, created_at, started_at, ' +
      'ended_at, due_at, deadline_at, lane, fence, error, steps) ' +
      'values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?) on conflict (event_id, workflow, replay) do nothing',
    run.id,
    run.eventId,
    run.workflow,
    run.replay,
    mark,
    run.status,
    run.reason,
    run.config,
    run.createdAt,
    run.startedAt,
    run.endedAt,
    run.dueAt,
    run.deadlineAt,
    run.lane,
    toJson(run.error),
    JSON.stringify(run.steps),
  );
  return inserted > 0;
}

function markOf(workflow: string, unique: string): Buffer {
  return hash('sha256', JSON.stringify([workflow, unique]), 'buffer');
}

/** A person asked for it, so a taken `unique` value does not stop it. Throws `not.found` when the event is gone. */
export function replay({ sql }: Writing, given: NewRun): Run {
  const known = sql.run('update events set runs = runs + 1 where id = ?', given.eventId);
  if (known === 0) throw new StoreFault('not.found', { what: 'event', id: given.eventId });
  const last = sql.get(
    'select max(replay) as replay from runs where event_id = ? and workflow = ?',
    given.eventId,
    given.workflow,
  ) as { replay: number | null };
  const { unique, ...rest } = given;
  const inserted = { ...rest, replay: last.replay === null ? 0 : last.replay + 1 };
  if (!insertRun(sql, { ...inserted, unique })) insertRun(sql, { ...inserted, unique: null });
  return inserted;
}

export function run(sql: Sql, id: string): { run: Run; fence: number; claimed: boolean } | null {
  const row = sql.get('select * from runs where id = ?', id) as ClaimedRow | undefined;
  return row === undefined ? null : { run: toRun(row), fence: row.fence, claimed: row.owner !== null };
}

export function runs(sql: Sql, filter: RunFilter, page: Page): readonly Run[] {
  const { eventId: event_id, workflow, status, reason, lane, unique } = filter;
  const unique_mark = workflow === undefined || unique === undefined ? undefined : markOf(workflow, unique);
  const isOver = status !== undefined && finalRunStatuses.includes(status);
  if (lane !== undefined && !isOver) {
    return runsOfLane(sql, { lane, event_id, unique_mark, workflow, status, reason }, page).map(toRun);
  }
  // Most runs succeed: any other status is rarer than a workflow.
  const common = status === 'succeeded' ? { workflow, status } : { status, workflow };
  const wanted = { event_id, unique_mark, ...common, reason, lane };
  return (readPage(sql, 'runs', wanted, page) as RunRow[]).map(toRun);
}

/** Runs that are not over are due, claimed or held, and each of these has an index that finds the few of a lane. */
function runsOfLane(sql: Sql, filter: Readonly<Record<string, Value | undefined>>, page: Page): RunRow[] {
  const { conditions, values } = conditionsOf(filter, page);
  const kinds = [
    'indexed by runs_due where due_at is not null',
    'indexed by runs_owner where owner is not null',
    "indexed by runs_held where status = 'held' and due_at is null and owner is null",
  ];
  const found = kinds.map((kind) => `select id from runs ${kind} and ${conditions.join(' and ')}`);
  const text = `select * from runs where id in (${found.join(' union all ')} order by id desc limit ?) order by id desc`;
  return sql.all(text, ...kinds.flatMap(() => values), limitOf(page)) as RunRow[];
}
