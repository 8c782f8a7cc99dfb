// The workflow file in use, as text: what `hookline plan` compares a new one with; and why a newer one is refused.

import type { FastifyInstance } from 'fastify';
import type { FromSchema } from '../../plugin/index.ts';
import type { AdminParts } from './parts.ts';
import { loadProperties, viewLoad } from './reload.ts';

const answer = {
  type: 'object',
  properties: {
    live: {
      type: ['object', 'null'],
      description: 'null before one is loaded',
      properties: {
        hash: { type: 'string' },
        file: { type: 'string' },
        text: { type: 'string', description: 'as it was read; secrets are only named in it' },
      },
      required: ['hash', 'file', 'text'],
      additionalProperties: false,
    },
    ...loadProperties,
  },
  required: ['live', 'acceptedAt', 'files', 'stale', 'refused', 'last'],
  additionalProperties: false,
} as const;
export type ConfigAnswer = FromSchema<typeof answer>;

export function configRoutes(api: FastifyInstance, { workflows, loading }: AdminParts): void {
  api.get('/config', { schema: { response: { 200: answer } } }, async (): Promise<ConfigAnswer> => {
    const live = (await workflows?.()) ?? null;
    return {
      live: live && { hash: live.hash, file: live.file, text: live.text },
      ...viewLoad(loading?.state(), live),
    };
  });
}
