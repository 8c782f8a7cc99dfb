// What `bench/accept.ts` compares with: Fastify that checks the signature and stores nothing.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { fastify } from 'fastify';
import { benchSecret } from './load.ts';

const server = fastify({ logger: false, forceCloseConnections: true });
server.removeAllContentTypeParsers();
server.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
server.post('/webhooks/truedy', async (request, reply) => {
  const timestamp = String(request.headers['x-truedy-timestamp']);
  const expected = createHmac('sha256', benchSecret)
    .update(`${timestamp}.`)
    .update(request.body as Buffer)
    .digest();
  const given = Buffer.from(String(request.headers['x-truedy-signature']), 'hex');
  return reply.code(given.length === expected.length && timingSafeEqual(given, expected) ? 204 : 401).send();
});
console.log(JSON.stringify({ msg: 'ready', url: await server.listen({ port: 0, host: '127.0.0.1' }) }));
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
