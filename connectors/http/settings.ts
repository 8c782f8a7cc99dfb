// Settings of an HTTP connection, and the client made of them.

import { type FromSchema, type Log, PermanentError, type Tools } from 'hookline/plugin';

const text = { type: 'string', minLength: 1 } as const;

export const settings = {
  type: 'object',
  properties: {
    baseUrl: {
      type: 'string',
      pattern: '^https?://[^\\s?#@]+$',
      description: 'What `path` is relative to. Credentials and default headers go to its origin and nowhere else.',
    },
    auth: {
      description: 'How requests to the origin of `baseUrl` are authorised. Default: not at all.',
      oneOf: [
        { type: 'object', properties: { kind: { const: 'none' } }, required: ['kind'] },
        {
          type: 'object',
          properties: {
            kind: { const: 'bearer' },
            token: { ...text, description: 'Sent as `Authorization: Bearer …`.' },
          },
          required: ['kind', 'token'],
        },
        {
          type: 'object',
          properties: {
            kind: { const: 'basic' },
            user: { ...text, description: 'Login name.' },
            password: { type: 'string', description: 'Password of the login.' },
          },
          required: ['kind', 'user', 'password'],
        },
        {
          type: 'object',
          properties: {
            kind: { const: 'api-key' },
            in: { enum: ['header', 'query'], description: 'Where the key goes.' },
            name: { ...text, description: 'Name of the header or query parameter.' },
            value: { ...text, description: 'The key.' },
          },
          required: ['kind', 'in', 'name', 'value'],
        },
      ],
    },
    headers: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Headers of every request; with `baseUrl`, of those to its origin.',
    },
    idempotencyHeader: {
      type: 'string',
      pattern: '^[A-Za-z0-9-]{1,100}$',
      default: 'Idempotency-Key',
      description: 'Header that carries the key of a step with `idempotent: true`.',
    },
    checkPath: {
      type: 'string',
      pattern: '^/',
      description: 'Path below `baseUrl` that a GET answers with 2xx while the credentials are good.',
    },
  },
} as const;

type Settings = FromSchema<typeof settings>;
export type Auth = NonNullable<Settings['auth']>;

export interface Client {
  readonly base: URL | undefined;
  readonly auth: Auth;
  readonly headers: Readonly<Record<string, string>>;
  readonly idempotencyHeader: string;
  readonly checkPath: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  readonly log: Log;
}

export function connect(given: Settings, tools: Tools): Client {
  const auth = given.auth ?? { kind: 'none' };
  if (given.baseUrl === undefined && (auth.kind !== 'none' || given.checkPath !== undefined)) {
    throw new PermanentError(
      'the connection has "auth" or "checkPath" but no "baseUrl"; set it, because credentials go only to its origin',
    );
  }
  return {
    base: given.baseUrl === undefined ? undefined : new URL(given.baseUrl),
    auth,
    headers: given.headers ?? {},
    idempotencyHeader: given.idempotencyHeader ?? settings.properties.idempotencyHeader.default,
    checkPath: given.checkPath,
    fetch: tools.fetch,
    now: tools.now,
    log: tools.log,
  };
}
