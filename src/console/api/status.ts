// What the process says of itself, with the counts and the connections that need a person.

import type { FastifyInstance } from 'fastify';
import { connection, readConnections } from './connections.ts';
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

const replica = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    host: { type: 'string' },
    config: { type: 'string', description: 'hash of the workflow file it runs by' },
    startedAt: { type: 'string' },
    seenAt: { type: 'string' },
  },
  required: ['id', 'host', 'config', 'startedAt', 'seenAt'],
  additionalProperties: false,
} as const;

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
    replicas: {
      type: 'array',
      items: replica,
      description: 'the processes on this store; none where there can be one only',
    },
  },
  required: ['now', 'store', 'connections', 'replicas'],
  additionalProperties: true,
} as const;

export function statusRoutes(api: FastifyInstance, parts: AdminParts): void {
  api.get('/status', { schema: { response: { 200: status } } }, async () => {
    const [own, stats, connections] = await Promise.all([parts.status(), parts.store.stats(), readConnections(parts)]);
    const store = { ...stats, oldestDueAt: isoOrNull(stats.oldestDueAt) };
    const seen = (await parts.store.shared?.replicas()) ?? [];
    const replicas = seen.map((one) => ({ ...one, startedAt: iso(one.startedAt), seenAt: iso(one.seenAt) }));
    return { ...own, now: iso(parts.clock()), store, connections, replicas };
  });
}
