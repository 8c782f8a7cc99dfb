// Deliveries: those that are refused, and the list of all: rows of their own, and the first one of each event, which is told by the event's row.

import type { Delivery } from '../../core/model.ts';
import { amongEvents, eventOf, toDelivery, type DeliveryRow as PlainRow } from '../columns.ts';
import type { DeliveryFilter, Page, RefuseDelivery } from '../store.ts';
import type { Sql } from './database.ts';
import { limitOf, readPage } from './page.ts';

export async function refuse(sql: Sql, batch: readonly RefuseDelivery[]): Promise<void> {
  if (batch.length === 0) return;
  await sql.run(
    `insert into hookline.deliveries (id, source, status, received_at, reason, event_id, alone, size, headers, body)
     select id, source, 'refused', received_at, reason, null, true, size, headers, body
     from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::integer[], $6::text[], $7::bytea[])
       as g (id, source, received_at, reason, size, headers, body)
     on conflict do nothing`,
    [
      batch.map(({ id }) => id),
      batch.map(({ source }) => source),
      batch.map(({ receivedAt }) => receivedAt),
      batch.map(({ reason }) => reason),
      batch.map(({ size }) => size),
      batch.map(({ headers }) => JSON.stringify(headers)),
      batch.map(({ body }) => Buffer.from(body)),
    ],
  );
}

type DeliveryRow = PlainRow & { readonly body: Buffer | null };

const rowsOfTheirOwn = {
  name: 'deliveries',
  columns: 'id, source, status, received_at, reason, event_id, size, headers, body',
} as const;

const rowsOfEvents = {
  name: 'events',
  columns:
    "'dlv' || substr(id, 4) as id, source, 'accepted' as status, received_at, null as reason, id as event_id, " +
    'length(body) as size, headers, null::bytea as body',
  only: 'headers is not null',
} as const;

export async function deliveries(sql: Sql, filter: DeliveryFilter, page: Page): Promise<readonly Delivery[]> {
  const { id, eventId: event_id, status, source, reason } = filter;
  const own = readPage<DeliveryRow>(sql, rowsOfTheirOwn, { id, event_id, status, source, reason }, page);
  if (status === 'duplicate' || status === 'refused' || reason !== undefined) return (await own).map(plain);
  const all = [...(await own), ...(await firstOnes(sql, filter, page))];
  return all
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, limitOf(page))
    .map(plain);
}

async function firstOnes(sql: Sql, { id, eventId, source }: DeliveryFilter, page: Page): Promise<DeliveryRow[]> {
  const named = id === undefined ? eventId : (eventOf(id) ?? '');
  if (eventId !== undefined && eventId !== named) return [];
  const { before, from } = page;
  return readPage<DeliveryRow>(
    sql,
    rowsOfEvents,
    { id: named, source },
    {
      limit: page.limit,
      ...(before === undefined ? {} : { before: amongEvents(before) }),
      ...(from === undefined ? {} : { from: amongEvents(from) }),
    },
  );
}

function plain(row: DeliveryRow): Delivery {
  return toDelivery({ ...row, body: row.body && toBytes(row.body) });
}

/** A plain array of bytes, as every store gives it. */
export function toBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
