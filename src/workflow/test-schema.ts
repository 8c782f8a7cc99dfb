// JSON Schema of a test file: the form of what stands beside a workflow file as `workflows.test.yaml`.

import type { Schema } from '../plugin/index.ts';

const filled = { type: 'string', minLength: 1 } as const;
const any = { additionalProperties: true } as const;

/** Words that need nothing beside them. */
const answerWords = [
  'succeeded',
  'rejected',
  'retryable',
  'in_doubt',
  'credentials',
  'found',
  'absent',
  'unknown',
  'happened',
  'again',
] as const;

const answer = {
  anyOf: [
    { type: 'string', enum: answerWords },
    {
      type: 'object',
      properties: {
        succeeded: { description: 'The vendor confirmed; the output.' },
        rejected: { ...filled, description: 'Nothing happened, and it will never work: why.' },
        retryable: { ...filled, description: 'Nothing happened, and it may work later: why.' },
        in_doubt: { ...filled, description: 'It may have happened: why nobody knows.' },
        credentials: { ...filled, description: 'The credentials of the connection are refused: why.' },
        found: { description: 'A lookup found that it had happened; the output.' },
        happened: { description: 'A person said that it had happened; the output.' },
        always: { const: true, description: 'Every further try is answered so too.' },
      },
      minProperties: 1,
    },
  ],
} as const satisfies Schema;

const event = {
  type: 'object',
  properties: {
    sample: { ...filled, description: '`source:type` of a sample that comes with the source.' },
    shape: { ...filled, description: 'Another shape of the sample.' },
    file: { ...filled, description: 'File with the body of a webhook, from the folder of the test file.' },
    source: { ...filled, description: 'Source of a file, or of an event written here.' },
    type: { ...filled, description: 'Type of an event written here, or of a body whose sender names it in a header.' },
    id: { ...filled, description: '`event.id`.' },
    time: { type: ['string', 'null'], format: 'date-time', description: '`event.time`.' },
    receivedAt: {
      type: 'string',
      format: 'date-time',
      description: '`event.receivedAt`, which is when the run starts too.',
    },
    data: { description: '`event.data` of an event written here.' },
    body: { description: '`event.body` of an event written here; the same as `data` without it.' },
    with: {
      type: 'object',
      ...any,
      description: 'Other values at paths of the event, such as `data.call.summary`; null takes the field away.',
    },
  },
} as const satisfies Schema;

const runStatuses = ['pending', 'waiting', 'held', 'succeeded', 'failed', 'canceled'] as const;
const stepStatuses = [...runStatuses, 'skipped'] as const;
const reason = { enum: ['in_doubt', 'credentials'], description: 'Why it is held.' } as const;

const stepExpectation = {
  anyOf: [
    { type: 'string', enum: stepStatuses },
    {
      type: 'object',
      properties: {
        status: { enum: stepStatuses, description: 'What became of the step.' },
        reason,
        note: { ...filled, description: 'A part of why it was skipped or failed, as `hookline runs` says it.' },
        error: { ...filled, description: 'A part of the error.' },
        attempts: { type: 'integer', minimum: 0, description: 'How often the action was called.' },
        input: { description: 'What was sent: these fields, whatever else.' },
        inputExactly: { description: 'What was sent: these fields and no other.' },
      },
    },
  ],
} as const satisfies Schema;

const expectation = {
  anyOf: [
    { type: 'string', enum: ['match', 'no match'] },
    {
      type: 'object',
      properties: {
        match: { type: 'boolean', description: 'Whether the workflow takes the event.' },
        because: { ...filled, description: 'The first term of its `if` that is false, as written there.' },
        unique: { type: ['string', 'null'], description: 'Value of its `unique`.' },
        status: { enum: runStatuses, description: 'What became of the run.' },
        reason,
        error: { ...filled, description: 'A part of the error of the run as a whole.' },
        steps: { type: 'object', additionalProperties: stepExpectation, description: 'What became of each step.' },
      },
    },
  ],
} as const satisfies Schema;

const test = {
  type: 'object',
  properties: {
    description: { type: 'string', description: 'A remark for people.' },
    event: { ...event, description: 'The event that is given.' },
    answers: {
      type: 'object',
      description: 'What actions answer, by workflow and step; a step without an answer succeeds.',
      additionalProperties: {
        type: 'object',
        additionalProperties: { anyOf: [...answer.anyOf, { type: 'array', items: answer, minItems: 1 }] },
      },
    },
    matches: { type: 'array', items: filled, description: 'Every workflow that takes the event, and no other.' },
    expect: {
      type: 'object',
      additionalProperties: expectation,
      description: 'What is expected, by workflow; the others are not looked at.',
    },
  },
  required: ['event'],
} as const satisfies Schema;

export const testFileSchema = {
  type: 'object',
  properties: {
    version: { const: 1, description: 'Version of the file format.' },
    tests: {
      type: 'object',
      additionalProperties: test,
      minProperties: 1,
      description: 'Tests by name: say what should happen.',
    },
  },
  required: ['version', 'tests'],
} as const satisfies Schema;
