// What people did over the admin listener, newest first.

import type { FastifyInstance } from 'fastify';
import type { FromSchema } from '../../plugin/index.ts';
import type { Audit } from '../../store/store.ts';
import { pageOf, pageQuery, readPage } from './paging.ts';
import type { AdminParts } from './parts.ts';
import { iso, time } from './values.ts';

const entry = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    at: time,
    role: { type: 'string' },
    from: { type: 'string', description: 'the address that asked' },
    action: { type: 'string', description: 'runs/retry, connections/pause and so on' },
    target: { type: 'string', description: 'id or name of what it was done to' },
    ok: { type: 'boolean' },
  },
  required: ['id', 'at', 'role', 'from', 'action', 'target', 'ok'],
  additionalProperties: false,
} as const;

const page = pageOf(entry);
export type AuditAnswer = FromSchema<typeof page>;

const query = { type: 'object', properties: pageQuery, additionalProperties: false } as const;

export function auditRoutes(api: FastifyInstance, { store }: AdminParts): void {
  api.get<{ Querystring: FromSchema<typeof query> }>(
    '/audit',
    { schema: { querystring: query, response: { 200: page } } },
    ({ query: asked }): Promise<AuditAnswer> =>
      readPage(
        asked,
        (part) => store.audits(part),
        ({ at, ...row }: Audit) => ({ ...row, at: iso(at) }),
      ),
  );
}
