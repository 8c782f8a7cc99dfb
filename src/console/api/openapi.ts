// The OpenAPI document of the admin API, made from the route schemas when somebody asks for it.

import swagger from '@fastify/swagger';
import { fastify, type RouteOptions } from 'fastify';
import about from '../../../package.json' with { type: 'json' };
import { createAccess, sessionCookie } from './access.ts';
import type { AdminParts } from './parts.ts';
import { apiRoutes } from './routes.ts';
import { parameters, summaries } from './summaries.ts';

const description =
  'Everything that is stored, and what people may do to it. Each request carries `authorization: Bearer <ADMIN_TOKEN>`; ' +
  'a browser that has signed in sends its cookie instead, and with every change the header `x-hookline-console: 1`. ' +
  'Lists are newest first; `before` takes the `next` of the page before.';

/** The same routes as the running server; none of them is called. */
export async function describeApi(parts: AdminParts): Promise<object> {
  const server = fastify({ logger: false });
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Hookline', description, version: about.version },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: sessionCookie },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
  });
  server.addHook('onRoute', (route) => void (route.schema = { ...route.schema, ...describeRoute(route) }));
  await server.register(async (api) => apiRoutes(api, parts, nobody), { prefix: '/api' });
  await server.ready();
  const document = server.swagger();
  await server.close();
  return document;
}

/** The routes of the document are never called. */
const nobody = createAccess({ operator: '', viewer: '', code: '' }, () => 0);

const streams: Readonly<Record<string, string>> = {
  '/api/changes': 'text/event-stream',
  '/api/events/stream': 'application/x-ndjson',
};

/** What only the document needs: a line for the route and its parameters, and the form of a stream. */
function describeRoute({ method, url, config, schema = {} }: RouteOptions) {
  const summary = summaries[`${String(method)} ${url}`];
  const response = (schema.response ?? {}) as Record<string, object>;
  const stream = streams[url];
  const streamed = { content: stream === undefined ? {} : { [stream]: { schema: { type: 'string' } } } };
  const done = stream === undefined ? response['200'] : streamed;
  const named = [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  const properties = Object.fromEntries(named.map((name) => [name, { type: 'string', description: parameters[name] }]));
  return {
    ...(summary === undefined ? {} : { summary }),
    ...(config?.open ? { security: [] } : {}),
    ...(named.length === 0 ? {} : { params: { type: 'object', properties, required: named } }),
    response: {
      '4xx': { ...response['4xx'], description: 'Refused: what is wrong and what to do.' },
      '5xx': { ...response['5xx'], description: 'It cannot be done now, or failed inside.' },
      200: { ...done, description: 'Done.' },
    },
  };
}
