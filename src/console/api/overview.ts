// The last hour at a glance: what came, what became of it, and what waits for a person.

import type { FastifyInstance } from 'fastify';
import type { HeldReason } from '../../core/model.ts';
import type { FromSchema } from '../../plugin/index.ts';
import type { Tally } from '../../store/store.ts';
import { connection, readConnections } from './connections.ts';
import type { AdminParts } from './parts.ts';
import { readStates } from './pauses.ts';
import { iso, isoOrNull, time, timeOrNull } from './values.ts';

const integer = { type: 'integer' } as const;
const shown = ['accepted', 'duplicate', 'refused', 'succeeded', 'failed', 'held'] as const;
type Shown = (typeof shown)[number];

const minute = {
  type: 'object',
  properties: {
    at: time,
    accepted: integer,
    duplicate: integer,
    refused: integer,
    succeeded: integer,
    failed: integer,
    held: integer,
  },
  required: ['at', ...shown],
  additionalProperties: false,
} as const;

const answer = {
  type: 'object',
  properties: {
    now: time,
    minutes: { type: 'array', items: minute, description: 'the last 60, oldest first; the last is under way' },
    attention: {
      type: 'object',
      description: 'runs that wait for a person; each count ends at 10,000',
      properties: { inDoubt: integer, credentials: integer, paused: integer, missing: integer, failed: integer },
      required: ['inDoubt', 'credentials', 'paused', 'missing', 'failed'],
      additionalProperties: false,
    },
    open: {
      type: 'object',
      properties: { events: integer, pending: integer, running: integer, waiting: integer },
      required: ['events', 'pending', 'running', 'waiting'],
      additionalProperties: false,
    },
    oldestDueAt: { ...timeOrNull, description: 'of a run that could be claimed' },
    store: {
      type: 'object',
      properties: { usedBytes: integer, diskFreeBytes: { type: ['integer', 'null'] } },
      required: ['usedBytes', 'diskFreeBytes'],
      additionalProperties: false,
    },
    connections: { type: 'array', items: connection },
    pausedWorkflows: { type: 'array', items: { type: 'string' }, description: 'their runs are held' },
  },
  required: ['now', 'minutes', 'attention', 'open', 'oldestDueAt', 'store', 'connections', 'pausedWorkflows'],
  additionalProperties: false,
} as const;
export type OverviewAnswer = FromSchema<typeof answer>;

const minuteMs = 60_000;
const minutes = 60;
const most = 10_000;

export function overviewRoutes(api: FastifyInstance, parts: AdminParts): void {
  api.get('/overview', { schema: { response: { 200: answer } } }, async (): Promise<OverviewAnswer> => {
    const now = parts.clock();
    const from = (Math.floor(now / minuteMs) - minutes + 1) * minuteMs;
    const [tallies, backlog, connections, { paused }] = await Promise.all([
      parts.tallies?.since(from) ?? [],
      parts.store.backlog(most),
      readConnections(parts),
      readStates(parts),
    ]);
    const { runs, held, pendingEvents: events, oldestDueAt, usedBytes, diskFreeBytes } = backlog;
    const heldFor = (reason: HeldReason) => held[reason];
    return {
      now: iso(now),
      minutes: perMinute(tallies, from),
      attention: {
        inDoubt: heldFor('in_doubt'),
        credentials: heldFor('credentials'),
        paused: heldFor('paused'),
        missing: heldFor('missing'),
        failed: runs.failed,
      },
      open: { events, pending: runs.pending, running: runs.running, waiting: runs.waiting },
      oldestDueAt: isoOrNull(oldestDueAt),
      store: { usedBytes, diskFreeBytes },
      connections,
      pausedWorkflows: [...paused.keys()],
    };
  });
}

function perMinute(tallies: readonly Tally[], from: number): OverviewAnswer['minutes'] {
  const rows = Array.from({ length: minutes }, (_, index) => ({
    at: iso(from + index * minuteMs),
    ...(Object.fromEntries(shown.map((status) => [status, 0])) as Record<Shown, number>),
  }));
  for (const { at, status, count } of tallies) {
    const row = rows[(at - from) / minuteMs];
    if (row !== undefined && isShown(status)) row[status] += count;
  }
  return rows;
}

function isShown(status: string): status is Shown {
  return (shown as readonly string[]).includes(status);
}
