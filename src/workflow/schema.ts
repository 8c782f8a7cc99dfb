// JSON Schema of the workflow file, and the formats that schemas may name.

import { parseDuration } from '../core/settings.ts';
import type { Schema } from '../plugin/index.ts';
import { parseRate } from './rate.ts';

interface Format {
  readonly test: (text: string) => boolean;
  /** Completes "must be …". */
  readonly expected: string;
}

/** The formats that schemas may name; ajv takes any text for others. */
export const formats: Readonly<Record<string, Format>> = {
  duration: {
    test: (text) => parseDuration(text) !== undefined,
    expected: 'a duration such as 500ms, 30s, 5m, 24h or 30d',
  },
  rate: {
    test: (text) => parseRate(text) !== undefined,
    expected: 'a rate such as 1/s, 30/min, 1000/h or 5000/d',
  },
  name: {
    test: (text) => /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(text),
    expected: 'a name of letters, digits, "-" and "_", at most 100 long',
  },
  'env-name': {
    test: (text) => /^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(text),
    expected: 'a name of letters, digits and "_" that does not begin with a digit',
  },
  uri: { test: (text) => URL.canParse(text), expected: 'a whole URL such as https://example.com' },
  'date-time': {
    test: (text) => /^\d{4}-\d\d-\d\dT/i.test(text) && !Number.isNaN(Date.parse(text)),
    expected: 'a time such as 2026-01-31T12:00:00Z',
  },
  date: {
    test: (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)),
    expected: 'a date such as 2026-01-31',
  },
  email: { test: (text) => /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(text), expected: 'an e-mail address' },
};

/** Most steps of one workflow. */
export const stepLimit = 200;

const note = { type: 'string', description: 'A remark for people.' } as const;
const filled = { type: 'string', minLength: 1 } as const;
const duration = { type: 'string', format: 'duration' } as const;
const count = { type: 'integer', minimum: 1 } as const;
const names = { format: 'name' } as const;
const map = { type: 'object', additionalProperties: true } as const;
const textOrTexts = { anyOf: [filled, { type: 'array', items: filled, minItems: 1 }] } as const;
const condition = { type: ['string', 'boolean'] } as const;

const source = {
  type: 'object',
  properties: {
    uses: { ...filled, description: 'Preset or plugin that knows the sender.' },
    description: note,
    secrets: { type: 'array', items: filled, description: 'Signing secrets; several while one is being rotated.' },
    with: { ...map, description: 'Settings of the preset.' },
    events: { ...map, description: 'Event types of your own: `any` or a JSON Schema of `event.data`.' },
    keepContentKeys: {
      ...duration,
      description:
        'How long an event without an id of its own is known by its content; the same content later is a new event. Default: `KEEP_CONTENT_KEYS`, 24 hours.',
    },
  },
  required: ['uses'],
} as const satisfies Schema;

const connection = {
  type: 'object',
  properties: {
    uses: { ...filled, description: 'Connector or plugin.' },
    description: note,
    with: { ...map, description: 'Settings of the connector.' },
    concurrency: { ...count, description: 'Attempts under way at the same time.' },
    rate: {
      type: 'string',
      format: 'rate',
      description:
        'Most attempts begun in a span of time, over all runs: `1/s`, `30/min`, `1000/h`. Default: any number.',
    },
  },
  required: ['uses'],
} as const satisfies Schema;

const step = {
  type: 'object',
  properties: {
    id: {
      type: 'string',
      format: 'name',
      description: 'Name of the step, unique in its workflow. Default: the name of the action.',
    },
    description: note,
    uses: { ...filled, description: '`connection.action`.' },
    if: { ...condition, description: 'Skips the step unless true.' },
    with: { ...map, description: 'Input of the action.' },
    needs: { type: 'array', items: filled, description: 'Steps that must be done first; all above without it.' },
    retry: {
      type: 'object',
      description: 'How long and how often it is tried again; what is left out is as the settings say.',
      properties: {
        attempts: { ...count, description: 'Attempts in all. Default: only time limits them.' },
        within: { ...duration, description: 'Time after the first attempt in which it is tried again.' },
        firstDelay: { ...duration, description: 'Delay before the first retry; it doubles each time.' },
        maxDelay: { ...duration, description: 'Longest delay between two retries.' },
      },
    },
    timeout: { ...duration, description: 'Time limit of one attempt.' },
    onError: {
      enum: ['fail', 'continue'],
      default: 'fail',
      description:
        'When it failed for good: `fail` skips the steps that need it and fails the run, `continue` goes on.',
    },
    onDoubt: {
      enum: ['hold', 'retry'],
      default: 'hold',
      description: 'When nobody can know whether it happened: `hold` asks a person, `retry` does it again.',
    },
  },
  required: ['uses'],
} as const satisfies Schema;

const workflow = {
  type: 'object',
  properties: {
    description: note,
    on: { ...textOrTexts, description: '`source:type`; `*` stands for any characters.' },
    unique: { ...filled, description: 'One run for each value of this expression.' },
    if: { ...condition, description: 'Takes only the events for which it is true.' },
    timeout: { ...duration, description: 'Time limit of the whole run.' },
    steps: { type: 'array', items: step, minItems: 1, maxItems: stepLimit, description: 'What is done, in order.' },
  },
  required: ['on', 'steps'],
} as const satisfies Schema;

export const fileSchema = {
  type: 'object',
  properties: {
    version: { const: 1, description: 'Version of the file format.' },
    env: {
      type: 'object',
      propertyNames: { format: 'env-name' },
      additionalProperties: true,
      description: 'Literals of this file, read as `env.NAME` in every expression.',
    },
    sources: {
      type: 'object',
      propertyNames: names,
      additionalProperties: source,
      description: 'Who may send webhooks; each has the path `/webhooks/<name>`.',
    },
    connections: {
      type: 'object',
      propertyNames: names,
      additionalProperties: connection,
      description: 'Where actions go, under names of your own.',
    },
    workflows: {
      type: 'object',
      propertyNames: names,
      additionalProperties: workflow,
      minProperties: 1,
      description: 'What is done about which events.',
    },
  },
  required: ['version', 'workflows'],
} as const satisfies Schema;

/** Words kept for a later version, where they would stand. */
export const reservedWords: ReadonlySet<string> = new Set(
  (
    'forEach wait waitFor parallel switch case while until repeat loop else then try catch finally return call goto ' +
    'concurrency outputs schedule'
  ).split(' '),
);
