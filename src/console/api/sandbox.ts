// What the sandboxes hold: the messages, mails and records that the workflows made.

import type { FastifyInstance } from 'fastify';
import type { FromSchema } from '../../plugin/index.ts';
import { nameQuery, pageQuery } from './paging.ts';
import type { AdminParts } from './parts.ts';

const item = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    kind: { type: 'string', description: 'message, mail, record or request' },
    at: { type: 'string', description: 'ISO 8601' },
    title: { type: 'string' },
    fields: { type: 'object', additionalProperties: true },
  },
  required: ['id', 'kind', 'at', 'title', 'fields'],
  additionalProperties: false,
} as const;
export type SandboxItemView = FromSchema<typeof item>;

const list = {
  type: 'object',
  properties: {
    sandboxes: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          connection: { type: 'string' },
          total: { type: 'integer' },
          items: { type: 'array', items: item, description: 'the newest, oldest of them first' },
        },
        required: ['connection', 'total', 'items'],
        additionalProperties: false,
      },
    },
  },
  required: ['sandboxes'],
  additionalProperties: false,
} as const;
export type SandboxAnswer = FromSchema<typeof list>;

const query = {
  type: 'object',
  properties: { connection: nameQuery, limit: pageQuery.limit },
  additionalProperties: false,
} as const;

export function sandboxRoutes(api: FastifyInstance, { sandboxes }: AdminParts): void {
  api.get<{ Querystring: FromSchema<typeof query> }>(
    '/sandbox',
    { schema: { querystring: query, response: { 200: list } } },
    async ({ query: { connection, limit = '50' } }): Promise<SandboxAnswer> => ({
      sandboxes: [...sandboxes()]
        .filter(([name]) => connection === undefined || name === connection)
        .map(([name, sandbox]) => {
          const items = sandbox.list();
          return { connection: name, total: items.length, items: items.slice(-Number(limit)) };
        }),
    }),
  );
}
