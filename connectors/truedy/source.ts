// Truedy: signed call, batch and voice-training events of a voice agent platform.

import { defineSource } from 'hookline/plugin';
import { events } from './events.ts';
import { identify } from './identify.ts';

export default defineSource({
  name: 'truedy',
  description: 'Truedy: calls, batches and voice trainings of a voice agent platform.',
  scheme: {
    algorithm: 'hmac-sha256',
    signature: { header: 'X-Truedy-Signature' },
    content: '{timestamp}.{body}',
    // The key is the whole secret as text, although it looks like one of Standard Webhooks.
    timestamp: { header: 'X-Truedy-Timestamp', unit: 's', tolerance: 300 },
  },
  identify: ({ body }) => identify(body),
  // The schedule is not documented; its own provider retries for about nine hours.
  retriesForMs: 3 * 24 * 3_600_000,
  events,
});
