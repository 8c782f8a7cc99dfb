// Deliveries and dedupe marks: what the receiver writes.

import { hash } from 'node:crypto';
import type { Delivery } from '../../core/model.ts';
import { eventOf } from '../columns.ts';
import type { Accepted, RefuseDelivery, Settled } from '../store.ts';
import type { PackedDelivery } from './pack.ts';
import { settle, type Writing } from './savepoint.ts';
import type { Sql } from './sql.ts';

export function accept(writing: Writing, batch: readonly PackedDelivery[]): readonly Settled<Accepted>[] {
  return batch.map((item) => settle(writing, () => acceptOne(writing, item)));
}

function acceptOne({ sql, marks }: Writing, item: PackedDelivery): Accepted {
  const { eventId } = item;
  // 128 bits: nobody finds two keys with one mark, and short ones keep the index small.
  const mark = hash('sha256', JSON.stringify([item.source, item.key]), 'buffer').subarray(0, 16);
  const first = marks.find(mark, item.receivedAt);
  if (first !== undefined) return repeat(sql, item, first);
  marks.add({ mark, eventId, keepUntil: item.keepUntil });
  const together = eventOf(item.deliveryId) === eventId;
  sql.run(
    'insert into events (id, source, type, key, rule, time, received_at, status, matched, runs, config, headers, body) ' +
      "values (?, ?, ?, ?, ?, ?, ?, ?, '[]', 0, ?, ?, ?)",
    eventId,
    item.source,
    item.type,
    item.key,
    item.rule,
    item.time,
    item.receivedAt,
    item.ignoredBy === undefined ? 'pending' : 'ignored',
    item.ignoredBy ?? null,
    together ? item.headers : null,
    item.body,
  );
  if (!together) insertDelivery(sql, { ...rowOf(item), status: 'accepted', eventId, alone: false, body: null });
  return { status: 'accepted', eventId, differs: false };
}

/** The event may be gone while its mark still lives; then nothing is known of its body. */
function repeat(sql: Sql, item: PackedDelivery, eventId: string): Accepted {
  const event = sql.get('select body from events where id = ?', eventId) as { body: Uint8Array } | undefined;
  const differs = event !== undefined && Buffer.compare(event.body, item.body) !== 0;
  insertDelivery(sql, {
    ...rowOf(item),
    status: 'duplicate',
    eventId,
    alone: event === undefined,
    body: differs ? item.body : null,
  });
  return { status: 'duplicate', eventId, differs };
}

export function refuse({ sql }: Writing, batch: readonly RefuseDelivery[]): void {
  for (const item of batch) {
    const headers = JSON.stringify(item.headers);
    insertDelivery(sql, { ...item, headers, status: 'refused', eventId: null, alone: true });
  }
}

type NewDelivery = Omit<Delivery, 'headers'> & {
  readonly headers: string;
  /** Pruned by its own age, because no event carries it away. */
  readonly alone: boolean;
};

function rowOf({ deliveryId: id, source, receivedAt, headers, body }: PackedDelivery) {
  return { id, source, receivedAt, headers, size: body.byteLength, reason: null };
}

function insertDelivery(sql: Sql, delivery: NewDelivery): void {
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
    delivery.headers,
    delivery.body,
  );
}
