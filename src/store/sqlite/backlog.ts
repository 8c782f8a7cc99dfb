// What waits and how full the store is, read in a bounded time however much there is.

import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HeldReason } from '../../core/model.ts';
import type { Backlog } from '../store.ts';
import { lanes, nextDue } from './claims.ts';
import type { Sql } from './sql.ts';

const statuses = ['pending', 'running', 'waiting', 'held', 'failed'] as const;
const reasons: readonly HeldReason[] = ['in_doubt', 'credentials', 'paused', 'missing'];

export function backlog(sql: Sql, most: number): Backlog {
  const count = (text: string, ...values: string[]) =>
    (sql.get(`select count(*) as count from (${text} limit ?)`, ...values, most) as { count: number }).count;
  return {
    pendingEvents: count("select 1 from events where status = 'pending'"),
    runs: recordOf(statuses, (status) => count('select 1 from runs where status = ?', status)),
    held: recordOf(reasons, (reason) => {
      const each = heldLanes(sql).map((lane) =>
        count(
          "select 1 from runs indexed by runs_held where status = 'held' and lane = ? and reason = ?",
          lane,
          reason,
        ),
      );
      return Math.min(
        most,
        each.reduce((sum, found) => sum + found, 0),
      );
    }),
    oldestDueAt: nextDue(sql, lanes(sql)),
    usedBytes: usedBytes(sql),
    diskFreeBytes: diskFree(sql),
  };
}

function recordOf<K extends string>(keys: readonly K[], value: (key: K) => number): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, number>;
}

/** Steps from lane to lane through the index. */
function heldLanes(sql: Sql): readonly string[] {
  const rows = sql.all(
    `with recursive found (lane) as (
       select min(lane) from runs indexed by runs_held where status = 'held'
       union all
       select (select min(lane) from runs indexed by runs_held where status = 'held' and lane > found.lane) from found
       where found.lane is not null
     )
     select lane from found where lane is not null`,
  ) as { lane: string }[];
  return rows.map(({ lane }) => lane);
}

/** Free pages will be given back or written again, so they count as free. */
export function usedBytes(sql: Sql): number {
  const { used } = sql.get(
    'select (page_count - freelist_count) * page_size as used from pragma_page_count, pragma_freelist_count, pragma_page_size',
  ) as { used: number };
  return used;
}

function diskFree(sql: Sql): number | null {
  const { file } = sql.get("select file from pragma_database_list where name = 'main'") as { file: string };
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize;
  } catch {
    return null;
  }
}
