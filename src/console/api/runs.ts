// Runs: lists, one run with its steps and attempts, and what a person can do to it.

import type { FastifyInstance } from 'fastify';
import { HostError } from '../../core/errors.ts';
import type { FromSchema } from '../../plugin/index.ts';
import { boundsOf, nameQuery, pageOf, pageQuery, rangeQuery, readPage } from './paging.ts';
import type { AdminParts } from './parts.ts';
import { heldReasons, runDetail, runStatuses, runSummary, viewRun, viewRunDetail, type RunDetail } from './run-view.ts';
import { iso } from './values.ts';

const query = {
  type: 'object',
  properties: {
    status: { enum: runStatuses, description: `one of ${runStatuses.join(', ')}` },
    workflow: nameQuery,
    event: nameQuery,
    reason: { enum: heldReasons, description: `one of ${heldReasons.join(', ')}: of held runs` },
    connection: {
      ...nameQuery,
      description:
        'the name of a connection: the one that the next step needs; with a status of runs that are over, that of their last step',
    },
    ...rangeQuery,
    ...pageQuery,
  },
  additionalProperties: false,
} as const;

const page = pageOf(runSummary);
export type RunsAnswer = FromSchema<typeof page>;

const retryBody = {
  type: 'object',
  properties: { latest: { type: 'boolean', description: 'true or false' } },
  additionalProperties: false,
} as const;

const resolveBody = {
  type: 'object',
  properties: {
    happened: { type: 'boolean', description: 'true or false' },
    step: nameQuery,
    output: { description: 'what the action would have put out' },
  },
  required: ['happened'],
  additionalProperties: false,
} as const;

export function runRoutes(api: FastifyInstance, parts: AdminParts): void {
  const { store, operations, log } = parts;
  const answersRun = { response: { 200: runDetail } };
  const done = (verb: string, id: string) => {
    log.info(`admin: ${verb}`, { run: id });
    return readRun(parts, id);
  };

  api.get<{ Querystring: FromSchema<typeof query> }>(
    '/runs',
    { schema: { querystring: query, response: { 200: page } } },
    ({
      query: { status, workflow, event: eventId, reason, connection: lane, limit, ...range },
    }): Promise<RunsAnswer> => {
      // Only held runs have a reason, and they are few: so they are found by their status.
      const wanted = {
        status: status ?? (reason === undefined ? undefined : ('held' as const)),
        workflow,
        eventId,
        reason,
        lane,
      };
      const bounds = boundsOf('run', range, parts.clock());
      return readPage({ ...bounds, ...(limit && { limit }) }, (part) => store.runs(wanted, part), viewRun);
    },
  );
  api.get<{ Params: { id: string } }>('/runs/:id', { schema: answersRun }, ({ params }) => readRun(parts, params.id));
  api.post<{ Params: { id: string }; Body: FromSchema<typeof retryBody> }>(
    '/runs/:id/retry',
    { schema: { body: retryBody, ...answersRun } },
    async ({ params: { id }, body }) => {
      await operations.retry(id, { latest: body.latest ?? false });
      return done('retry', id);
    },
  );
  api.post<{ Params: { id: string } }>('/runs/:id/cancel', { schema: answersRun }, async ({ params: { id } }) => {
    await operations.cancel(id);
    return done('cancel', id);
  });
  api.post<{ Params: { id: string }; Body: FromSchema<typeof resolveBody> }>(
    '/runs/:id/resolve',
    { schema: { body: resolveBody, ...answersRun } },
    async ({ params: { id }, body: { happened, step, output } }) => {
      await operations.resolve(id, step, happened ? { happened, output } : { happened });
      return done(happened ? 'resolve: it happened' : 'resolve: do it again', id);
    },
  );
}

async function readRun({ store }: AdminParts, id: string): Promise<RunDetail> {
  const found = await store.run(id);
  if (found === null) throw new HostError('not.found', { what: 'run', id });
  const [attempts, event] = await Promise.all([store.attempts(id), store.event(found.run.eventId)]);
  const about = event && {
    id: event.id,
    type: event.type,
    source: event.source,
    receivedAt: iso(event.receivedAt),
  };
  return viewRunDetail(found.run, attempts, about);
}
