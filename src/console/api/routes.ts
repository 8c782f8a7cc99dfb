// Every route of the API: the running server and its OpenAPI document are both made from this list.

import type { FastifyInstance } from 'fastify';
import type { Access } from './access.ts';
import { attentionRoutes } from './attention.ts';
import { auditRoutes } from './audit.ts';
import { bulkRoutes } from './bulk.ts';
import { changeRoutes } from './changes-route.ts';
import { configRoutes } from './config.ts';
import { connectionRoutes } from './connections.ts';
import { deliveryRoutes } from './deliveries.ts';
import { eventStreamRoutes } from './event-stream.ts';
import { eventRoutes } from './events.ts';
import { failure } from './failure.ts';
import { overviewRoutes } from './overview.ts';
import type { AdminParts } from './parts.ts';
import { playgroundRoutes } from './playground.ts';
import { reloadRoutes } from './reload.ts';
import { runRoutes } from './runs.ts';
import { sandboxRoutes } from './sandbox.ts';
import { sessionRoutes } from './session.ts';
import { statusRoutes } from './status.ts';
import { whyRoutes } from './why.ts';
import { workflowRoutes } from './workflows.ts';

/** Adds them, each with the form that failures have. */
export function apiRoutes(api: FastifyInstance, parts: AdminParts, access: Access): void {
  api.addHook('onRoute', (route) => {
    const { response, ...schema } = route.schema ?? {};
    route.schema = { ...schema, response: { ...(response as object | undefined), '4xx': failure, '5xx': failure } };
  });
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
    attentionRoutes,
    auditRoutes,
    bulkRoutes,
    workflowRoutes,
    connectionRoutes,
    sandboxRoutes,
    playgroundRoutes,
    statusRoutes,
  ]) {
    routes(api, parts);
  }
  sessionRoutes(api, parts, access);
}
