// Connections: their state, pause and resume.

import type { FastifyInstance } from 'fastify';
import type { ConnectionState, ConnectionStatus } from '../../core/model.ts';
import type { FromSchema } from '../../plugin/index.ts';
import type { AdminParts } from './parts.ts';
import { errorOrNull, iso, isoOrNull, timeOrNull, viewError } from './values.ts';

const statuses = ['ok', 'paused', 'open'] as const satisfies readonly ConnectionStatus[];
const reasons = ['paused', 'credentials', 'down', null] as const satisfies readonly ConnectionState['reason'][];

export const connection = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    status: { enum: statuses, description: 'open: left alone for a while, because its vendor is down' },
    reason: { enum: reasons },
    since: timeOrNull,
    untilAt: timeOrNull,
    error: errorOrNull,
    connector: { type: ['string', 'null'], description: 'null when it is no longer in the file' },
    concurrency: { type: ['integer', 'null'], description: 'of its own; null: the setting CONCURRENCY' },
  },
  required: ['name', 'status', 'reason', 'since', 'untilAt', 'error', 'connector', 'concurrency'],
  additionalProperties: false,
} as const;
export type ConnectionView = FromSchema<typeof connection>;

const list = {
  type: 'object',
  properties: { items: { type: 'array', items: connection } },
  required: ['items'],
  additionalProperties: false,
} as const;
export type ConnectionsAnswer = FromSchema<typeof list>;

export function connectionRoutes(api: FastifyInstance, parts: AdminParts): void {
  const { operations, log } = parts;
  api.get(
    '/connections',
    { schema: { response: { 200: list } } },
    async (): Promise<ConnectionsAnswer> => ({ items: await readConnections(parts) }),
  );
  for (const verb of ['pause', 'resume'] as const) {
    api.post<{ Params: { name: string } }>(
      `/connections/:name/${verb}`,
      { schema: { response: { 200: connection } } },
      async ({ params: { name } }): Promise<ConnectionView> => {
        await operations[verb](name);
        log.info(`admin: ${verb}`, { connection: name });
        const states = await readConnections(parts);
        return states.find((state) => state.name === name) ?? untouched(name);
      },
    );
  }
}

/** Every live connection, and those of which a state is still kept. */
export async function readConnections({ store, connections, workflows }: AdminParts): Promise<ConnectionView[]> {
  const live = (await workflows?.())?.connections;
  const kept = new Map((await store.connections()).map((state) => [state.name, state]));
  const names = new Set([...(connections?.() ?? []), ...kept.keys()]);
  return [...names].sort().map((name) => {
    const state = kept.get(name);
    const { connector, concurrency = null } = live?.get(name) ?? {};
    const known = { ...untouched(name), connector: connector?.name ?? null, concurrency };
    if (state === undefined) return known;
    const { status, reason, since, untilAt, error } = state;
    return { ...known, status, reason, since: iso(since), untilAt: isoOrNull(untilAt), error: viewError(error) };
  });
}

function untouched(name: string): ConnectionView {
  const nothing = { reason: null, since: null, untilAt: null, error: null, connector: null, concurrency: null };
  return { name, status: 'ok', ...nothing };
}
