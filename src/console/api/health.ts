// `/livez` and `/readyz` of the admin listener: the same words as at the receiver, without a token.

import type { FastifyInstance } from 'fastify';
import type { AdminParts } from './parts.ts';

export function healthRoutes(server: FastifyInstance, { health }: AdminParts): void {
  if (health === undefined) return;
  server.get('/livez', async (_, reply) => {
    const why = health.dead();
    return why === null ? { message: 'alive' } : reply.code(503).send({ message: why });
  });
  server.get('/readyz', async (_, reply) => {
    const { ok, detail } = await health.ready();
    return reply.code(ok ? 200 : 503).send({ ready: ok, ...detail });
  });
}
