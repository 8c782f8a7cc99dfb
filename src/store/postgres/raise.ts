// Events of our own, written in the transaction of what they tell of.

import { hash } from 'node:crypto';
import type { RaiseEvent } from '../store.ts';
import type { Sql } from './database.ts';

/** One whose key is known is passed over. */
export async function raise(sql: Sql, events: readonly RaiseEvent[] = []): Promise<void> {
  if (events.length === 0) return;
  await sql.run(
    `with given as (
       select * from unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
         $8::bigint[], $9::bigint[], $10::bytea[])
         as g (mark, id, source, type, key, rule, time, received_at, keep_until, body)
     ), fresh as (
       insert into hookline.marks (mark, event_id, taken_at, keep_until)
       select mark, id, received_at, keep_until from given order by mark
       on conflict (mark) do nothing returning event_id
     )
     insert into hookline.events (id, source, type, key, rule, time, received_at, status, matched, runs, body)
     select id, source, type, key, rule, time, received_at, 'pending', '[]', 0, body
     from given where id in (select event_id from fresh)`,
    [
      events.map(({ source, key }) => hash('sha256', JSON.stringify([source, key]), 'buffer')),
      events.map(({ eventId }) => eventId),
      events.map(({ source }) => source),
      events.map(({ type }) => type),
      events.map(({ key }) => key),
      events.map(({ rule }) => rule),
      events.map(({ time }) => time),
      events.map(({ receivedAt }) => receivedAt),
      events.map(({ keepUntil }) => keepUntil),
      events.map(({ body }) => Buffer.from(body)),
    ],
  );
}
