// Runs that wait for a person, alike ones together: same workflow, step and cause.

import type { FastifyInstance } from 'fastify';
import type { Run, StepState } from '../../core/model.ts';
import type { FromSchema } from '../../plugin/index.ts';
import type { AdminParts } from './parts.ts';
import { connectionOf } from './run-view.ts';
import { iso, time } from './values.ts';

const group = {
  type: 'object',
  properties: {
    status: { enum: ['held', 'failed'] },
    reason: { enum: ['in_doubt', 'credentials', 'paused', 'missing', null] },
    workflow: { type: 'string' },
    step: { type: ['string', 'null'] },
    connection: { type: 'string', description: 'empty when it is the workflow that is paused' },
    code: { type: ['string', 'null'] },
    message: { type: 'string', description: 'of the newest of them' },
    count: { type: 'integer' },
    oldestAt: time,
    newestAt: time,
    runs: { type: 'array', items: { type: 'string' }, description: 'the newest, up to 20' },
  },
  required: [
    'status',
    'reason',
    'workflow',
    'step',
    'connection',
    'code',
    'message',
    'count',
    'oldestAt',
    'newestAt',
    'runs',
  ],
  additionalProperties: false,
} as const;
type Group = FromSchema<typeof group>;

const answer = {
  type: 'object',
  properties: {
    groups: { type: 'array', items: group, description: 'what is in doubt first, then the largest' },
    more: { type: 'boolean', description: 'true: only the newest 1,000 of each status are counted' },
  },
  required: ['groups', 'more'],
  additionalProperties: false,
} as const;
export type AttentionAnswer = FromSchema<typeof answer>;

const pages = 2;
const limit = 500;
const shownRuns = 20;

export function attentionRoutes(api: FastifyInstance, { store }: AdminParts): void {
  const newest = async (status: 'held' | 'failed') => {
    const rows: Run[] = [];
    for (let page = 0; page < pages; page++) {
      const found = await store.runs({ status }, { limit, before: rows.at(-1)?.id });
      rows.push(...found);
      if (found.length < limit) return { rows, more: false };
    }
    return { rows, more: true };
  };
  api.get('/attention', { schema: { response: { 200: answer } } }, async (): Promise<AttentionAnswer> => {
    const [held, failed] = await Promise.all([newest('held'), newest('failed')]);
    return { groups: groupRuns([...held.rows, ...failed.rows]), more: held.more || failed.more };
  });
}

/** Runs come newest first. */
function groupRuns(runs: readonly Run[]): Group[] {
  const groups = new Map<string, Group>();
  for (const run of runs) {
    const one = viewOf(run);
    const key = JSON.stringify([
      one.status,
      one.reason,
      one.workflow,
      one.step,
      one.connection,
      one.code ?? one.message,
    ]);
    const known = groups.get(key);
    if (known === undefined) {
      groups.set(key, one);
      continue;
    }
    const list = known.runs.length < shownRuns ? [...known.runs, run.id] : known.runs;
    groups.set(key, { ...known, count: known.count + 1, oldestAt: iso(run.createdAt), runs: list });
  }
  return [...groups.values()].toSorted((a, b) => rank(b) - rank(a) || b.count - a.count);
}

function rank({ status, reason }: Group): number {
  if (reason === 'in_doubt') return 2;
  return status === 'held' ? 1 : 0;
}

/** What runs that wait for the same cause have in common. */
export function causeOf(run: Run): Pick<Group, 'step' | 'connection' | 'code' | 'message'> {
  const step = run.steps.find((one) => one.status === run.status);
  const error = step?.error ?? run.error;
  return {
    step: step?.id ?? null,
    connection: connectionOf(run),
    code: error?.code ?? null,
    message: messageOf(run, step),
  };
}

function viewOf(run: Run): Group {
  const at = iso(run.createdAt);
  return {
    status: run.status === 'held' ? 'held' : 'failed',
    reason: run.reason,
    workflow: run.workflow,
    ...causeOf(run),
    count: 1,
    oldestAt: at,
    newestAt: at,
    runs: [run.id],
  };
}

const words: Readonly<Record<string, string>> = {
  in_doubt: 'it is not known whether the call happened',
  credentials: 'the connection refuses its credentials',
  paused: 'the connection is paused',
  missing: 'what it needs is no longer in the workflow file',
};

function messageOf(run: Run, step: StepState | undefined): string {
  if (run.reason === 'paused' && connectionOf(run) === '') return 'the workflow is paused';
  const said = step?.error?.message ?? run.error?.message ?? step?.note;
  return said ?? words[run.reason ?? ''] ?? 'it failed';
}
