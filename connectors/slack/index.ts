// Slack, by @slack/web-api: the connector's definition.

import { defineConnector } from 'hookline/plugin';
import { check, connect, settings } from './client.ts';
import { postMessage } from './post-message.ts';
import { updateMessage } from './update-message.ts';

export default defineConnector({
  name: 'slack',
  description: 'Posts messages to Slack and updates them.',
  settings,
  secrets: ['token'],
  connect,
  check,
  actions: { 'post-message': postMessage, 'update-message': updateMessage },
  sandbox: () => import('./sandbox.ts'),
});
