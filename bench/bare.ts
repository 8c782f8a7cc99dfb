// What the benchmarks compare with: Fastify that checks the signature and stores nothing. With a `TARGET` it also posts the
// summary of each event there with `fetch`, after its answer, over as many connections as Hookline uses.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { fastify } from 'fastify';
import { Agent, fetch } from 'undici';
import { benchSecret } from './load.ts';

const server = fastify({ logger: false, forceCloseConnections: true });
server.removeAllContentTypeParsers();
server.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
const target = process.env['TARGET'];
const dispatcher = new Agent({ connections: Number(process.env['CONCURRENCY'] ?? 10) });
const forward = async (body: Buffer) => {
  const { data } = JSON.parse(body.toString()) as { data: { call: { callId: string; summary: string } } };
  const { callId, summary } = data.call;
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${target}/${callId}`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ summary }),
    dispatcher,
  });
  await answer.json();
};
server.post('/webhooks/truedy', async (request, reply) => {
  const timestamp = String(request.headers['x-truedy-timestamp']);
  const expected = createHmac('sha256', benchSecret)
    .update(`${timestamp}.`)
    .update(request.body as Buffer)
    .digest();
  const given = Buffer.from(String(request.headers['x-truedy-signature']), 'hex');
  const accepted = given.length === expected.length && timingSafeEqual(given, expected);
  if (accepted && target !== undefined) void forward(request.body as Buffer);
  return reply.code(accepted ? 204 : 401).send();
});
console.log(JSON.stringify({ msg: 'ready', url: await server.listen({ port: 0, host: '127.0.0.1' }) }));
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
