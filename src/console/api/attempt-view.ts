// How attempts look in an answer, and the questions that an attempt in doubt asks.

import type { Attempt, AttemptStatus, EffectWord, Run } from '../../core/model.ts';
import type { FromSchema } from '../../plugin/index.ts';
import { errorOrNull, iso, isoOrNull, time, timeOrNull, viewError } from './values.ts';

const attemptStatuses = [
  'begun',
  'succeeded',
  'rejected',
  'retryable',
  'in_doubt',
  'interrupted',
] as const satisfies readonly AttemptStatus[];
const effects = ['keyed', 'repeatable', 'lookup', 'once'] as const satisfies readonly EffectWord[];

export const attempt = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    step: { type: 'string' },
    number: { type: 'integer' },
    generation: { type: 'integer' },
    key: { type: 'string', description: 'idempotency key' },
    connection: { type: 'string' },
    action: { type: 'string' },
    effect: { enum: effects },
    status: { enum: attemptStatuses },
    begunAt: time,
    endedAt: timeOrNull,
    sent: { type: ['boolean', 'null'], description: 'false only when it is known that nothing was sent' },
    output: {},
    error: errorOrNull,
    retryAfterMs: { type: ['number', 'null'] },
    late: { type: 'boolean', description: 'the outcome came after the run had moved on: evidence only' },
  },
  required: [
    'id',
    'step',
    'number',
    'generation',
    'key',
    'connection',
    'action',
    'effect',
    'status',
    'begunAt',
    'endedAt',
    'sent',
    'error',
    'retryAfterMs',
    'late',
  ],
  additionalProperties: false,
} as const;
export type AttemptView = FromSchema<typeof attempt>;

export function viewAttempt(row: Attempt): AttemptView {
  const { runId: _, ...rest } = row;
  return { ...rest, begunAt: iso(row.begunAt), endedAt: isoOrNull(row.endedAt), error: viewError(row.error) };
}

export const question = {
  type: 'object',
  description: 'did the attempt of this step happen? Look in the connection for the key, then resolve the step',
  properties: {
    step: { type: 'string' },
    attemptId: { type: 'string' },
    connection: { type: 'string' },
    action: { type: 'string' },
    key: { type: 'string' },
    begunAt: time,
    endedAt: timeOrNull,
    input: {},
    error: errorOrNull,
  },
  required: ['step', 'attemptId', 'connection', 'action', 'key', 'begunAt', 'endedAt', 'error'],
  additionalProperties: false,
} as const;
export type Question = FromSchema<typeof question>;

/** One for each step that is held in doubt: its last attempt of unknown outcome. */
export function questionsOf(run: Run, attempts: readonly Attempt[]): Question[] {
  return run.steps.flatMap((state) => {
    if (state.status !== 'held' || state.reason !== 'in_doubt') return [];
    const doubted =
      attempts.find(({ id }) => id === state.doubt?.attemptId) ??
      attempts.findLast((one) => one.step === state.id && one.status === 'in_doubt');
    if (doubted === undefined) return [];
    const { connection, action, key } = doubted;
    const times = { begunAt: iso(doubted.begunAt), endedAt: isoOrNull(doubted.endedAt) };
    const error = viewError(doubted.error);
    return [{ step: state.id, attemptId: doubted.id, connection, action, key, ...times, input: state.input, error }];
  });
}
