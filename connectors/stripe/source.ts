// Stripe: signed events of payments, invoices and subscriptions; `event.data.object` is what the event is about.

import { defineSource } from 'hookline/plugin';
import { events } from './events.ts';

export default defineSource({
  name: 'stripe',
  description: 'Stripe webhooks (snapshot events).',
  scheme: {
    algorithm: 'hmac-sha256',
    // Several v1 while a secret is rolled; v0 belongs to test clocks and is ignored. The key is the whole whsec_ text.
    signature: { header: 'Stripe-Signature', itemSeparator: ',', keySeparator: '=', key: 'v1' },
    content: '{timestamp}.{body}',
    timestamp: { item: 't', unit: 's', tolerance: 300 },
  },
  identify: ({ body }) => {
    const { id, type, created, data } = (body ?? {}) as Record<string, unknown>;
    return {
      type: typeof type === 'string' ? type : 'unknown',
      id: typeof id === 'string' && id !== '' ? id : undefined,
      rule: 'id',
      time:
        typeof created === 'number' && Math.abs(created) < 1e11 ? new Date(created * 1000).toISOString() : undefined,
      data: data === undefined ? body : data,
    };
  },
  retriesForMs: 3 * 24 * 3_600_000,
  events,
});
