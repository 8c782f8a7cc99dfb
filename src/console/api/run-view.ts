// How runs and their steps look in an answer.

import {
  workflowOfLane,
  type Attempt,
  type HeldReason,
  type Run,
  type RunStatus,
  type StepState,
} from '../../core/model.ts';
import type { FromSchema } from '../../plugin/index.ts';
import { attempt, question, questionsOf, viewAttempt } from './attempt-view.ts';
import { errorOrNull, iso, isoOrNull, time, timeOrNull, viewError } from './values.ts';

export const runStatuses = [
  'pending',
  'running',
  'waiting',
  'held',
  'succeeded',
  'failed',
  'canceled',
] as const satisfies readonly RunStatus[];
const stepStatuses = [...runStatuses, 'skipped'] as const;
export const heldReasons = ['in_doubt', 'credentials', 'paused', 'missing'] as const satisfies readonly HeldReason[];
const reasons = [...heldReasons, null] as const;

const stepSummary = {
  type: 'object',
  properties: { id: { type: 'string' }, status: { enum: stepStatuses }, reason: { enum: reasons } },
  required: ['id', 'status', 'reason'],
  additionalProperties: false,
} as const;

const runFields = {
  id: { type: 'string' },
  eventId: { type: 'string' },
  workflow: { type: 'string' },
  replay: { type: 'integer', description: '0 for the first run of the event through the workflow' },
  status: { enum: runStatuses },
  reason: { enum: reasons, description: 'of a held run' },
  config: { type: 'string', description: 'hash of the workflow file it began with' },
  connection: { type: 'string', description: 'what the next step needs; empty while its workflow is paused' },
  createdAt: time,
  startedAt: timeOrNull,
  endedAt: timeOrNull,
  dueAt: timeOrNull,
  deadlineAt: timeOrNull,
  error: errorOrNull,
} as const;

const runRequired = [
  'id',
  'eventId',
  'workflow',
  'replay',
  'status',
  'reason',
  'config',
  'connection',
  'createdAt',
  'startedAt',
  'endedAt',
  'dueAt',
  'deadlineAt',
  'error',
] as const;

export const runSummary = {
  type: 'object',
  properties: { ...runFields, steps: { type: 'array', items: stepSummary } },
  required: [...runRequired, 'steps'],
  additionalProperties: false,
} as const;
export type RunSummary = FromSchema<typeof runSummary>;

export function viewRun(run: Run): RunSummary {
  return { ...fields(run), steps: run.steps.map(({ id, status, reason }) => ({ id, status, reason: reason ?? null })) };
}

const step = {
  type: 'object',
  properties: {
    ...stepSummary.properties,
    note: { type: ['string', 'null'] },
    generation: { type: 'integer' },
    attempts: { type: 'integer' },
    retries: { type: 'integer' },
    dueAt: timeOrNull,
    heldAt: timeOrNull,
    endedAt: timeOrNull,
    input: {},
    output: {},
    error: errorOrNull,
  },
  required: [
    'id',
    'status',
    'reason',
    'note',
    'generation',
    'attempts',
    'retries',
    'dueAt',
    'heldAt',
    'endedAt',
    'error',
  ],
  additionalProperties: false,
} as const;
export type StepView = FromSchema<typeof step>;

function viewStep(row: StepState): StepView {
  return {
    id: row.id,
    status: row.status,
    reason: row.reason ?? null,
    note: row.note ?? null,
    generation: row.generation,
    attempts: row.attempts,
    retries: row.retries,
    dueAt: isoOrNull(row.dueAt),
    heldAt: isoOrNull(row.heldAt),
    endedAt: isoOrNull(row.endedAt),
    input: row.input,
    output: row.output,
    error: viewError(row.error),
  };
}

export const runDetail = {
  type: 'object',
  properties: {
    ...runFields,
    event: {
      type: ['object', 'null'],
      properties: { id: { type: 'string' }, type: { type: 'string' }, source: { type: 'string' }, receivedAt: time },
      required: ['id', 'type', 'source', 'receivedAt'],
      additionalProperties: false,
    },
    steps: { type: 'array', items: step },
    attempts: { type: 'array', items: attempt },
    questions: { type: 'array', items: question },
  },
  required: [...runRequired, 'event', 'steps', 'attempts', 'questions'],
  additionalProperties: false,
} as const;
export type RunDetail = FromSchema<typeof runDetail>;

export function viewRunDetail(run: Run, attempts: readonly Attempt[], event: RunDetail['event']): RunDetail {
  return {
    ...fields(run),
    event,
    steps: run.steps.map(viewStep),
    attempts: attempts.map(viewAttempt),
    questions: questionsOf(run, attempts),
  };
}

/** Empty: it waits for its workflow. */
export function connectionOf({ lane }: Run): string {
  return workflowOfLane(lane) === null ? lane : '';
}

function fields(run: Run) {
  return {
    id: run.id,
    eventId: run.eventId,
    workflow: run.workflow,
    replay: run.replay,
    status: run.status,
    reason: run.reason,
    config: run.config,
    connection: connectionOf(run),
    createdAt: iso(run.createdAt),
    startedAt: isoOrNull(run.startedAt),
    endedAt: isoOrNull(run.endedAt),
    dueAt: isoOrNull(run.dueAt),
    deadlineAt: isoOrNull(run.deadlineAt),
    error: viewError(run.error),
  };
}
