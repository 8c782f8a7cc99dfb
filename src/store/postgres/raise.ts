// Events of our own, written in the transaction of what they tell of.

import type { RaiseEvent } from '../store.ts';
import type { Sql } from './database.ts';

/** One that is there already is passed over. */
export async function raise(sql: Sql, events: readonly RaiseEvent[] = []): Promise<void> {
  if (events.length === 0) return;
  const column = <T>(pick: (event: RaiseEvent) => T) => events.map(pick);
  await sql.run(
    `insert into hookline.events (id, source, type, key, rule, time, received_at, status, matched, runs, body)
     select id, source, type, key, rule, time, received_at, 'pending', '[]', 0, body
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bytea[])
       as g (id, source, type, key, rule, time, received_at, body)
     order by id on conflict (id) do nothing`,
    [
      column(({ eventId }) => eventId),
      column(({ source }) => source),
      column(({ type }) => type),
      column(({ key }) => key),
      column(({ rule }) => rule),
      column(({ time }) => time),
      column(({ receivedAt }) => receivedAt),
      column(({ body }) => Buffer.from(body)),
    ],
  );
}
