// Sets fields of a record whose id is known; doing it twice leaves the same values.

import { defineAction, PermanentError } from 'hookline/plugin';
import type { Client } from './connect.ts';
import { checkFields, idSchema, isId, objectSchema, readSaved, recordSchema } from './record.ts';
import { checkName } from './soql.ts';

export const updateRecord = defineAction({
  description: 'Updates fields of the record with this id.',
  input: {
    type: 'object',
    properties: { object: objectSchema, id: idSchema, record: recordSchema },
    required: ['object', 'id', 'record'],
  },
  output: { type: 'object', properties: { id: idSchema }, required: ['id'] },
  effect: 'repeatable',
  run: async (client: Client, { object, id, record }, { signal }) => {
    checkName('object', object);
    if (!isId(id)) throw new PermanentError('"id" is not the id of a Salesforce record: 15 or 18 letters and digits');
    const fields = { ...checkFields(record), Id: id };
    await client.call(signal, async (salesforce) => readSaved(await salesforce.update(object, fields)));
    return { id };
  },
});
