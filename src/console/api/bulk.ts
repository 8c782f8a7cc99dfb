// Many runs at once: count, confirm the number, go on at a rate, see how far it is, stop. One job at a time.

import type { FastifyInstance } from 'fastify';
import { HostError } from '../../core/errors.ts';
import type { FromSchema } from '../../plugin/index.ts';
import { causeOf } from './attention.ts';
import { nameQuery } from './paging.ts';
import type { AdminParts } from './parts.ts';
import { iso, time } from './values.ts';

const filter = {
  type: 'object',
  description: 'failed runs that agree in every field that is given',
  properties: {
    workflow: nameQuery,
    step: { type: ['string', 'null'] },
    connection: { type: 'string' },
    code: { type: ['string', 'null'] },
    message: { type: 'string', maxLength: 2000 },
  },
  additionalProperties: false,
} as const;
type Filter = FromSchema<typeof filter>;

const counted = {
  type: 'object',
  properties: { count: { type: 'integer' } },
  required: ['count'],
  additionalProperties: false,
} as const;
export type CountAnswer = FromSchema<typeof counted>;

const job = {
  type: 'object',
  properties: {
    state: { enum: ['none', 'running', 'done', 'stopped'] },
    action: { enum: ['retry', 'cancel', null] },
    startedAt: { ...time, type: ['string', 'null'] },
    total: { type: 'integer' },
    done: { type: 'integer' },
    failed: { type: 'integer', description: 'runs that could not be changed, because they had moved on' },
    lastError: { type: ['string', 'null'] },
  },
  required: ['state', 'action', 'startedAt', 'total', 'done', 'failed', 'lastError'],
  additionalProperties: false,
} as const;
export type BulkView = FromSchema<typeof job>;

const countBody = {
  type: 'object',
  properties: { filter },
  required: ['filter'],
  additionalProperties: false,
} as const;
const startBody = {
  type: 'object',
  properties: {
    action: { enum: ['retry', 'cancel'], description: 'retry or cancel' },
    filter,
    confirm: { type: 'integer', description: 'how many runs that is, as counted: another number is refused' },
    latest: { type: 'boolean', description: 'retry by the workflow file as it is now' },
    perSecond: { type: 'integer', minimum: 1, maximum: 1000, description: 'a whole number from 1 to 1000; default 20' },
  },
  required: ['action', 'filter', 'confirm'],
  additionalProperties: false,
} as const;
type Start = FromSchema<typeof startBody>;

const idle: BulkView = { state: 'none', action: null, startedAt: null, total: 0, done: 0, failed: 0, lastError: null };
const pageSize = 500;
const mostRuns = 100_000;

export function bulkRoutes(api: FastifyInstance, parts: AdminParts): void {
  let view: BulkView = idle;
  let stopped = false;
  api.addHook('onClose', async () => {
    stopped = true;
  });
  api.get('/bulk', { schema: { response: { 200: job } } }, async (): Promise<BulkView> => view);
  api.post<{ Body: FromSchema<typeof countBody> }>(
    '/bulk/count',
    { config: { reads: true }, schema: { body: countBody, response: { 200: counted } } },
    async ({ body }): Promise<CountAnswer> => ({ count: (await find(parts, body.filter)).length }),
  );
  api.post<{ Body: Start }>(
    '/bulk',
    { schema: { body: startBody, response: { 200: job } } },
    async ({ body }): Promise<BulkView> => {
      const refuseSecond = () => {
        if (view.state === 'running') throw conflict('running', 'stop it first, or wait until it is done');
      };
      refuseSecond();
      const ids = await find(parts, body.filter);
      // Another may have begun while the runs were counted.
      refuseSecond();
      if (ids.length !== body.confirm)
        throw conflict('not started', `there are ${ids.length} such runs now, not ${body.confirm}; count again`);
      stopped = false;
      view = { ...idle, state: 'running', action: body.action, startedAt: iso(parts.clock()), total: ids.length };
      const change = (next: Partial<BulkView>) => {
        view = { ...view, ...next };
        parts.changes?.tell();
      };
      void work(parts, body, ids, { view: () => view, change, stopped: () => stopped });
      return view;
    },
  );
  api.post('/bulk/stop', { schema: { response: { 200: job } } }, async (): Promise<BulkView> => {
    stopped = true;
    return view;
  });
}

function conflict(status: string, why: string): HostError {
  return new HostError('state.conflict', { what: 'the bulk change', id: 'bulk', status, why });
}

/** Oldest first: they have waited longest. */
async function find({ store }: AdminParts, { workflow, ...wanted }: Filter): Promise<readonly string[]> {
  const found: string[] = [];
  let before: string | undefined;
  while (found.length < mostRuns) {
    const page = await store.runs({ status: 'failed', workflow }, { limit: pageSize, before });
    for (const run of page) {
      const cause = causeOf(run);
      const agrees = Object.entries(wanted).every(([key, value]) => cause[key as keyof typeof cause] === value);
      if (agrees) found.push(run.id);
    }
    if (page.length < pageSize) break;
    before = page.at(-1)?.id;
  }
  return found.toReversed();
}

interface Progress {
  readonly view: () => BulkView;
  readonly change: (next: Partial<BulkView>) => void;
  readonly stopped: () => boolean;
}

async function work({ operations, log }: AdminParts, asked: Start, ids: readonly string[], job: Progress) {
  const { action, latest = false, perSecond = 20 } = asked;
  for (const id of ids) {
    if (job.stopped()) return job.change({ state: 'stopped' });
    try {
      await (action === 'retry' ? operations.retry(id, { latest }) : operations.cancel(id));
      job.change({ done: job.view().done + 1 });
    } catch (error) {
      const lastError = error instanceof Error ? error.message : String(error);
      job.change({ failed: job.view().failed + 1, lastError });
    }
    await new Promise((resolve) => setTimeout(resolve, 1000 / perSecond));
  }
  log.info('admin: bulk change done', { action, done: job.view().done, failed: job.view().failed });
  return job.change({ state: 'done' });
}
