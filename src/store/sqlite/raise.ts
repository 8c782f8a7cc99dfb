// Events of our own, written in the transaction of what they tell of.

import type { RaiseEvent } from '../store.ts';
import type { Sql } from './sql.ts';

/** One that is there already is passed over. */
export function raise(sql: Sql, events: readonly RaiseEvent[] = []): void {
  for (const { eventId, source, type, key, rule, time, receivedAt, body } of events) {
    sql.run(
      'insert into events (id, source, type, key, rule, time, received_at, status, matched, runs, body) ' +
        "values (?, ?, ?, ?, ?, ?, ?, 'pending', '[]', 0, ?) on conflict (id) do nothing",
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
