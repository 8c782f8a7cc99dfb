// Why: one event with the answer of every workflow, by the file that was live when it was matched.

import type { FastifyInstance } from 'fastify';
import { HostError } from '../../core/errors.ts';
import type { Event, Run } from '../../core/model.ts';
import type { FromSchema } from '../../plugin/index.ts';
import type { Explanation, Workflows } from '../../workflow/compile.ts';
import type { AdminParts } from './parts.ts';
import { pageOf, readPage } from './paging.ts';
import { readStates, type KeptStates } from './pauses.ts';
import { delivery, viewDelivery } from './deliveries.ts';
import { runStatuses, runSummary, viewRun } from './run-view.ts';
import { iso, isoOrNull, time, timeOrNull } from './values.ts';
import { explainEvent, findConfig } from './verdict.ts';

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
    pausedSince: { ...timeOrNull, description: 'its runs are held since then; null: it is not paused' },
    holder: {
      type: ['object', 'null'],
      description: 'of the verdict unique: the run that has the value; null when it is no longer kept',
      properties: { run: { type: 'string' }, event: { type: 'string' }, status: { enum: runStatuses } },
      required: ['run', 'event', 'status'],
      additionalProperties: false,
    },
  },
  required: ['name', 'verdict', 'unique', 'on', 'at', 'term', 'runs', 'pausedSince', 'holder'],
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
    connections: {
      type: 'array',
      description: 'those that its open runs wait for',
      items: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          status: { enum: ['paused', 'open'] },
          reason: { enum: ['paused', 'credentials', 'down', null] },
          until: timeOrNull,
        },
        required: ['name', 'status', 'reason', 'until'],
        additionalProperties: false,
      },
    },
    deliveries: pageOf(delivery),
  },
  required: ['event', 'config', 'problem', 'workflows', 'connections', 'deliveries'],
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
      return answerWhy(parts, event);
    },
  );
}

async function answerWhy(parts: AdminParts, event: Event): Promise<WhyAnswer> {
  const { store } = parts;
  const { id, source, type, status, key } = event;
  const [deliveries, newestFirst, states] = await Promise.all([
    readPage({}, (part) => store.deliveries({ eventId: id }, part), viewDelivery),
    store.runs({ eventId: id }, { limit: mostRuns }),
    readStates(parts),
  ]);
  const runs = newestFirst.toReversed();
  const { workflows, ...known } = await findConfig(parts, event, runs);
  const views = viewWorkflows(parts, event, workflows, runs);
  return {
    event: { id, source, type, status, key, receivedAt: iso(event.receivedAt) },
    config: workflows && { hash: workflows.hash, file: workflows.file, ...known },
    problem: views.problem,
    workflows: await Promise.all(
      views.workflows
        .map((view) => ({ ...view, pausedSince: isoOrNull(states.paused.get(view.name)) }))
        .map((view) => withHolder(parts, view)),
    ),
    connections: troubledConnections(states, runs),
    deliveries,
  };
}

async function withHolder({ store }: AdminParts, view: WorkflowView): Promise<WorkflowView> {
  if (view.verdict !== 'unique' || view.unique === null) return view;
  const [holder] = await store.runs({ workflow: view.name, unique: view.unique }, { limit: 1 });
  return holder === undefined
    ? view
    : { ...view, holder: { run: holder.id, event: holder.eventId, status: holder.status } };
}

function troubledConnections({ connections }: KeptStates, runs: readonly Run[]): WhyAnswer['connections'] {
  const lanes = new Set(runs.filter(({ endedAt }) => endedAt === null).map(({ lane }) => lane));
  return connections.flatMap(({ name, status, reason, untilAt }) =>
    status === 'ok' || !lanes.has(name) ? [] : [{ name, status, reason, until: isoOrNull(untilAt) }],
  );
}

function viewWorkflows(parts: AdminParts, event: Event, workflows: Workflows | null, runs: readonly Run[]) {
  const { explained, problem } = explainEvent(parts, event, workflows);
  const known = explained.map((one) => viewWorkflow(event, one, runs));
  const names = new Set(known.map(({ name }) => name));
  const gone = [...new Set([...event.matched, ...runs.map((run) => run.workflow)])].filter((name) => !names.has(name));
  const verdict = problem === null ? ('gone' as const) : ('taken' as const);
  const others = gone.map((name): WorkflowView => ({ ...nothing, name, verdict, runs: runsOf(name, runs) }));
  return { problem, workflows: [...known, ...others] };
}

const nothing = {
  unique: null,
  on: [],
  at: null,
  term: null,
  pausedSince: null,
  holder: null,
} satisfies Partial<WorkflowView>;

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
