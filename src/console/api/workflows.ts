// The workflows of the file in use: what they wait for, their steps with what each guarantees, and how their runs went.

import type { FastifyInstance } from 'fastify';
import { HostError } from '../../core/errors.ts';
import type { Time } from '../../core/model.ts';
import type { FromSchema } from '../../plugin/index.ts';
import type { Tally } from '../../store/store.ts';
import type { Step, Workflow, Workflows } from '../../workflow/compile.ts';
import { listFiles, unpackFiles } from '../../workflow/files.ts';
import { guaranteeOf } from '../../workflow/guarantee.ts';
import type { AdminParts } from './parts.ts';
import { readStates } from './pauses.ts';
import { isoOrNull, timeOrNull } from './values.ts';

const at = { type: 'string', description: 'file:line:column' } as const;

const step = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    connection: { type: 'string' },
    action: { type: 'string' },
    needs: { type: 'array', items: { type: 'string' } },
    effects: { enum: ['exactly one', 'at least one', 'at most one'] },
    why: { type: 'string', description: 'why it guarantees that many effects' },
    at,
  },
  required: ['id', 'connection', 'action', 'needs', 'effects', 'why', 'at'],
  additionalProperties: false,
} as const;

const counts = {
  type: 'object',
  description: 'runs that came to this within the last 24 hours',
  properties: {
    succeeded: { type: 'integer' },
    failed: { type: 'integer' },
    held: { type: 'integer' },
    canceled: { type: 'integer' },
  },
  required: ['succeeded', 'failed', 'held', 'canceled'],
  additionalProperties: false,
} as const;

const fields = {
  name: { type: 'string' },
  description: { type: 'string' },
  on: { type: 'array', items: { type: 'string' } },
  at,
  steps: { type: 'array', items: step },
  day: counts,
  pausedSince: { ...timeOrNull, description: 'its runs are held since then; null: it is not paused' },
} as const;
const required = ['name', 'description', 'on', 'at', 'steps', 'day', 'pausedSince'] as const;

const workflow = { type: 'object', properties: fields, required, additionalProperties: false } as const;
export type WorkflowView = FromSchema<typeof workflow>;

const list = {
  type: 'object',
  properties: {
    file: { type: 'string' },
    hash: { type: 'string' },
    items: { type: 'array', items: workflow },
  },
  required: ['file', 'hash', 'items'],
  additionalProperties: false,
} as const;
export type WorkflowsAnswer = FromSchema<typeof list>;

const detail = {
  type: 'object',
  properties: { ...fields, text: { type: 'string', description: 'its lines of the file' }, line: { type: 'integer' } },
  required: [...required, 'text', 'line'],
  additionalProperties: false,
} as const;
export type WorkflowDetail = FromSchema<typeof detail>;

const dayMs = 86_400_000;

export function workflowRoutes(api: FastifyInstance, parts: AdminParts): void {
  pauseRoutes(api, parts);
  const read = async () => {
    const [live, tallies, { paused }] = await Promise.all([
      parts.workflows?.() ?? null,
      parts.tallies?.since(parts.clock() - dayMs) ?? [],
      readStates(parts),
    ]);
    const view = (one: Workflow) => viewWorkflow(one, tallies, paused.get(one.name));
    return { live, view };
  };
  api.get('/workflows', { schema: { response: { 200: list } } }, async (): Promise<WorkflowsAnswer> => {
    const { live, view } = await read();
    const items = [...(live?.workflows.values() ?? [])].map(view);
    return { file: live?.file ?? '', hash: live?.hash ?? '', items };
  });
  api.get<{ Params: { name: string } }>(
    '/workflows/:name',
    { schema: { response: { 200: detail } } },
    async ({ params: { name } }): Promise<WorkflowDetail> => {
      const { live, view } = await read();
      const found = live?.workflows.get(name);
      if (live === null || found === undefined) throw new HostError('not.found', { what: 'workflow', id: name });
      return { ...view(found), text: linesOf(live, found), line: found.at.line };
    },
  );
}

const state = {
  type: 'object',
  properties: { name: fields.name, pausedSince: fields.pausedSince },
  required: ['name', 'pausedSince'],
  additionalProperties: false,
} as const;
export type WorkflowPause = FromSchema<typeof state>;

function pauseRoutes(api: FastifyInstance, parts: AdminParts): void {
  const { operations, log } = parts;
  const verbs = {
    pause: (name: string) => operations.pauseWorkflow(name),
    resume: (name: string) => operations.resumeWorkflow(name),
  };
  for (const [verb, change] of Object.entries(verbs)) {
    api.post<{ Params: { name: string } }>(
      `/workflows/:name/${verb}`,
      { schema: { response: { 200: state } } },
      async ({ params: { name } }): Promise<WorkflowPause> => {
        await change(name);
        log.info(`admin: ${verb}`, { workflow: name });
        const { paused } = await readStates(parts);
        return { name, pausedSince: isoOrNull(paused.get(name)) };
      },
    );
  }
}

function viewWorkflow(
  { name, description, on, at, steps }: Workflow,
  tallies: readonly Tally[],
  pausedAt: Time | undefined,
): WorkflowView {
  const own = tallies.filter((tally) => tally.kind === 'run' && tally.name === name);
  const sum = (status: Tally['status']) =>
    own.reduce((total, tally) => total + (tally.status === status ? tally.count : 0), 0);
  return {
    name,
    description,
    on: [...on],
    at: placeOf(at),
    steps: steps.map(viewStep),
    day: { succeeded: sum('succeeded'), failed: sum('failed'), held: sum('held'), canceled: sum('canceled') },
    pausedSince: isoOrNull(pausedAt),
  };
}

function viewStep(one: Step): WorkflowView['steps'][number] {
  const { id, connection, connector, actionName, needs } = one;
  const action = `${connector.name}.${actionName}`;
  return { id, connection, action, needs: [...needs], ...guaranteeOf(one), at: placeOf(one.at) };
}

function placeOf({ file, line, column }: Workflow['at']): string {
  return `${file}:${line}:${column}`;
}

/** From its name to the next line that stands as far left. */
function linesOf(live: Workflows, { at }: Workflow): string {
  const file = listFiles(unpackFiles(live.file, live.text)).find((one) => one.file === at.file);
  const lines = (file?.text ?? '').split('\n').slice(at.line - 1);
  const end = lines.findIndex((line, index) => index > 0 && line.trim() !== '' && indentOf(line) <= at.column);
  return (end === -1 ? lines : lines.slice(0, end)).join('\n').trimEnd();
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length + 1;
}
