// The Salesforce connector.

import { defineConnector } from 'hookline/plugin';
import { connect } from './connect.ts';
import { createRecord } from './create-record.ts';
import { find } from './find.ts';
import { settings } from './settings.ts';
import { updateRecord } from './update-record.ts';
import { upsertRecord } from './upsert-record.ts';

export default defineConnector({
  name: 'salesforce',
  description: 'Creates, updates and finds records in Salesforce.',
  settings,
  secrets: ['clientSecret', 'privateKey', 'refreshToken'],
  connect,
  check: async (client) => {
    const signal = new AbortController().signal;
    await client.call(signal, (salesforce) => salesforce.request('/'));
  },
  actions: {
    'upsert-record': upsertRecord,
    'create-record': createRecord,
    'update-record': updateRecord,
    find,
  },
  sandbox: () => import('./sandbox.ts'),
});
