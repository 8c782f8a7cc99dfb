// The forms of what the playground is asked and answers.

import type { FromSchema } from '../../plugin/index.ts';
import { nameQuery } from './paging.ts';

const text = { type: 'string', maxLength: 262_144, description: 'a workflow file of at most 256 KiB' } as const;

const problem = {
  type: 'object',
  properties: {
    code: { type: 'string' },
    severity: { enum: ['error', 'warning'] },
    message: { type: 'string' },
    hint: { type: ['string', 'null'] },
    line: { type: 'integer' },
    column: { type: 'integer' },
    length: { type: 'integer', description: 'in characters' },
  },
  required: ['code', 'severity', 'message', 'hint', 'line', 'column', 'length'],
  additionalProperties: false,
} as const;

export const checked = {
  type: 'object',
  properties: {
    problems: { type: 'array', items: problem },
    workflows: { type: 'array', items: { type: 'string' } },
  },
  required: ['problems', 'workflows'],
  additionalProperties: false,
} as const;
export type CheckAnswer = FromSchema<typeof checked>;

const termOrNull = {
  type: ['object', 'null'],
  properties: {
    text: { type: 'string' },
    at: { type: 'string' },
    values: {
      type: 'array',
      items: {
        type: 'object',
        properties: { path: { type: 'string' }, shown: { type: 'string' } },
        required: ['path', 'shown'],
        additionalProperties: false,
      },
    },
  },
  required: ['text', 'at', 'values'],
  additionalProperties: false,
} as const;

const triedStep = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    connection: { type: 'string' },
    action: { type: 'string' },
    is: { enum: ['calls', 'skipped', 'fails', 'open'], description: 'open: it depends on what earlier steps answer' },
    input: {},
    note: { type: ['string', 'null'] },
    at: { type: ['string', 'null'] },
    reads: { type: 'array', items: { type: 'string' } },
  },
  required: ['id', 'connection', 'action', 'is', 'note', 'at', 'reads'],
  additionalProperties: false,
} as const;

const triedWorkflow = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    verdict: { enum: ['taken', 'fails', 'other-event', 'false'] },
    on: { type: 'array', items: { type: 'string' } },
    term: termOrNull,
    steps: { type: 'array', items: triedStep },
  },
  required: ['name', 'verdict', 'on', 'term', 'steps'],
  additionalProperties: false,
} as const;

export const tried = {
  type: 'object',
  properties: { ...checked.properties, tried: { type: 'array', items: triedWorkflow } },
  required: [...checked.required, 'tried'],
  additionalProperties: false,
} as const;
export type TryAnswer = FromSchema<typeof tried>;

export const checkBody = {
  type: 'object',
  properties: { text },
  required: ['text'],
  additionalProperties: false,
} as const;

export const tryBody = {
  type: 'object',
  properties: {
    text,
    event: { ...nameQuery, description: 'id of a stored event' },
    source: nameQuery,
    type: nameQuery,
    body: { description: 'instead of a stored event: the body as the source would send it' },
  },
  required: ['text'],
  additionalProperties: false,
} as const;

export const completion = {
  type: 'object',
  properties: {
    from: { type: 'integer', description: 'where what is completed begins' },
    options: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          label: { type: 'string' },
          type: { type: 'string', description: 'property, enum, variable or function' },
          detail: { type: 'string' },
          info: { type: 'string' },
          apply: { type: 'string' },
        },
        required: ['label'],
        additionalProperties: false,
      },
    },
  },
  required: ['from', 'options'],
  additionalProperties: false,
} as const;
export type CompleteAnswer = FromSchema<typeof completion>;

export const completeBody = {
  type: 'object',
  properties: { text, offset: { type: 'integer', minimum: 0, description: 'where the cursor is, in UTF-16 units' } },
  required: ['text', 'offset'],
  additionalProperties: false,
} as const;

export const samples = {
  type: 'object',
  properties: {
    items: {
      type: 'array',
      items: {
        type: 'object',
        properties: { source: { type: 'string' }, type: { type: 'string' }, body: {} },
        required: ['source', 'type'],
        additionalProperties: false,
      },
    },
  },
  required: ['items'],
  additionalProperties: false,
} as const;
export type SamplesAnswer = FromSchema<typeof samples>;
