// The admin listener: the JSON API over everything that is stored, on a port of its own and behind a token.

import type { AddressInfo } from 'node:net';
import { fastify, type FastifyInstance } from 'fastify';
import { HostError } from '../../core/errors.ts';
import { createAccess, type Access } from './access.ts';
import { changeRoutes } from './changes-route.ts';
import { configRoutes } from './config.ts';
import { connectionRoutes } from './connections.ts';
import { deliveryRoutes } from './deliveries.ts';
import { eventRoutes } from './events.ts';
import { eventStreamRoutes } from './event-stream.ts';
import { answerFailure, answerUnknown, describeInvalid, failure } from './failure.ts';
import { overviewRoutes } from './overview.ts';
import { builtPage, pageRoutes } from './page.ts';
import { healthRoutes } from './health.ts';
import { metricRoutes } from './metrics.ts';
import type { AdminParts } from './parts.ts';
import { reloadRoutes } from './reload.ts';
import { runRoutes } from './runs.ts';
import { sandboxRoutes } from './sandbox.ts';
import { sessionRoutes } from './session.ts';
import { statusRoutes } from './status.ts';
import { whyRoutes } from './why.ts';
import { workflowRoutes } from './workflows.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers to everyone. */
    readonly open?: boolean;
    /** Changes nothing, although it is not a GET. */
    readonly reads?: boolean;
  }
}

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
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
        throw new HostError('port.taken', { host, port, setting: 'ADMIN_PORT' }, { cause: error });
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
  api.addHook('onRequest', async ({ method, headers, routeOptions: { config } }) => {
    if (config.open) return;
    const role = access.roleOf({ method, headers });
    if (role === null) throw new HostError('admin.unauthorized');
    if (role === 'viewer' && method !== 'GET' && !config.reads) throw new HostError('admin.forbidden');
  });
  api.addHook('onRoute', (route) => {
    const { response, ...schema } = route.schema ?? {};
    route.schema = { ...schema, response: { ...(response as object | undefined), '4xx': failure, '5xx': failure } };
  });
  api.setNotFoundHandler(answerUnknown);
  sessionRoutes(api, parts, access);
  for (const routes of [
    eventRoutes,
    eventStreamRoutes,
    configRoutes,
    reloadRoutes,
    whyRoutes,
    runRoutes,
    deliveryRoutes,
    changeRoutes,
    overviewRoutes,
    workflowRoutes,
    connectionRoutes,
    sandboxRoutes,
    statusRoutes,
  ]) {
    routes(api, parts);
  }
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
