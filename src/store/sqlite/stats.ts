// Counts by status, the age of the queue, and the size on disk.

import type { Stats } from '../store.ts';
import { lanes, nextDue } from './claims.ts';
import type { Sql } from './sql.ts';

const none = {
  events: { pending: 0, matched: 0, ignored: 0 },
  runs: { pending: 0, running: 0, waiting: 0, held: 0, succeeded: 0, failed: 0, canceled: 0 },
  deliveries: { accepted: 0, duplicate: 0, refused: 0 },
} satisfies Omit<Stats, 'oldestDueAt' | 'bytes'>;

export function stats(sql: Sql): Stats {
  const { bytes } = sql.get('select page_count * page_size as bytes from pragma_page_count, pragma_page_size') as {
    bytes: number;
  };
  const events = { ...none.events, ...counts(sql, 'events') };
  const deliveries = { ...none.deliveries, ...counts(sql, 'deliveries') };
  const { apart } = sql.get('select count(*) as apart from events where headers is null') as { apart: number };
  const together = events.pending + events.matched + events.ignored - apart;
  return {
    events,
    runs: { ...none.runs, ...counts(sql, 'runs') },
    deliveries: { ...deliveries, accepted: deliveries.accepted + together },
    oldestDueAt: nextDue(sql, lanes(sql)),
    bytes,
  };
}

function counts(sql: Sql, table: 'events' | 'runs' | 'deliveries'): Record<string, number> {
  const rows = sql.all(`select status, count(*) as count from ${table} group by status`);
  return Object.fromEntries((rows as { status: string; count: number }[]).map((row) => [row.status, row.count]));
}
