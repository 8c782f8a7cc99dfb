// Counts by status, the age of the queue, and the size on disk.

import type { Stats } from '../store.ts';
import { lanes, nextDue } from './claim.ts';
import type { Sql } from './database.ts';

export async function stats(sql: Sql): Promise<Stats> {
  const [events, runs, deliveries, together] = await Promise.all([
    counts(sql, 'events'),
    counts(sql, 'runs'),
    counts(sql, 'deliveries'),
    countTogether(sql),
  ]);
  return {
    events: { pending: 0, matched: 0, ignored: 0, ...events },
    runs: { pending: 0, running: 0, waiting: 0, held: 0, succeeded: 0, failed: 0, canceled: 0, ...runs },
    deliveries: { duplicate: 0, refused: 0, ...deliveries, accepted: (deliveries['accepted'] ?? 0) + together },
    oldestDueAt: await nextDue(sql, await lanes(sql)),
    bytes: await usedBytes(sql),
  };
}

export async function usedBytes(sql: Sql): Promise<number> {
  const [size] = await sql.rows<{ bytes: number | null }>(
    `select sum(pg_total_relation_size(c.oid))::bigint as bytes from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('hookline', 'hookline_queue') and c.relkind = 'r'`,
  );
  return size?.bytes ?? 0;
}

async function counts(sql: Sql, table: 'events' | 'runs' | 'deliveries'): Promise<Record<string, number>> {
  const text = `select status, count(*) as count from hookline.${table} group by status`;
  const rows = await sql.rows<{ status: string; count: number }>(text);
  return Object.fromEntries(rows.map((row) => [row.status, row.count]));
}

/** Events whose row tells of their first delivery: all but those of an index. */
async function countTogether(sql: Sql): Promise<number> {
  const [row] = await sql.rows<{ together: number }>(
    `select (select count(*) from hookline.events) - (select count(*) from hookline.events where headers is null) as together`,
  );
  return row?.together ?? 0;
}
