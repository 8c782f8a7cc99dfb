// Creates a record; for objects without an external id, where nothing finds an earlier attempt again.

import { defineAction, PermanentError, UnknownOutcomeError } from 'hookline/plugin';
import type { Client } from './connect.ts';
import {
  checkExternalId,
  checkFields,
  externalIdSchema,
  findByExternalId,
  idSchema,
  objectSchema,
  readSaved,
  recordSchema,
  type ExternalId,
} from './record.ts';
import { checkName } from './soql.ts';

export const createRecord = defineAction({
  description:
    'Creates a record. A repeat would create another one, so use upsert-record where the object has an external id field.',
  input: {
    type: 'object',
    properties: {
      object: objectSchema,
      record: recordSchema,
      externalId: {
        ...externalIdSchema,
        description:
          'A unique field and its value, sent with the record: when Salesforce refuses it as a duplicate, the record is there already and the step succeeds with its id.',
      },
    },
    required: ['object', 'record'],
  },
  output: {
    type: 'object',
    properties: {
      id: idSchema,
      created: { type: 'boolean', description: 'False when a record with this external id was there.' },
    },
    required: ['id', 'created'],
  },
  effect: 'once',
  run: async (client: Client, { object, record, externalId }, { signal }) => {
    checkName('object', object);
    if (externalId !== undefined) checkExternalId(externalId, record);
    const own = externalId === undefined ? {} : { [externalId.field]: externalId.value };
    const fields = { ...checkFields(record), ...own };
    try {
      const { id } = await client.call(signal, async (salesforce) =>
        readSaved(await salesforce.create(object, fields)),
      );
      if (id === undefined) throw new UnknownOutcomeError('Salesforce created a record without telling its id');
      return { id, created: true };
    } catch (error) {
      if (externalId === undefined || !isDuplicateOf(externalId, error)) throw error;
      const id = await findByExternalId(client, signal, object, externalId);
      if (id === undefined) throw error;
      return { id, created: false };
    }
  },
});

/** `duplicate value found: Call_Id__c duplicates value on record with id: …`: another unique field of the record is no proof. */
function isDuplicateOf({ field }: ExternalId, error: unknown): boolean {
  if (!(error instanceof PermanentError) || error.code !== 'DUPLICATE_VALUE') return false;
  const named = /duplicate value found: (\w+) duplicates/i.exec(error.message)?.[1];
  return named?.toLowerCase() === field.toLowerCase();
}
