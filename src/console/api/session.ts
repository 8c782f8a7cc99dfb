// Signing in and out of the console, and who is signed in.

import type { FastifyInstance } from 'fastify';
import { HostError } from '../../core/errors.ts';
import type { FromSchema } from '../../plugin/index.ts';
import { fromOurPage, noCookie, type Access } from './access.ts';
import type { AdminParts } from './parts.ts';

const session = {
  type: 'object',
  properties: {
    role: { enum: ['viewer', 'operator', null], description: 'null: not signed in' },
    sandbox: { type: 'boolean', description: 'true in dev: every connection is a sandbox' },
  },
  required: ['role', 'sandbox'],
  additionalProperties: false,
} as const;
export type SessionView = FromSchema<typeof session>;

const signIn = {
  type: 'object',
  properties: { token: { type: 'string', maxLength: 500, description: 'the admin token' } },
  required: ['token'],
  additionalProperties: false,
} as const;

/** These routes answer to everyone. */
export function sessionRoutes(api: FastifyInstance, parts: AdminParts, access: Access): void {
  const { log } = parts;
  const config = { open: true };
  const sandbox = () => parts.sandboxes().size > 0;
  const schema = { response: { 200: session } };
  api.get('/session', { config, schema }, async ({ method, headers }): Promise<SessionView> => {
    return { role: access.roleOf({ method, headers }), sandbox: sandbox() };
  });
  api.post<{ Body: FromSchema<typeof signIn> }>(
    '/session',
    { config, schema: { body: signIn, ...schema } },
    async ({ headers, body, ip }, reply): Promise<SessionView> => {
      const role = fromOurPage(headers) ? access.roleOfToken(body.token) : null;
      if (role === null) {
        log.warn('admin: sign-in refused', { ip });
        throw new HostError('admin.unauthorized');
      }
      void reply.header('set-cookie', access.cookieFor(role));
      log.info('admin: signed in', { role, ip });
      return { role, sandbox: sandbox() };
    },
  );
  api.post('/session/end', { config, schema }, async (_, reply): Promise<SessionView> => {
    void reply.header('set-cookie', noCookie);
    return { role: null, sandbox: sandbox() };
  });
}
