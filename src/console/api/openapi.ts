// The OpenAPI document of the admin API, made from the route schemas when somebody asks for it.

import swagger from '@fastify/swagger';
import { fastify } from 'fastify';
import about from '../../../package.json' with { type: 'json' };
import type { AdminParts } from './parts.ts';
import { apiRoutes } from './routes.ts';

const description =
  'Everything that is stored, and what people may do to it. Each request carries `authorization: Bearer <ADMIN_TOKEN>`. ' +
  'Lists are newest first; `before` takes the `next` of the page before.';

/** The same routes as the running server; none of them is called. */
export async function describeApi(parts: AdminParts): Promise<object> {
  const server = fastify({ logger: false });
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Hookline', description, version: about.version },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
  });
  await server.register(async (api) => apiRoutes(api, parts), { prefix: '/api' });
  await server.ready();
  const document = server.swagger();
  await server.close();
  return document;
}
