// What the record actions share: the schemas of their inputs, the external id, and the proof that a record was saved.

import { PermanentError, UnknownOutcomeError, type FromSchema } from 'hookline/plugin';
import type { Client } from './connect.ts';
import { checkName, namePattern, writeQuery } from './soql.ts';
import { AnswerError } from './transport.ts';

export const objectSchema = {
  type: 'string',
  description: 'API name of the object: `Task`, `Contact`, `Visit__c`.',
  pattern: namePattern,
} as const;

/** Names that jsforce takes out of a record for itself, and the id, which is given beside the record. */
export const recordSchema = {
  type: 'object',
  description: 'API names of fields and their values; null empties a field.',
  propertyNames: { pattern: '^(?!(?:[Ii][Dd]|type|attributes)$)\\w{1,80}$' },
  additionalProperties: true,
} as const;

export const externalIdSchema = {
  type: 'object',
  description:
    'The value that finds the record again; the field must be marked "External ID" and "Unique" in Salesforce.',
  properties: {
    field: { type: 'string', description: 'API name of the field: `Call_Id__c`.', pattern: namePattern },
    value: {
      type: ['string', 'number'],
      description: 'The id, such as the id of the call.',
      minLength: 1,
      maxLength: 255,
    },
  },
  required: ['field', 'value'],
} as const;

export const idPattern = '^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$';
export const idSchema = { type: 'string', description: 'Id of the record in Salesforce.', pattern: idPattern } as const;

export type RecordFields = FromSchema<typeof recordSchema>;
export type ExternalId = FromSchema<typeof externalIdSchema>;

/** The fields to send. Throws `PermanentError` for a name that jsforce would drop without a word. */
export function checkFields(record: RecordFields): RecordFields {
  for (const name of Object.keys(record)) {
    if (new RegExp(recordSchema.propertyNames.pattern).test(name)) continue;
    throw new PermanentError(`"${name.slice(0, 100)}" cannot be a field of "record"; use the API name of a field`);
  }
  return record;
}

/** Refuses a record that says the external id a second time. */
export function checkExternalId({ field, value }: ExternalId, record: RecordFields): void {
  checkName('field', field);
  const twice = Object.keys(record).find((name) => name.toLowerCase() === field.toLowerCase());
  if (twice !== undefined) {
    throw new PermanentError(`"${twice}" stands both in "externalId" and in "record"; leave it out of "record"`);
  }
  if (String(value) === '')
    throw new PermanentError('"externalId.value" is empty; give the id that finds the record again');
}

/**
 * The external id as one segment of a path. Throws `PermanentError` for `.` and `..`: a URL cannot carry them as a name,
 * not even percent-encoded.
 */
export function encodeExternalId(value: string | number): string {
  const text = String(value);
  if (text === '.' || text === '..' || !text.isWellFormed()) {
    throw new PermanentError(`"externalId.value" cannot be sent in an address: ${JSON.stringify(text.slice(0, 100))}`);
  }
  return encodeURIComponent(text);
}

/** What Salesforce says of a saved record. `id` is missing where it answered an update without a body (204). */
export interface Saved {
  readonly id: string | undefined;
  readonly created: boolean;
}

/** Reads the answer to a write; a resolved promise alone proves nothing. Throws when it does not say that the record was saved. */
export function readSaved(answer: unknown): Saved {
  const { success, id, created, errors } = (answer ?? {}) as Record<string, unknown>;
  if (success === true && (id === undefined || isId(id))) return { id, created: created === true };
  if (success === false && Array.isArray(errors)) throw new AnswerError(400, errors.map(readSaveError));
  throw new UnknownOutcomeError('Salesforce answered without saying that the record was saved');
}

export function isId(id: unknown): id is string {
  return typeof id === 'string' && new RegExp(idPattern).test(id);
}

/** The id of the one record with this external id; undefined when there is none. */
export async function findByExternalId(
  client: Client,
  signal: AbortSignal,
  object: string,
  { field, value }: ExternalId,
): Promise<string | undefined> {
  const soql = writeQuery({ object, fields: ['Id'], conditions: [{ field, op: '=', value }], limit: 2 });
  const found = await client.call(signal, (salesforce) => salesforce.query(soql));
  const id: unknown = found.records.length === 1 ? found.records[0]?.Id : undefined;
  return isId(id) ? id : undefined;
}

function readSaveError(error: unknown): { code: string; message: string; fields: readonly string[] } {
  const { statusCode, errorCode, message } = (error ?? {}) as Record<string, unknown>;
  const code = [statusCode, errorCode].find((word) => typeof word === 'string') ?? 'NOT_SAVED';
  return { code, message: typeof message === 'string' ? message : 'no reason given', fields: [] };
}
