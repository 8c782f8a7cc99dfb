// What the process says of itself, with the counts and the connections that need a person.

import type { FastifyInstance } from 'fastify';
import { readConnections } from './connections.ts';
import type { AdminParts } from './parts.ts';
import { iso, isoOrNull } from './values.ts';

const status = {
  type: 'object',
  properties: {
    now: { type: 'string' },
    store: { type: 'object', additionalProperties: true },
    connections: { type: 'array', items: { type: 'object', additionalProperties: true } },
  },
  required: ['now', 'store', 'connections'],
  additionalProperties: true,
} as const;

export function statusRoutes(api: FastifyInstance, parts: AdminParts): void {
  api.get('/status', { schema: { response: { 200: status } } }, async () => {
    const [own, stats, connections] = await Promise.all([parts.status(), parts.store.stats(), readConnections(parts)]);
    const store = { ...stats, oldestDueAt: isoOrNull(stats.oldestDueAt) };
    return { ...own, now: iso(parts.clock()), store, connections };
  });
}
