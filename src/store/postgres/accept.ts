// What the receiver waits for: deliveries, dedupe marks and events of a whole batch in one statement and one commit.

import { hash } from 'node:crypto';
import { eventOf } from '../columns.ts';
import type { AcceptDelivery, Accepted } from '../store.ts';
import type { Sql } from './database.ts';

const columns =
  'place, delivery_id, event_id, source, type, key, rule, time, received_at, keep_until, headers, mark, start, length, ignored_by';

const given = `given as materialized (
  select * from unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::bigint[], $11::bigint[], $12::text[], $13::bytea[], $14::integer[], $15::integer[], $16::text[]) as g (${columns})
)`;

const eventColumns = 'id, source, type, key, rule, time, received_at, status, matched, runs, config, body';
const eventValues = `event_id, source, type, key, rule, time, received_at,
    case when ignored_by is null then 'pending' else 'ignored' end, '[]', 0, ignored_by, substr($1::bytea, start, length)`;

/**
 * Only what is new, which is almost all there ever is: no row is looked up. Whatever has no answer is asked again the other way.
 * The rows of `taken` are looked up in a hash: `is true` keeps it from becoming a join.
 */
const acceptNew = `
with ${given}, taken as (
  insert into hookline.marks (mark, event_id, taken_at, keep_until)
  select mark, event_id, received_at, keep_until from given order by mark, place
  on conflict (mark) do nothing returning event_id
), new_events as (
  insert into hookline.events (${eventColumns}, headers)
  select ${eventValues}, headers from given where (event_id in (select event_id from taken)) is true
)
select event_id from taken`;

/**
 * `found`: of live marks that were there before. `taken`: marks of this batch's new keys; one that another replica takes at this
 * moment is not among them, and neither is a row that follows it: they have no answer and are asked again.
 */
const acceptAny = `
with ${given}, marked as materialized (
  select g.*, substr($1::bytea, g.start, g.length) as body,
    (select m.event_id from hookline.marks m where m.mark = g.mark and m.keep_until > g.received_at) as found
  from given g
), fresh as materialized (
  select distinct on (mark) * from marked where found is null order by mark, place
), taken as (
  insert into hookline.marks as m (mark, event_id, taken_at, keep_until)
  select mark, event_id, received_at, keep_until from fresh order by mark
  on conflict (mark) do update
    set event_id = excluded.event_id, taken_at = excluded.taken_at, keep_until = excluded.keep_until
    where m.keep_until <= excluded.taken_at
  returning mark
), won as materialized (
  select * from fresh where (mark in (select mark from taken)) is true
), new_events as (
  insert into hookline.events (${eventColumns}) select ${eventValues} from won
), known as materialized (
  select m.*, (select e.body <> m.body from hookline.events e where e.id = m.found) as other
  from marked m where m.found is not null
), answered as materialized (
  select place, 'accepted' as status, event_id as answer, false as differs, false as alone, delivery_id, source, received_at,
    headers, body from won
  union all
  select place, 'duplicate', found, coalesce(other, false), other is null, delivery_id, source, received_at, headers, body
  from known
  union all
  select g.place, 'duplicate', w.event_id, w.body <> g.body, false, g.delivery_id, g.source, g.received_at, g.headers, g.body
  from marked g join won w using (mark) where g.found is null and g.place > w.place and g.received_at < w.keep_until
), new_deliveries as (
  insert into hookline.deliveries (id, source, status, received_at, reason, event_id, alone, size, headers, body)
  select delivery_id, source, status, received_at, null, answer, alone, length(body), headers, case when differs then body end
  from answered
)
select place, status, answer as event_id, differs from answered`;

interface AnswerRow {
  place: number;
  status: 'accepted' | 'duplicate';
  event_id: string;
  differs: boolean;
}

/** One answer for each item; undefined: its key was there before, or its delivery needs a row of its own. */
export async function acceptFirst(
  sql: Sql,
  batch: readonly AcceptDelivery[],
): Promise<readonly (Accepted | undefined)[]> {
  const together = batch.filter(({ deliveryId, eventId }) => eventOf(deliveryId) === eventId);
  if (together.length === 0) return batch.map(() => undefined);
  const rows = await sql.rows<{ event_id: string }>(acceptNew, valuesOf(together));
  const taken = new Set(rows.map((row) => row.event_id));
  return batch.map(({ eventId }) => (taken.has(eventId) ? { status: 'accepted', eventId, differs: false } : undefined));
}

/** One answer for each item; undefined: another replica takes this key at this moment, and what became of it is not known yet. */
export async function acceptOnce(
  sql: Sql,
  batch: readonly AcceptDelivery[],
): Promise<readonly (Accepted | undefined)[]> {
  const rows = await sql.rows<AnswerRow>(acceptAny, valuesOf(batch));
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
    `select id, status, event_id, body is not null as differs from hookline.deliveries where id = any($1::text[])
     union all
     select 'dlv' || substr(id, 4), 'accepted', id, false from hookline.events
     where id = any($2::text[]) and headers is not null`,
    [ids, ids.flatMap((id) => eventOf(id) ?? [])],
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
