// The newest events with their bodies, one JSON object a line, read page by page while the client takes them.

import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Event } from '../../core/model.ts';
import type { FromSchema } from '../../plugin/index.ts';
import type { AdminParts } from './parts.ts';
import { iso, viewBytes } from './values.ts';

const query = {
  type: 'object',
  properties: {
    last: { type: 'string', pattern: '^([1-9][0-9]{0,6})$', description: 'a whole number from 1 to 9999999' },
  },
  additionalProperties: false,
} as const;

/** One line. */
export interface StreamedEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string | null;
  readonly receivedAt: string;
  readonly body: { readonly text: string } | { readonly base64: string };
}

/** Bytes of bodies that one page should have, so that large ones do not pile up in memory. */
const pageBytes = 8 * 1024 * 1024;
const mostRows = 500;

export function eventStreamRoutes(api: FastifyInstance, parts: AdminParts): void {
  api.get<{ Querystring: FromSchema<typeof query> }>(
    '/events/stream',
    { schema: { querystring: query } },
    ({ query: { last = '1000' } }, reply) =>
      reply.type('application/x-ndjson').send(Readable.from(readLines(parts, Number(last)), { highWaterMark: 2 })),
  );
}

/** Newest first; each piece holds whole lines. */
async function* readLines({ store }: AdminParts, last: number): AsyncGenerator<string> {
  let left = last;
  let limit = 50;
  let before: string | undefined;
  while (left > 0) {
    const wanted = Math.min(limit, left);
    const events = await store.events({}, { limit: wanted, before });
    if (events.length > 0) yield events.map((event) => `${JSON.stringify(viewEvent(event))}\n`).join('');
    if (events.length < wanted) return;
    left -= events.length;
    before = events.at(-1)?.id;
    const bytes = events.reduce((sum, { body }) => sum + body.length, 0) / events.length;
    limit = Math.max(8, Math.min(mostRows, Math.floor(pageBytes / (bytes + 1))));
  }
}

function viewEvent({ id, source, type, time, receivedAt, body }: Event): StreamedEvent {
  const { text, base64 } = viewBytes(body);
  return { id, source, type, time, receivedAt: iso(receivedAt), body: base64 === null ? { text } : { base64 } };
}
