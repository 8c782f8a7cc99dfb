// The stream of server-sent events that the page listens to.

import type { FastifyInstance } from 'fastify';
import type { AdminParts } from './parts.ts';

/** Most pages that listen at the same time; one more is told to poll. */
const mostListeners = 200;
/** A silent line now and then keeps proxies from cutting the connection. */
const beatMs = 15_000;

export function changeRoutes(api: FastifyInstance, { changes }: AdminParts): void {
  let listening = 0;
  const ends = new Set<() => void>();
  api.addHook('preClose', async () => {
    for (const end of ends) end();
  });
  api.get('/changes', (_, reply) => {
    if (changes === undefined || listening >= mostListeners) {
      return reply
        .code(503)
        .header('retry-after', '5')
        .send({
          error: { code: 'busy', message: 'too many pages listen for changes', help: 'Close some of them.' },
        });
    }
    listening += 1;
    reply.hijack();
    const { raw } = reply;
    const headers = reply.getHeaders() as Record<string, string>;
    raw.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    raw.write('retry: 2000\n\n');
    const stop = changes.watch((count) => raw.write(`event: changed\nid: ${count}\ndata: ${count}\n\n`));
    const beat = setInterval(() => raw.write(':\n\n'), beatMs).unref();
    const end = () => raw.end();
    ends.add(end);
    raw.on('close', () => {
      listening -= 1;
      stop();
      clearInterval(beat);
      ends.delete(end);
    });
    return reply;
  });
}
