// Slack as a sender: events of an app, its slash commands, and what people click in its messages.

import { defineSource } from 'hookline/plugin';

type Fields = Record<string, unknown>;

export default defineSource({
  name: 'slack',
  description: 'Events, slash commands or interactions of a Slack app.',
  settings: {
    type: 'object',
    properties: {
      sends: {
        type: 'string',
        enum: ['events', 'commands', 'interactions'],
        description: 'What this request URL of the app receives. Default: events.',
      },
    },
  },
  scheme: {
    algorithm: 'hmac-sha256',
    signature: { header: 'X-Slack-Signature', prefix: 'v0=' },
    content: 'v0:{timestamp}:{body}',
    timestamp: { header: 'X-Slack-Request-Timestamp', unit: 's', tolerance: 300 },
  },
  body: ({ sends = 'events' }) => (sends === 'events' ? 'json' : 'form'),
  // An empty 200 is what ends a slash command without a message.
  status: 200,
  identify: ({ body }, { sends = 'events' }) => {
    const fields = isFields(body) ? body : {};
    if (sends === 'commands') {
      return {
        type: textOf(fields['command']) ?? 'unknown',
        id: textOf(fields['trigger_id']),
        rule: 'trigger_id',
        data: body,
      };
    }
    if (sends === 'interactions') {
      const payload = readPayload(fields['payload']);
      return {
        type: textOf(payload['type']) ?? 'unknown',
        id: textOf(payload['trigger_id']),
        rule: 'trigger_id',
        data: payload,
      };
    }
    const event = isFields(fields['event']) ? fields['event'] : undefined;
    const at = fields['event_time'];
    return {
      type: textOf(event?.['type']) ?? textOf(fields['type']) ?? 'unknown',
      id: textOf(fields['event_id']),
      rule: 'event_id',
      time: typeof at === 'number' && Math.abs(at) < 1e11 ? new Date(at * 1000).toISOString() : undefined,
      data: event ?? body,
    };
  },
  handshake: ({ body }) => {
    if (!isFields(body) || body['type'] !== 'url_verification' || typeof body['challenge'] !== 'string') return null;
    return { status: 200, contentType: 'text/plain; charset=utf-8', body: body['challenge'] };
  },
  events: {
    app_mention: {
      description: 'Somebody mentioned the app in a channel.',
      data: {
        type: 'object',
        required: ['type', 'user', 'text', 'ts', 'channel'],
        properties: {
          type: { type: 'string' },
          user: { type: 'string', description: 'Id of the person.' },
          text: { type: 'string' },
          ts: { type: 'string', description: 'Id of the message in its channel.' },
          thread_ts: { type: 'string', description: 'The message that began the thread.' },
          channel: { type: 'string', description: 'Id of the channel.' },
          event_ts: { type: 'string' },
        },
        additionalProperties: true,
      },
      body: {
        type: 'object',
        required: ['type', 'event_id', 'event'],
        properties: {
          type: { type: 'string', const: 'event_callback' },
          event_id: { type: 'string' },
          event_time: { type: 'integer' },
          team_id: { type: 'string' },
          event: { type: 'object', additionalProperties: true },
        },
        additionalProperties: true,
      },
      samples: {
        json: ({ id, at }) => ({
          type: 'event_callback',
          team_id: 'T0001',
          api_app_id: 'A0001',
          event_id: `Ev${id.replaceAll('-', '').slice(0, 9).toUpperCase()}`,
          event_time: Math.floor(Date.parse(at) / 1000),
          event: {
            type: 'app_mention',
            user: 'U061F7AUR',
            text: '<@U0LAN0Z89> is the line open?',
            ts: `${Math.floor(Date.parse(at) / 1000)}.000100`,
            channel: 'C0001',
            event_ts: `${Math.floor(Date.parse(at) / 1000)}.000100`,
          },
        }),
      },
    },
  },
});

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Interactions carry JSON in one field of a form. */
function readPayload(value: unknown): Fields {
  try {
    const payload: unknown = JSON.parse(typeof value === 'string' ? value : '');
    return isFields(payload) ? payload : {};
  } catch {
    return {};
  }
}
