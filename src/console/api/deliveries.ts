// Deliveries: every request from a sender, the refused ones with their reason.

import type { FastifyInstance } from 'fastify';
import { HostError } from '../../core/errors.ts';
import type { FromSchema } from '../../plugin/index.ts';
import type { Delivery, DeliveryStatus } from '../../core/model.ts';
import { boundsOf, nameQuery, pageOf, pageQuery, rangeQuery, readPage } from './paging.ts';
import type { AdminParts } from './parts.ts';
import { bytes, iso, time, viewBytes } from './values.ts';

export const deliveryStatuses = ['accepted', 'duplicate', 'refused'] as const satisfies readonly DeliveryStatus[];

export const delivery = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    source: { type: 'string' },
    status: { enum: deliveryStatuses },
    receivedAt: time,
    reason: { type: ['string', 'null'], description: 'of a refused one: why' },
    eventId: { type: ['string', 'null'] },
    size: { type: 'integer', description: 'of the whole body, in bytes' },
    headers: { type: 'array', items: { type: 'array', items: { type: 'string' } } },
    body: {
      ...bytes,
      type: ['object', 'null'],
      description: 'of a refused one the first bytes; of a duplicate its body when it differs from the first',
    },
  },
  required: ['id', 'source', 'status', 'receivedAt', 'reason', 'eventId', 'size', 'headers', 'body'],
  additionalProperties: false,
} as const;

export type DeliveryView = FromSchema<typeof delivery>;

/** A list shows this many bytes of a body. */
const preview = 4096;

export function viewDelivery(row: Delivery): DeliveryView {
  return {
    id: row.id,
    source: row.source,
    status: row.status,
    receivedAt: iso(row.receivedAt),
    reason: row.reason,
    eventId: row.eventId,
    size: row.size,
    headers: row.headers.map((pair) => [...pair]),
    body: row.body === null ? null : viewBytes(row.body, preview),
  };
}

const query = {
  type: 'object',
  properties: {
    status: { enum: deliveryStatuses, description: `one of ${deliveryStatuses.join(', ')}` },
    event: nameQuery,
    source: nameQuery,
    reason: { ...nameQuery, description: 'why it was refused, such as signature.stale' },
    ...rangeQuery,
    ...pageQuery,
  },
  additionalProperties: false,
} as const;

const page = pageOf(delivery);
export type DeliveriesAnswer = FromSchema<typeof page>;

export function deliveryRoutes(api: FastifyInstance, { store, clock }: AdminParts): void {
  api.get<{ Querystring: FromSchema<typeof query> }>(
    '/deliveries',
    { schema: { querystring: query, response: { 200: page } } },
    ({ query: { status, event: eventId, source, reason, limit, ...range } }): Promise<DeliveriesAnswer> => {
      const wanted = {
        status: status ?? (reason === undefined ? undefined : ('refused' as const)),
        eventId,
        source,
        reason,
      };
      const bounds = boundsOf('dlv', range, clock());
      return readPage({ ...bounds, ...(limit && { limit }) }, (part) => store.deliveries(wanted, part), viewDelivery);
    },
  );
  api.get<{ Params: { id: string } }>(
    '/deliveries/:id',
    { schema: { response: { 200: delivery } } },
    async ({ params: { id } }): Promise<DeliveryView> => {
      const [row] = await store.deliveries({ id }, { limit: 1 });
      if (row === undefined) throw new HostError('not.found', { what: 'delivery', id });
      return viewDelivery(row);
    },
  );
}
