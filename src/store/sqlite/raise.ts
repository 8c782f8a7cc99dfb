// Events of our own, written in the transaction of what they tell of.

import { hash } from 'node:crypto';
import type { RaiseEvent } from '../store.ts';
import type { Sql } from './sql.ts';

/** One whose key is known is passed over. */
export function raise(sql: Sql, events: readonly RaiseEvent[] = []): void {
  for (const { eventId, source, type, key, rule, time, receivedAt, keepUntil, body } of events) {
    const mark = hash('sha256', JSON.stringify([source, key]), 'buffer').subarray(0, 16);
    const isNew = sql.run(
      'insert into marks (mark, event_id, keep_until) values (?, ?, ?) on conflict (mark) do nothing',
      mark,
      eventId,
      keepUntil,
    );
    if (isNew === 0) continue;
    sql.run(
      'insert into events (id, source, type, key, rule, time, received_at, status, matched, runs, body) ' +
        "values (?, ?, ?, ?, ?, ?, ?, 'pending', '[]', 0, ?)",
      eventId,
      source,
      type,
      key,
      rule,
      time,
      receivedAt,
      body,
    );
  }
}
