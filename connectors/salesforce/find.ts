// Finds records by conditions on their fields, all of which must hold.

import { defineAction, UnknownOutcomeError } from 'hookline/plugin';
import type { Client } from './connect.ts';
import { objectSchema } from './record.ts';
import { operators, pathPattern, writeQuery } from './soql.ts';

const scalar = { type: ['string', 'number', 'boolean'] } as const;
const defaultLimit = 100;

export const find = defineAction({
  description: 'Finds records whose fields meet every condition.',
  input: {
    type: 'object',
    properties: {
      object: objectSchema,
      fields: {
        type: 'array',
        description: 'Fields to read, also of a related record: `Account.Name`. Default: Id.',
        items: { type: 'string', pattern: pathPattern },
        minItems: 1,
        maxItems: 200,
      },
      conditions: {
        type: 'array',
        description: 'What must be true of a record; all of them.',
        items: {
          type: 'object',
          properties: {
            field: { type: 'string', description: 'API name of the field.', pattern: pathPattern },
            op: {
              type: 'string',
              description: 'A list for `in`; no value for `empty`; `%` and `_` have no special meaning anywhere.',
              enum: operators,
            },
            value: {
              anyOf: [scalar, { type: 'array', items: scalar, minItems: 1, maxItems: 500 }],
              description: 'What the field is compared with.',
            },
            type: {
              type: 'string',
              description: 'How a text is meant. Default: text.',
              enum: ['text', 'date', 'datetime'],
            },
          },
          required: ['field', 'op'],
        },
        minItems: 1,
        maxItems: 50,
      },
      limit: {
        type: 'integer',
        description: 'Most records to read.',
        minimum: 1,
        maximum: 2000,
        default: defaultLimit,
      },
    },
    required: ['object', 'conditions'],
  },
  output: {
    type: 'object',
    properties: {
      records: {
        type: 'array',
        items: { type: 'object', additionalProperties: true },
        description: 'The records with the fields that were asked for.',
      },
      total: { type: 'integer', description: 'How many records were found, at most `limit`.' },
    },
    required: ['records', 'total'],
  },
  effect: 'repeatable',
  reads: true,
  run: async (client: Client, { object, fields = ['Id'], conditions, limit = defaultLimit }, { signal }) => {
    const soql = writeQuery({ object, fields, conditions, limit });
    const found = await client.call(signal, (salesforce) =>
      salesforce.query(soql, { autoFetch: true, maxFetch: limit }),
    );
    if (!Array.isArray(found.records) || !Number.isInteger(found.totalSize)) {
      throw new UnknownOutcomeError('Salesforce answered a query without records');
    }
    return { records: found.records.map(withoutAttributes), total: found.totalSize };
  },
});

/** Type and address that Salesforce adds to a record and to each related one. */
function withoutAttributes(record: object): Record<string, unknown> {
  const kept = Object.entries(record).filter(([name]) => name !== 'attributes');
  return Object.fromEntries(kept.map(([name, value]) => [name, isRecord(value) ? withoutAttributes(value) : value]));
}

function isRecord(value: unknown): value is object {
  return value !== null && typeof value === 'object' && 'attributes' in value;
}
