// Connections: their state and what waits for them; pause, resume and check.

import type { FastifyInstance } from 'fastify';
import type { ConnectionState, ConnectionStatus } from '../../core/model.ts';
import type { FromSchema } from '../../plugin/index.ts';
import type { Rate } from '../../workflow/rate.ts';
import type { AdminParts } from './parts.ts';
import { readStates } from './pauses.ts';
import { errorOrNull, iso, isoOrNull, time, timeOrNull, viewError } from './values.ts';

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

const connectionDetail = {
  type: 'object',
  properties: {
    ...connection.properties,
    rate: { type: ['string', 'null'], description: 'how often it may be called, as 30/min; null: as often as needed' },
    underWay: { type: 'integer', description: 'calls of this process under way' },
    waiting: { type: 'integer', description: 'runs that wait to use it next; the count ends at 100' },
    held: { type: 'integer', description: 'runs that are held for it or in doubt at it; the count ends at 100' },
    lastError: {
      type: ['object', 'null'],
      description: 'of an attempt since this process started',
      properties: { at: time, error: errorOrNull },
      required: ['at', 'error'],
      additionalProperties: false,
    },
    checkable: { type: 'boolean', description: 'its connector has a check that changes nothing' },
  },
  required: [...connection.required, 'rate', 'underWay', 'waiting', 'held', 'lastError', 'checkable'],
  additionalProperties: false,
} as const;
export type ConnectionDetail = FromSchema<typeof connectionDetail>;

const list = {
  type: 'object',
  properties: { items: { type: 'array', items: connectionDetail } },
  required: ['items'],
  additionalProperties: false,
} as const;
export type ConnectionsAnswer = FromSchema<typeof list>;

const checked = {
  type: 'object',
  properties: {
    ok: { type: 'boolean' },
    error: { ...errorOrNull, description: 'why it does not work' },
    tookMs: { type: 'integer' },
    connection,
  },
  required: ['ok', 'error', 'tookMs', 'connection'],
  additionalProperties: false,
} as const;
export type CheckedConnection = FromSchema<typeof checked>;

interface Named {
  readonly Params: { readonly name: string };
}

export function connectionRoutes(api: FastifyInstance, parts: AdminParts): void {
  const { operations, log, clock } = parts;
  const stateOf = async (name: string) => {
    const states = await readConnections(parts);
    return states.find((state) => state.name === name) ?? untouched(name);
  };
  api.get('/connections', { schema: { response: { 200: list } } }, async (): Promise<ConnectionsAnswer> => {
    const states = await readConnections(parts);
    return { items: await Promise.all(states.map((state) => withDetail(parts, state))) };
  });
  for (const verb of ['pause', 'resume'] as const) {
    api.post<Named>(
      `/connections/:name/${verb}`,
      { schema: { response: { 200: connection } } },
      async ({ params: { name } }): Promise<ConnectionView> => {
        await operations[verb](name);
        log.info(`admin: ${verb}`, { connection: name });
        return stateOf(name);
      },
    );
  }
  api.post<Named>(
    '/connections/:name/check',
    { schema: { response: { 200: checked } } },
    async ({ params: { name } }): Promise<CheckedConnection> => {
      const from = clock();
      const result = await operations.check(name);
      log.info('admin: check', { connection: name, ok: result.ok });
      const error = result.ok ? null : viewError(result.error);
      return { ok: result.ok, error, tookMs: Math.max(0, clock() - from), connection: await stateOf(name) };
    },
  );
}

const mostRuns = 100;

async function withDetail(parts: AdminParts, state: ConnectionView): Promise<ConnectionDetail> {
  const { store, workflows, underWay, tallies } = parts;
  const { name } = state;
  const count = async (status: 'pending' | 'waiting' | 'held') =>
    (await store.runs({ status, lane: name }, { limit: mostRuns })).length;
  const counts = [count('pending'), count('waiting'), count('held')] as const;
  const [live, pending, waiting, held] = await Promise.all([workflows?.(), ...counts]);
  const found = live?.connections.get(name);
  const last = tallies?.lastError(name);
  return {
    ...state,
    rate: found?.rate ? rateText(found.rate) : null,
    underWay: underWay?.(name) ?? 0,
    waiting: Math.min(mostRuns, pending + waiting),
    held,
    lastError: last === undefined ? null : { at: iso(last.at), error: viewError(last.error) },
    checkable: found?.connector.check !== undefined,
  };
}

const spans: Readonly<Record<number, string>> = { 1000: 's', 60_000: 'min', 3_600_000: 'h', 86_400_000: 'd' };

function rateText({ count, perMs }: Rate): string {
  return `${count}/${spans[perMs] ?? `${perMs} ms`}`;
}

/** Every live connection, and those of which a state is still kept. */
export async function readConnections(parts: AdminParts): Promise<ConnectionView[]> {
  const { connections, workflows } = parts;
  const live = (await workflows?.())?.connections;
  const kept = new Map((await readStates(parts)).connections.map((state) => [state.name, state]));
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
