// Deliveries: those that are refused, and the list of all.

import type { Delivery, DeliveryStatus } from '../../core/model.ts';
import type { DeliveryFilter, Page, RefuseDelivery } from '../store.ts';
import type { Sql } from './database.ts';
import { readPage } from './page.ts';

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

interface DeliveryRow {
  id: string;
  source: string;
  status: DeliveryStatus;
  received_at: number;
  reason: string | null;
  event_id: string | null;
  size: number;
  headers: string;
  body: Buffer | null;
}

const columns = 'id, source, status, received_at, reason, event_id, size, headers, body';

export async function deliveries(sql: Sql, filter: DeliveryFilter, page: Page): Promise<readonly Delivery[]> {
  const { eventId: event_id, ...rest } = filter;
  const rows = await readPage<DeliveryRow>(sql, { name: 'deliveries', columns }, { event_id, ...rest }, page);
  return rows.map((row) => ({
    id: row.id,
    source: row.source,
    status: row.status,
    receivedAt: row.received_at,
    headers: JSON.parse(row.headers) as Delivery['headers'],
    reason: row.reason,
    eventId: row.event_id,
    size: row.size,
    body: row.body === null ? null : toBytes(row.body),
  }));
}

/** A plain array of bytes, as every store gives it. */
export function toBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
