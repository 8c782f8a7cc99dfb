// What the process says of itself, with the counts and the connections that need a person.

import type { FastifyInstance } from 'fastify';
import type { Stats } from '../../store/store.ts';
import { connection, readConnections, type ConnectionView } from './connections.ts';
import { deliveryStatuses } from './deliveries.ts';
import { eventStatuses } from './events.ts';
import type { AdminParts } from './parts.ts';
import { runStatuses } from './run-view.ts';
import { iso, isoOrNull, timeOrNull } from './values.ts';

const counts = <const K extends string>(words: readonly K[]) =>
  ({
    type: 'object',
    properties: Object.fromEntries(words.map((word) => [word, { type: 'integer' }])) as Record<K, { type: 'integer' }>,
    required: words,
    additionalProperties: false,
  }) as const;

const status = {
  type: 'object',
  properties: {
    now: { type: 'string' },
    store: {
      type: 'object',
      properties: {
        events: counts(eventStatuses),
        runs: counts(runStatuses),
        deliveries: counts(deliveryStatuses),
        oldestDueAt: { ...timeOrNull, description: 'of a run that could be claimed' },
        bytes: { type: 'integer', description: 'size of the store' },
      },
      required: ['events', 'runs', 'deliveries', 'oldestDueAt', 'bytes'],
      additionalProperties: true,
    },
    connections: { type: 'array', items: connection },
  },
  required: ['now', 'store', 'connections'],
  additionalProperties: true,
} as const;

export interface StatusView {
  readonly now: string;
  readonly store: Omit<Stats, 'oldestDueAt'> & { readonly oldestDueAt: string | null };
  readonly connections: readonly ConnectionView[];
}

export function statusRoutes(api: FastifyInstance, parts: AdminParts): void {
  api.get('/status', { schema: { response: { 200: status } } }, async () => {
    const [own, stats, connections] = await Promise.all([parts.status(), parts.store.stats(), readConnections(parts)]);
    const store = { ...stats, oldestDueAt: isoOrNull(stats.oldestDueAt) };
    return { ...own, now: iso(parts.clock()), store, connections };
  });
}
