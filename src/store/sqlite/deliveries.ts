// Deliveries and dedupe marks: what the receiver writes, and the list of deliveries.

import { hash } from 'node:crypto';
import type { Delivery, DeliveryStatus } from '../../core/model.ts';
import type { AcceptDelivery, Accepted, Page, RefuseDelivery, Settled } from '../store.ts';
import { readPage } from './page.ts';
import { settle, type Writing } from './savepoint.ts';
import type { Sql } from './sql.ts';

export function accept(writing: Writing, batch: readonly AcceptDelivery[]): readonly Settled<Accepted>[] {
  return batch.map((item) => settle(writing, () => acceptOne(writing.sql, item)));
}

function acceptOne(sql: Sql, item: AcceptDelivery): Accepted {
  const mark = hash('sha256', JSON.stringify([item.source, item.key]), 'buffer');
  const found = sql.get('select event_id, keep_until from marks where mark = ?', mark) as
    | { event_id: string; keep_until: number }
    | undefined;
  if (found && found.keep_until > item.receivedAt) return repeat(sql, item, found.event_id);
  sql.run(
    'insert into marks (mark, event_id, keep_until) values (?, ?, ?) ' +
      'on conflict (mark) do update set event_id = excluded.event_id, keep_until = excluded.keep_until',
    mark,
    item.eventId,
    item.keepUntil,
  );
  sql.run(
    'insert into events (id, source, type, key, rule, time, received_at, status, matched, runs, body) ' +
      "values (?, ?, ?, ?, ?, ?, ?, 'pending', '[]', 0, ?)",
    item.eventId,
    item.source,
    item.type,
    item.key,
    item.rule,
    item.time,
    item.receivedAt,
    item.body,
  );
  insertDelivery(sql, {
    ...item,
    id: item.deliveryId,
    status: 'accepted',
    reason: null,
    alone: false,
    size: item.body.byteLength,
    body: null,
  });
  return { status: 'accepted', eventId: item.eventId, differs: false };
}

/** The event may be gone while its mark still lives; then nothing is known of its body. */
function repeat(sql: Sql, item: AcceptDelivery, eventId: string): Accepted {
  const event = sql.get('select body from events where id = ?', eventId) as { body: Uint8Array } | undefined;
  const differs = event !== undefined && Buffer.compare(event.body, item.body) !== 0;
  insertDelivery(sql, {
    ...item,
    id: item.deliveryId,
    status: 'duplicate',
    reason: null,
    eventId,
    alone: event === undefined,
    size: item.body.byteLength,
    body: differs ? item.body : null,
  });
  return { status: 'duplicate', eventId, differs };
}

export function refuse({ sql }: Writing, batch: readonly RefuseDelivery[]): void {
  for (const item of batch) insertDelivery(sql, { ...item, status: 'refused', eventId: null, alone: true });
}

/** `alone`: pruned by its own age, because no event carries it away. */
function insertDelivery(sql: Sql, delivery: Delivery & { alone: boolean }): void {
  sql.run(
    'insert into deliveries (id, source, status, received_at, reason, event_id, alone, size, headers, body) ' +
      'values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    delivery.id,
    delivery.source,
    delivery.status,
    delivery.receivedAt,
    delivery.reason,
    delivery.eventId,
    delivery.alone ? 1 : 0,
    delivery.size,
    JSON.stringify(delivery.headers),
    delivery.body,
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
  body: Uint8Array | null;
}

export function deliveries(
  sql: Sql,
  {
    id,
    eventId: event_id,
    status,
  }: { id?: string | undefined; eventId?: string | undefined; status?: DeliveryStatus | undefined },
  page: Page,
): readonly Delivery[] {
  const rows = readPage(sql, 'deliveries', { id, event_id, status }, page) as DeliveryRow[];
  return rows.map((row) => ({
    id: row.id,
    source: row.source,
    status: row.status,
    receivedAt: row.received_at,
    headers: JSON.parse(row.headers) as Delivery['headers'],
    reason: row.reason,
    eventId: row.event_id,
    size: row.size,
    body: row.body,
  }));
}
