// What the receiver waits for: deliveries, dedupe marks and events of a whole batch in one statement and one commit.

import { hash } from 'node:crypto';
import type { AcceptDelivery, Accepted } from '../store.ts';
import type { Sql } from './database.ts';

/**
 * `found`: live marks that were there before. `taken`: marks of this batch's new keys; one that another replica takes at this
 * moment is not among them, and neither is a row that follows it: they have no answer and are asked again.
 */
const acceptAll = `
with given as materialized (
  select g.*, substr($1::bytea, g.start, g.length) as body
  from unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::bigint[], $11::bigint[], $12::text[], $13::bytea[], $14::integer[], $15::integer[], $16::text[])
    as g (place, delivery_id, event_id, source, type, key, rule, time, received_at, keep_until, headers, mark, start, length, ignored_by)
), marked as materialized (
  select g.place, m.event_id as found
  from given g left join hookline.marks m on m.mark = g.mark and m.keep_until > g.received_at
), fresh as materialized (
  select distinct on (g.mark) g.* from given g join marked using (place) where found is null order by g.mark, g.place
), taken as (
  insert into hookline.marks as m (mark, event_id, taken_at, keep_until)
  select mark, event_id, received_at, keep_until from fresh order by mark
  on conflict (mark) do update
    set event_id = excluded.event_id, taken_at = excluded.taken_at, keep_until = excluded.keep_until
    where m.keep_until <= excluded.taken_at
  returning mark
), won as materialized (
  select fresh.* from fresh join taken using (mark)
), new_events as (
  insert into hookline.events (id, source, type, key, rule, time, received_at, status, matched, runs, config, body)
  select event_id, source, type, key, rule, time, received_at,
    case when ignored_by is null then 'pending' else 'ignored' end, '[]', 0, ignored_by, body from won
), answered as materialized (
  select g.place, 'accepted' as status, g.event_id, false as differs, false as alone from won g
  union all
  select g.place, 'duplicate', m.found, coalesce(e.body <> g.body, false), e.id is null
  from given g join marked m using (place) left join hookline.events e on e.id = m.found where m.found is not null
  union all
  select g.place, 'duplicate', w.event_id, w.body <> g.body, false
  from given g join marked m using (place) join won w using (mark)
  where m.found is null and g.place > w.place and g.received_at < w.keep_until
), new_deliveries as (
  insert into hookline.deliveries (id, source, status, received_at, reason, event_id, alone, size, headers, body)
  select g.delivery_id, g.source, a.status, g.received_at, null, a.event_id, a.alone, g.length, g.headers,
    case when a.differs then g.body end
  from given g join answered a using (place)
)
select place, status, event_id, differs from answered`;

interface AnswerRow {
  place: number;
  status: 'accepted' | 'duplicate';
  event_id: string;
  differs: boolean;
}

/** One answer for each item; undefined: another replica takes this key at this moment, and what became of it is not known yet. */
export async function acceptOnce(
  sql: Sql,
  batch: readonly AcceptDelivery[],
): Promise<readonly (Accepted | undefined)[]> {
  const rows = await sql.rows<AnswerRow>(acceptAll, valuesOf(batch));
  const answers = new Map(rows.map((row) => [row.place, toAccepted(row)]));
  return batch.map((_, place) => answers.get(place));
}

/** What became of a batch whose answer was lost: undefined where nothing of it is stored. */
export async function findAccepted(
  sql: Sql,
  batch: readonly AcceptDelivery[],
): Promise<readonly (Accepted | undefined)[]> {
  const ids = batch.map(({ deliveryId }) => deliveryId);
  const rows = await sql.rows<Omit<AnswerRow, 'place'> & { id: string }>(
    'select id, status, event_id, body is not null as differs from hookline.deliveries where id = any($1::text[])',
    [ids],
  );
  const answers = new Map(rows.map((row) => [row.id, toAccepted(row)]));
  return ids.map((id) => answers.get(id));
}

function toAccepted({ status, event_id: eventId, differs }: Omit<AnswerRow, 'place'>): Accepted {
  return { status, eventId, differs };
}

/** 128 bits: nobody finds two keys with one mark, and short ones keep the index small. */
export function markOfKey({ source, key }: { readonly source: string; readonly key: string }): Buffer {
  return hash('sha256', JSON.stringify([source, key]), 'buffer').subarray(0, 16);
}

/** Bodies go as one run of bytes: an array of them would be sent as text of twice the length. */
function valuesOf(batch: readonly AcceptDelivery[]): unknown[] {
  let next = 1;
  const starts = batch.map(({ body }) => {
    const start = next;
    next += body.byteLength;
    return start;
  });
  const column = <T>(pick: (item: AcceptDelivery) => T) => batch.map(pick);
  return [
    Buffer.concat(column(({ body }) => body)),
    batch.map((_, place) => place),
    column(({ deliveryId }) => deliveryId),
    column(({ eventId }) => eventId),
    column(({ source }) => source),
    column(({ type }) => type),
    column(({ key }) => key),
    column(({ rule }) => rule),
    column(({ time }) => time),
    column(({ receivedAt }) => receivedAt),
    column(({ keepUntil }) => keepUntil),
    column(({ headers }) => JSON.stringify(headers)),
    column(markOfKey),
    starts,
    column(({ body }) => body.byteLength),
    column(({ ignoredBy }) => ignoredBy ?? null),
  ];
}
