// Why: one event with the answer of every workflow, by the file that was live when it was matched.

import type { FastifyInstance } from 'fastify';
import { HostError } from '../../core/errors.ts';
import type { Event, Run } from '../../core/model.ts';
import type { FromSchema } from '../../plugin/index.ts';
import type { Explanation, Workflows } from '../../workflow/compile.ts';
import type { AdminParts } from './parts.ts';
import { pageOf, readPage } from './paging.ts';
import { delivery, viewDelivery } from './deliveries.ts';
import { runSummary, viewRun } from './run-view.ts';
import { iso, time } from './values.ts';

const term = {
  type: ['object', 'null'],
  description: 'the first false term of its if; null when none is false by itself',
  properties: {
    text: { type: 'string' },
    at: { type: 'string', description: 'file:line:column' },
    values: {
      type: 'array',
      items: {
        type: 'object',
        properties: { path: { type: 'string' }, shown: { type: 'string', description: 'JSON, or missing' } },
        required: ['path', 'shown'],
        additionalProperties: false,
      },
    },
  },
  required: ['text', 'at', 'values'],
  additionalProperties: false,
} as const;

const verdicts = ['taken', 'unique', 'pending', 'not-run', 'other-event', 'false', 'gone'] as const;

const workflow = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    verdict: {
      enum: verdicts,
      description:
        'taken: without a run when that is no longer kept; unique: another run has its value; pending: not matched yet, and ' +
        'it would take it; not-run: it would take it now, and did not; gone: it took it, and is not in this file',
    },
    unique: { type: ['string', 'null'], description: 'value of its unique' },
    on: { type: 'array', items: { type: 'string' } },
    at: { type: ['string', 'null'], description: 'file:line:column of the workflow' },
    term,
    runs: { type: 'array', items: runSummary },
  },
  required: ['name', 'verdict', 'unique', 'on', 'at', 'term', 'runs'],
  additionalProperties: false,
} as const;
type WorkflowView = FromSchema<typeof workflow>;

const answer = {
  type: 'object',
  properties: {
    event: {
      type: 'object',
      properties: {
        id: { type: 'string' },
        source: { type: 'string' },
        type: { type: 'string' },
        status: { enum: ['pending', 'matched', 'ignored'] },
        key: { type: 'string' },
        receivedAt: time,
      },
      required: ['id', 'source', 'type', 'status', 'key', 'receivedAt'],
      additionalProperties: false,
    },
    config: {
      type: ['object', 'null'],
      description: 'the file that the answer is made with',
      properties: {
        hash: { type: 'string' },
        file: { type: 'string' },
        live: { type: 'boolean', description: 'it is the file in use now' },
        certain: { type: 'boolean', description: 'it is known to be the file the event was matched with' },
      },
      required: ['hash', 'file', 'live', 'certain'],
      additionalProperties: false,
    },
    problem: { type: ['string', 'null'], description: 'why the event cannot be read, and so not be explained' },
    workflows: { type: 'array', items: workflow },
    deliveries: pageOf(delivery),
  },
  required: ['event', 'config', 'problem', 'workflows', 'deliveries'],
  additionalProperties: false,
} as const;
export type WhyAnswer = FromSchema<typeof answer>;

/** Most runs of one event that are shown. */
const mostRuns = 200;

export function whyRoutes(api: FastifyInstance, parts: AdminParts): void {
  api.get<{ Params: { id: string } }>(
    '/events/:id/why',
    { schema: { response: { 200: answer } } },
    async ({ params: { id } }): Promise<WhyAnswer> => {
      const event = await parts.store.event(id);
      if (event === null) throw new HostError('not.found', { what: 'event', id });
      return explainEvent(parts, event);
    },
  );
}

async function explainEvent(parts: AdminParts, event: Event): Promise<WhyAnswer> {
  const { store } = parts;
  const { id, source, type, status, key } = event;
  const [deliveries, newestFirst] = await Promise.all([
    readPage({}, (part) => store.deliveries({ eventId: id }, part), viewDelivery),
    store.runs({ eventId: id }, { limit: mostRuns }),
  ]);
  const runs = newestFirst.toReversed();
  const { workflows, ...known } = await findConfig(parts, event, runs);
  return {
    event: { id, source, type, status, key, receivedAt: iso(event.receivedAt) },
    config: workflows && { hash: workflows.hash, file: workflows.file, ...known },
    ...viewWorkflows(parts, event, workflows, runs),
    deliveries,
  };
}

/** The file that its first runs began with; without one that can be read, the live file. */
async function findConfig({ workflows, store }: AdminParts, event: Event, runs: readonly Run[]) {
  const live = (await workflows?.()) ?? null;
  const hash = runs.find((run) => run.replay === 0)?.config;
  const pinned = hash === undefined ? null : await workflows?.(hash);
  if (pinned) return { workflows: pinned, live: pinned.hash === live?.hash, certain: true };
  const accepted = live === null ? undefined : (await store.config(live.hash))?.at;
  const certain = event.status === 'pending' || (accepted !== undefined && accepted <= event.receivedAt);
  return { workflows: live, live: true, certain: certain && hash === undefined };
}

function viewWorkflows(parts: AdminParts, event: Event, workflows: Workflows | null, runs: readonly Run[]) {
  const { explained, problem } = explain(parts, event, workflows);
  const known = explained.map((one) => viewWorkflow(event, one, runs));
  const names = new Set(known.map(({ name }) => name));
  const gone = [...new Set([...event.matched, ...runs.map((run) => run.workflow)])].filter((name) => !names.has(name));
  const verdict = problem === null ? ('gone' as const) : ('taken' as const);
  const others = gone.map((name): WorkflowView => ({ ...nothing, name, verdict, runs: runsOf(name, runs) }));
  return { problem, workflows: [...known, ...others] };
}

function explain({ readEvent }: AdminParts, event: Event, workflows: Workflows | null) {
  const { id, type, source, time } = event;
  try {
    const scope = { id, type, source, time, receivedAt: iso(event.receivedAt), ...readEvent(event) };
    return { explained: workflows?.explain?.(scope) ?? [], problem: null };
  } catch (error) {
    return { explained: [], problem: error instanceof Error ? error.message : 'the body cannot be read' };
  }
}

const nothing = { unique: null, on: [], at: null, term: null } satisfies Partial<WorkflowView>;

function runsOf(name: string, runs: readonly Run[]) {
  return runs.filter((run) => run.workflow === name).map(viewRun);
}

function viewWorkflow(event: Event, one: Explanation, runs: readonly Run[]): WorkflowView {
  const { name, at } = one.workflow;
  const own = runsOf(name, runs);
  const view = { ...nothing, name, at: `${at.file}:${at.line}:${at.column}`, runs: own };
  if (own.length > 0) return { ...view, verdict: 'taken', unique: one.is === 'taken' ? one.match.unique : null };
  if (one.is === 'other-event') return { ...view, verdict: 'other-event', on: [...one.on] };
  if (one.is === 'false') {
    const { term } = one;
    const place = term === null ? null : `${term.at.file}:${term.at.line}:${term.at.column}`;
    const values = term?.values.map((value) => ({ ...value })) ?? [];
    return { ...view, verdict: 'false', term: term === null ? null : { text: term.text, at: place ?? '', values } };
  }
  const { unique } = one.match;
  if (event.status === 'pending') return { ...view, verdict: 'pending', unique };
  if (!event.matched.includes(name)) return { ...view, verdict: 'not-run', unique };
  return { ...view, verdict: unique === null ? 'taken' : 'unique', unique };
}
