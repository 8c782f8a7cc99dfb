// The list of deliveries: rows of their own, and the first one of each event, which is told by the event's row.

import type { Delivery } from '../../core/model.ts';
import { amongEvents, eventOf, toDelivery, type DeliveryRow } from '../columns.ts';
import type { DeliveryFilter, Page } from '../store.ts';
import { limitOf, readPage } from './page.ts';
import type { Sql, Value } from './sql.ts';

export function deliveries(sql: Sql, filter: DeliveryFilter, page: Page): readonly Delivery[] {
  const { id, eventId: event_id, status, source, reason } = filter;
  const rows = readPage(sql, 'deliveries', { id, event_id, status, source, reason }, page) as DeliveryRow[];
  if (status === 'duplicate' || status === 'refused' || reason !== undefined) return rows.map(toDelivery);
  const all = [...rows, ...firstOnes(sql, filter, page)].sort((a, b) => (a.id < b.id ? 1 : -1));
  return all.slice(0, limitOf(page)).map(toDelivery);
}

function firstOnes(sql: Sql, { id, eventId, source }: DeliveryFilter, page: Page): readonly DeliveryRow[] {
  const conditions = ['headers is not null'];
  const values: Value[] = [];
  for (const wanted of [id === undefined ? undefined : (eventOf(id) ?? ''), eventId]) {
    if (wanted === undefined) continue;
    conditions.push('id = ?');
    values.push(wanted);
  }
  if (source !== undefined) {
    conditions.push('source = ?');
    values.push(source);
  }
  if (page.before !== undefined) {
    conditions.push('id < ?');
    values.push(amongEvents(page.before));
  }
  if (page.from !== undefined) {
    conditions.push('id >= ?');
    values.push(amongEvents(page.from));
  }
  return sql.all(
    "select 'dlv' || substr(id, 4) as id, source, 'accepted' as status, received_at, null as reason, id as event_id, " +
      `length(body) as size, headers, null as body from events where ${conditions.join(' and ')} ` +
      'order by events.id desc limit ?',
    ...values,
    limitOf(page),
  ) as DeliveryRow[];
}
