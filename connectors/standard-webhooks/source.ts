// Standard Webhooks: the common scheme of many senders (webhook-id, webhook-timestamp, webhook-signature).

import { defineSource } from 'hookline/plugin';

export default defineSource({
  name: 'standard-webhooks',
  description: 'Any sender that follows Standard Webhooks.',
  settings: {
    type: 'object',
    properties: {
      version: {
        type: 'string',
        enum: ['v1', 'v1a'],
        description: "v1: a shared secret (whsec_…), the default; v1a: the sender's public key (whpk_…).",
      },
    },
  },
  scheme: ({ version = 'v1' }) => ({
    algorithm: version === 'v1' ? 'hmac-sha256' : 'ed25519',
    signature: {
      header: 'webhook-signature',
      encoding: 'base64',
      itemSeparator: ' ',
      keySeparator: ',',
      key: version,
    },
    content: '{id}.{timestamp}.{body}',
    id: { header: 'webhook-id' },
    timestamp: { header: 'webhook-timestamp', unit: 's', tolerance: 300 },
    key: version === 'v1' ? { form: 'base64', stripPrefix: 'whsec_' } : { form: 'raw-base64', stripPrefix: 'whpk_' },
  }),
  identify: ({ body, headers }) => {
    const { type, timestamp, data } = (body ?? {}) as { type?: unknown; timestamp?: unknown; data?: unknown };
    return {
      type: typeof type === 'string' ? type : 'unknown',
      id: headers.get('webhook-id')?.[0],
      rule: 'webhook-id',
      time: typeof timestamp === 'string' ? timestamp : undefined,
      data: data === undefined ? body : data,
    };
  },
  // The schedule the specification gives as its example ends after 75 hours.
  retriesForMs: 4 * 24 * 3_600_000,
  events: {},
});
