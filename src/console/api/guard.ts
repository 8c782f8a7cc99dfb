// In front of every route of the API: who asks, whether they may, and a record of everything a person changed.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HostError } from '../../core/errors.ts';
import { createId } from '../../core/id.ts';
import type { Access, Role } from './access.ts';
import type { AdminParts } from './parts.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers to everyone. */
    readonly open?: boolean;
    /** Changes nothing, although it is not a GET. */
    readonly reads?: boolean;
  }
}

export function guardApi(api: FastifyInstance, parts: AdminParts, access: Access): void {
  const roles = new WeakMap<FastifyRequest, Role>();
  api.addHook('onRequest', async (request) => {
    const { method, headers, routeOptions } = request;
    if (routeOptions.config.open) return;
    const role = access.roleOf({ method, headers });
    if (role === null) throw new HostError('admin.unauthorized');
    if (role === 'viewer' && method !== 'GET' && !routeOptions.config.reads) throw new HostError('admin.forbidden');
    roles.set(request, role);
  });
  api.addHook('onResponse', async (request, reply) => {
    const role = roles.get(request);
    const { method, routeOptions } = request;
    if (role === undefined || method === 'GET' || routeOptions.config.reads) return;
    await record(parts, request, role, reply.statusCode < 400);
  });
}

async function record(parts: AdminParts, request: FastifyRequest, role: Role, ok: boolean): Promise<void> {
  const { clock, random, store, log } = parts;
  const at = clock();
  const { id, name } = (request.params ?? {}) as { readonly id?: string; readonly name?: string };
  const action = (request.routeOptions.url ?? '').replace(/^\/api\//, '').replace(/\/?:(id|name)/, '');
  const entry = { id: createId('aud', at, random), at, role, from: request.ip, action, target: id ?? name ?? '', ok };
  await store.audit(entry).catch((error: unknown) => {
    log.error('what a person did could not be recorded', { ...entry, error: String(error) });
  });
}
