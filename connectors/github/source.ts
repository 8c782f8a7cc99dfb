// GitHub: signed repository, organisation and app events; the type is the event with its action, such as `issues.opened`.

import { defineSource } from 'hookline/plugin';
import { events } from './events.ts';

export default defineSource({
  name: 'github',
  description: 'GitHub webhooks with content type application/json.',
  settings: {
    type: 'object',
    properties: {
      dedupe: {
        type: 'string',
        enum: ['delivery', 'content'],
        description:
          'What makes an event the same: its delivery id (the default; GitHub does not sign it) or its signed content.',
      },
    },
  },
  // The older X-Hub-Signature is SHA-1 and never looked at.
  scheme: { algorithm: 'hmac-sha256', signature: { header: 'X-Hub-Signature-256', prefix: 'sha256=' } },
  identify: ({ body, headers }, { dedupe = 'delivery' }) => {
    const event = headers.get('x-github-event')?.[0] ?? 'unknown';
    const { action } = (body ?? {}) as { action?: unknown };
    return {
      type: typeof action === 'string' && action !== '' ? `${event}.${action}` : event,
      id: dedupe === 'delivery' ? headers.get('x-github-delivery')?.[0] : undefined,
      rule: 'X-GitHub-Delivery',
      data: body,
    };
  },
  events,
  sampleHeaders: (type, seed) => ({
    'X-GitHub-Event': type.split('.', 1)[0] ?? type,
    'X-GitHub-Delivery': seed.id,
  }),
});
