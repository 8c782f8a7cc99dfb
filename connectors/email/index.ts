// E-mail over SMTP, by nodemailer: the connector's definition.

import { defineConnector } from 'hookline/plugin';
import { send } from './send.ts';
import { settings } from './settings.ts';
import { openTransport } from './transport.ts';

export default defineConnector({
  name: 'email',
  description: 'Sends e-mail through an SMTP server.',
  settings,
  secrets: ['password'],
  connect: openTransport,
  check: (client) => client.verify(),
  close: async (client) => client.close(),
  actions: { send },
  sandbox: () => import('./sandbox.ts'),
});
