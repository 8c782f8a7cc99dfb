// Events: lists, one event with its deliveries, runs and payload, and replay as new.

import type { FastifyInstance } from 'fastify';
import { HostError } from '../../core/errors.ts';
import type { Event, EventStatus } from '../../core/model.ts';
import type { EventRow, Page } from '../../store/store.ts';
import type { FromSchema } from '../../plugin/index.ts';
import type { Workflows } from '../../workflow/compile.ts';
import { delivery, viewDelivery } from './deliveries.ts';
import { nearest, nearestReason } from './nearest.ts';
import { boundsOf, nameQuery, pageOf, pageQuery, rangeQuery, readPage } from './paging.ts';
import type { AdminParts } from './parts.ts';
import { runSummary, viewRun } from './run-view.ts';
import { bytes, iso, time, viewBytes } from './values.ts';
import { findConfig } from './verdict.ts';

export const eventStatuses = ['pending', 'matched', 'ignored'] as const satisfies readonly EventStatus[];

const eventFields = {
  id: { type: 'string' },
  source: { type: 'string' },
  type: { type: 'string' },
  status: { enum: eventStatuses },
  key: { type: 'string', description: 'dedupe key' },
  rule: { type: 'string', description: 'which rule gave the key' },
  time: { type: ['string', 'null'], description: 'when it happened, as the sender says' },
  receivedAt: time,
  size: { type: 'integer', description: 'of the body, in bytes' },
  workflows: { type: 'array', items: { type: 'string' }, description: 'those that took it, once matched' },
} as const;

const eventSummary = {
  type: 'object',
  properties: { ...eventFields, nearest },
  required: ['id', 'source', 'type', 'status', 'key', 'rule', 'time', 'receivedAt', 'size', 'workflows'],
  additionalProperties: false,
} as const;
export type EventSummary = FromSchema<typeof eventSummary>;

const payload = {
  type: 'object',
  properties: {
    ...bytes.properties,
    data: { description: 'what expressions read as event.data' },
    body: { description: 'what expressions read as event.body' },
    problem: { type: ['string', 'null'], description: 'why data and body are missing' },
  },
  required: [...bytes.required, 'problem'],
  additionalProperties: false,
} as const;
type PayloadView = FromSchema<typeof payload>;

const eventDetail = {
  type: 'object',
  properties: { ...eventFields, payload, deliveries: pageOf(delivery), runs: pageOf(runSummary) },
  required: [...eventSummary.required, 'payload', 'deliveries', 'runs'],
  additionalProperties: false,
} as const;
export type EventDetail = FromSchema<typeof eventDetail>;

const query = {
  type: 'object',
  properties: {
    type: nameQuery,
    source: nameQuery,
    status: { enum: eventStatuses, description: `one of ${eventStatuses.join(', ')}` },
    reasons: { enum: ['true'], description: 'true: with the nearest reason why no workflow took it' },
    ...rangeQuery,
    ...pageQuery,
  },
  additionalProperties: false,
} as const;

const page = pageOf(eventSummary);
export type EventsAnswer = FromSchema<typeof page>;

const replayBody = { type: 'object', properties: { workflow: nameQuery }, additionalProperties: false } as const;
const replayed = {
  type: 'object',
  properties: { runs: { type: 'array', items: { type: 'string' } } },
  required: ['runs'],
  additionalProperties: false,
} as const;
export type ReplayAnswer = FromSchema<typeof replayed>;

export function eventRoutes(api: FastifyInstance, parts: AdminParts): void {
  const { operations, log } = parts;
  api.get<{ Querystring: FromSchema<typeof query> }>(
    '/events',
    { schema: { querystring: query, response: { 200: page } } },
    ({ query: asked }) => readList(parts, asked),
  );
  api.get<{ Params: { id: string } }>('/events/:id', { schema: { response: { 200: eventDetail } } }, ({ params }) =>
    readDetail(parts, params.id),
  );
  api.post<{ Params: { id: string }; Body: FromSchema<typeof replayBody> }>(
    '/events/:id/replay',
    { schema: { body: replayBody, response: { 200: replayed } } },
    async ({ params: { id }, body }): Promise<ReplayAnswer> => {
      const runs = await operations.replay(id, body.workflow);
      log.info('admin: replay', { event: id, runs });
      return { runs: [...runs] };
    },
  );
}

async function readList(parts: AdminParts, asked: FromSchema<typeof query>): Promise<EventsAnswer> {
  const { type, source, status, reasons, limit, ...range } = asked;
  const bounds = boundsOf('evt', range, parts.clock());
  const read = (part: Page) => parts.store.eventRows({ type, source, status }, part);
  const { items, next } = await readPage({ ...bounds, ...(limit && { limit }) }, read, viewEvent);
  if (reasons === undefined) return { items, next };
  const views: EventSummary[] = [];
  for (const item of items) {
    const event = item.status === 'ignored' ? await parts.store.event(item.id) : null;
    const reason = event && (await nearestReason(parts, event));
    views.push(reason === null ? item : { ...item, nearest: reason });
  }
  return { items: views, next };
}

async function readDetail(parts: AdminParts, id: string): Promise<EventDetail> {
  const { store } = parts;
  const event = await store.event(id);
  if (event === null) throw new HostError('not.found', { what: 'event', id });
  const [deliveries, runs, { workflows }] = await Promise.all([
    readPage({}, (part) => store.deliveries({ eventId: id }, part), viewDelivery),
    readPage({}, (part) => store.runs({ eventId: id }, part), viewRun),
    findConfig(parts, event, []),
  ]);
  return {
    ...viewEvent({ ...event, size: event.body.length }),
    payload: viewPayload(parts, event, workflows),
    deliveries,
    runs,
  };
}

/** The source may be gone from the file, or read the body no more: then the bytes alone are shown. */
function viewPayload({ readEvent }: AdminParts, event: Event, workflows: Workflows | null): PayloadView {
  const raw = viewBytes(event.body);
  try {
    const { data, body } = readEvent(event, workflows ?? undefined);
    return { ...raw, data, body, problem: null };
  } catch (error) {
    return { ...raw, problem: error instanceof Error ? error.message : 'the body cannot be read' };
  }
}

function viewEvent(event: EventRow): EventSummary {
  const { id, source, type, status, key, rule, time, size } = event;
  return {
    id,
    source,
    type,
    status,
    key,
    rule,
    time,
    receivedAt: iso(event.receivedAt),
    size,
    workflows: [...event.matched],
  };
}
