// The admin listener: the JSON API over everything that is stored, on a port of its own and behind a token.

import type { AddressInfo } from 'node:net';
import build, { type Schema } from 'fast-json-stringify';
import { fastify, type FastifyInstance } from 'fastify';
import { listenFault } from '../../core/errors.ts';
import { createAccess, type Access } from './access.ts';
import { answerFailure, answerUnknown, describeInvalid } from './failure.ts';
import { guardApi } from './guard.ts';
import { builtPage, pageRoutes } from './page.ts';
import { healthRoutes } from './health.ts';
import { metricRoutes } from './metrics.ts';
import type { AdminParts } from './parts.ts';
import { apiRoutes } from './routes.ts';

export interface Admin {
  /** Rejects with `port.taken`. */
  start(): Promise<{ readonly url: string }>;
  stop(): Promise<void>;
}

const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** What a request under way has to finish once the listener stops; Node itself would wait for a slow sender for ever. */
const graceMs = 1000;

export function createAdmin(parts: AdminParts): Admin {
  let stopping = false;
  const server = fastify({
    logger: false,
    bodyLimit: 1_048_576,
    requestTimeout: 10_000,
    keepAliveTimeout: 5000,
    forceCloseConnections: 'idle',
    http: { connectionsCheckingInterval: 2000 },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, verbose: true } },
    schemaErrorFormatter: describeInvalid,
  });
  server.setSerializerCompiler(({ schema }) => writeLazily(schema as Schema));
  server.removeContentTypeParser('text/plain');
  server.addHook('onRequest', async (_, reply) => void reply.headers(headers));
  server.addHook('onSend', async (_, reply) => void (stopping && reply.header('connection', 'close')));
  server.setErrorHandler(answerFailure(parts.log));
  server.setNotFoundHandler(answerUnknown);
  const access = createAccess(
    { operator: parts.token, viewer: parts.viewerToken ?? '', code: parts.signInCode ?? '' },
    parts.clock,
  );
  server.register(async (api) => addApi(api, parts, access), { prefix: '/api' });
  healthRoutes(server, parts);
  metricRoutes(server, parts, access);
  server.register((page) => pageRoutes(page, parts.page ?? builtPage));
  return {
    start: async () => {
      const { host, port } = parts.settings;
      try {
        await server.listen({ host, port });
      } catch (error) {
        throw listenFault(error, { host, port, prefix: 'ADMIN_' });
      }
      return { url: urlOf(server.server.address() as AddressInfo) };
    },
    stop: async () => {
      stopping = true;
      const cut = setTimeout(() => server.server.closeAllConnections(), graceMs);
      await server.close().finally(() => clearTimeout(cut));
    },
  };
}

function addApi(api: FastifyInstance, parts: AdminParts, access: Access): void {
  guardApi(api, parts, access);
  api.setNotFoundHandler(answerUnknown);
  apiRoutes(api, parts, access);
  let document: Promise<object> | undefined;
  api.get(
    '/openapi.json',
    { schema: { response: { 200: { type: 'object', additionalProperties: true } } } },
    async () => {
      document ??= import('./openapi.ts').then(({ describeApi }) => describeApi(parts));
      return document;
    },
  );
}

/** Most answers are never asked for: what writes one is made when it is first needed. */
function writeLazily(schema: Schema): (data: unknown) => string {
  let write: ((data: unknown) => string) | undefined;
  return (data) => {
    write ??= build(schema);
    return write(data);
  };
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
