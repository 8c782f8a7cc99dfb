// What waits and how full the store is, read in a bounded time however much there is.

import type { HeldReason } from '../../core/model.ts';
import type { Backlog } from '../store.ts';
import { lanes, nextDue } from './claim.ts';
import type { Sql } from './database.ts';
import { usedBytes } from './stats.ts';

const statuses = ['pending', 'running', 'waiting', 'held', 'failed'] as const;
const reasons: readonly HeldReason[] = ['in_doubt', 'credentials', 'paused', 'missing'];

const limited = (rows: string) => `(select count(*) from (select 1 from hookline.${rows} limit $1) as few)`;

const counts = `select ${[
  `${limited("events where status = 'pending'")} as events`,
  ...statuses.map((status) => `${limited(`runs where status = '${status}'`)} as ${status}`),
  ...reasons.map((reason) => `${limited(`runs where status = 'held' and reason = '${reason}'`)} as of_${reason}`),
].join(', ')}`;

export async function backlog(sql: Sql, most: number): Promise<Backlog> {
  const [found = {}] = await sql.rows<Record<string, number>>(counts, [most]);
  return {
    pendingEvents: found['events'] ?? 0,
    runs: recordOf(statuses, (status) => found[status] ?? 0),
    held: recordOf(reasons, (reason) => found[`of_${reason}`] ?? 0),
    oldestDueAt: await nextDue(sql, await lanes(sql)),
    usedBytes: await usedBytes(sql),
    // It is another machine's disk.
    diskFreeBytes: null,
  };
}

function recordOf<K extends string>(keys: readonly K[], value: (key: K) => number): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, number>;
}
