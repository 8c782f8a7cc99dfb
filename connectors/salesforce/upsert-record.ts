// Creates a record or updates the one with the same external id, so that a repeat changes nothing.

import { defineAction, UnknownOutcomeError } from 'hookline/plugin';
import type { Client } from './connect.ts';
import {
  checkExternalId,
  checkFields,
  encodeExternalId,
  externalIdSchema,
  findByExternalId,
  idSchema,
  objectSchema,
  recordSchema,
  readSaved,
  type ExternalId,
} from './record.ts';
import { checkName } from './soql.ts';

export const upsertRecord = defineAction({
  description: 'Creates a record, or updates the one with the same external id: the safe choice for everything.',
  input: {
    type: 'object',
    properties: { object: objectSchema, externalId: externalIdSchema, record: recordSchema },
    required: ['object', 'externalId', 'record'],
  },
  output: {
    type: 'object',
    properties: {
      id: idSchema,
      created: { type: 'boolean', description: 'False when the record was there and has been updated.' },
    },
    required: ['id', 'created'],
  },
  effect: 'keyed',
  run: async (client: Client, { object, externalId, record }, { signal }) => {
    const { field, value } = externalId;
    checkName('object', object);
    checkExternalId(externalId, record);
    // jsforce puts the value into the path as it is.
    const fields = { ...checkFields(record), [field]: encodeExternalId(value) };
    const saved = await client.call(signal, async (salesforce) =>
      readSaved(await salesforce.upsert(object, fields, field)),
    );
    const id = saved.id ?? (await readId(client, signal, object, externalId));
    return { id, created: saved.created };
  },
});

/** Before version 46.0 an update is answered without a body. The record is saved by now, so no failure here may say otherwise. */
async function readId(client: Client, signal: AbortSignal, object: string, externalId: ExternalId): Promise<string> {
  const message = 'Salesforce updated the record, but its id could not be read';
  const id = await findByExternalId(client, signal, object, externalId).catch((cause: unknown) => {
    throw new UnknownOutcomeError(message, { cause });
  });
  if (id === undefined) throw new UnknownOutcomeError(message);
  return id;
}
