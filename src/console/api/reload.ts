// Loads the workflow file anew, and says what came of it; a refused file with every problem and its lines.

import type { FastifyInstance } from 'fastify';
import { HostError } from '../../core/errors.ts';
import type { ConfigChanges } from '../../core/model.ts';
import type { FromSchema } from '../../plugin/index.ts';
import { listFiles, unpackFiles } from '../../workflow/files.ts';
import { formatProblem, type Problem } from '../../workflow/problem.ts';
import type { LoadOutcome, LoadState, Refused } from './loading.ts';
import type { AdminParts } from './parts.ts';
import { iso, time } from './values.ts';

const names = { type: 'array', items: { type: 'string' } } as const;

const changes = {
  type: 'object',
  description: 'names of workflows',
  properties: { added: names, removed: names, changed: names },
  required: ['added', 'removed', 'changed'],
  additionalProperties: false,
} as const;

const problem = {
  type: 'object',
  properties: {
    code: { type: 'string' },
    severity: { enum: ['error', 'warning'] },
    at: {
      type: 'object',
      properties: { file: { type: 'string' }, line: { type: 'integer' }, column: { type: 'integer' } },
      required: ['file', 'line', 'column'],
      additionalProperties: false,
    },
    path: { type: 'string', description: 'in the file: workflows.call-summary.steps[0].uses' },
    message: { type: 'string' },
    hint: { type: ['string', 'null'] },
    shown: { type: 'string', description: 'as hookline check prints it, with the line of the file' },
  },
  required: ['code', 'severity', 'at', 'path', 'message', 'hint', 'shown'],
  additionalProperties: false,
} as const;

const refused = {
  type: ['object', 'null'],
  description: 'why the file is not in use; null when it is',
  properties: { at: time, why: { type: 'string' }, problems: { type: 'array', items: problem } },
  required: ['at', 'why', 'problems'],
  additionalProperties: false,
} as const;

/** Of `GET /api/config`, beside the live file. */
export const loadProperties = {
  acceptedAt: { type: ['string', 'null'] },
  files: { ...names, description: 'the file in use, or those of the folder' },
  stale: { type: 'boolean', description: 'the file is refused, and an older one is in use' },
  refused,
  last: {
    type: ['object', 'null'],
    description: 'what the last load since the start changed',
    properties: { at: time, workflows: changes },
    required: ['at', 'workflows'],
    additionalProperties: false,
  },
} as const;

const loaded = { type: 'object', properties: loadProperties, required: ['stale'] } as const;
export type LoadView = Required<FromSchema<typeof loaded>>;

const outcome = {
  type: 'object',
  properties: {
    status: { enum: ['accepted', 'unchanged', 'refused'] },
    hash: { type: 'string', description: 'of the file that is in use now' },
    workflows: changes,
    refused,
  },
  required: ['status', 'hash', 'workflows', 'refused'],
  additionalProperties: false,
} as const;
export type ReloadAnswer = FromSchema<typeof outcome>;

export function reloadRoutes(api: FastifyInstance, { loading, workflows, log }: AdminParts): void {
  api.post('/reload', { schema: { response: { 200: outcome } } }, async (): Promise<ReloadAnswer> => {
    const result = await loading?.now();
    const live = await workflows?.();
    if (result === undefined || !live) throw new HostError('not.found', { what: 'the workflow file', id: 'live' });
    log.info('admin: reload', { status: result.status });
    return viewOutcome(result, live.hash);
  });
}

function viewOutcome(result: LoadOutcome, hash: string): ReloadAnswer {
  const { status } = result;
  return {
    status,
    hash,
    workflows: viewChanges(status === 'accepted' ? result.workflows : undefined),
    refused: status === 'refused' ? viewRefused(result.refusal) : null,
  };
}

export function viewLoad(state: LoadState | undefined, live: { file: string; text: string } | null): LoadView {
  return {
    acceptedAt: state === undefined ? null : iso(state.acceptedAt),
    files: live === null ? [] : listFiles(unpackFiles(live.file, live.text)).map(({ file }) => file),
    stale: (state?.refused ?? null) !== null,
    refused: state?.refused ? viewRefused(state.refused) : null,
    last: state?.last ? { at: iso(state.last.at), workflows: viewChanges(state.last.workflows) } : null,
  };
}

function viewChanges({ added = [], removed = [], changed = [] }: Partial<ConfigChanges> = {}) {
  return { added: [...added], removed: [...removed], changed: [...changed] };
}

function viewRefused({ at, why, problems, files }: Refused) {
  return { at: iso(at), why, problems: problems.map((one) => viewProblem(one, files)) };
}

function viewProblem(given: Problem, files: Refused['files']) {
  const { code, severity, at, path, message, hint = null } = given;
  return { code, severity, at, path, message, hint, shown: formatProblem(given, files ?? [], { color: false }) };
}
