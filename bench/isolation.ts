// Isolation: what a connection that never answers costs its neighbour, and what 10,000 waiting runs cost an idle process.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { request } from 'undici';
import { quantiles, signedEvent } from './load.ts';
import { cpuOf, startHookline, type Server } from './servers.ts';

const count = Number(process.argv[2] ?? 200);
const waitingCount = Number(process.argv[3] ?? 10_000);
const began = new Map<string, number>();
const times: number[] = [];
const seen = { answered: 0 };
const sink = createServer((incoming, answer) => {
  incoming.resume();
  const id = (incoming.url ?? '').slice(1);
  if (id === 'silent') return;
  const start = began.get(id);
  if (start !== undefined) times.push(performance.now() - start);
  began.delete(id);
  if (id !== 'rare') seen.answered += 1;
  answer.writeHead(200, { 'content-type': 'application/json' }).end('{}');
});
await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
const target = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;

const step = (connection: string, url: string) =>
  `    steps:\n      - { uses: ${connection}.request, with: { method: PUT, url: "${url}", json: {} } }\n`;
const file = (others: string) => `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY_WEBHOOK_SECRET }}"] }
connections:
  quick: { uses: http }
  slow: { uses: http }
  rare: { uses: http, rate: 1/d }
workflows:
  quick:
    on: truedy:call.ended
${step('quick', `${target}/\${{ event.data.call.callId }}`)}${others}`;

async function send(server: Server, id: string): Promise<void> {
  const { body, headers } = signedEvent(id);
  const answer = await request(`${server.url}/webhooks/truedy`, { method: 'POST', headers, body });
  await answer.body.dump();
}

/** Latency of the quick connection, request to effect. */
async function latency(others: string) {
  const server = await startHookline(file(others), { ATTEMPT_TIMEOUT: '10m', SHUTDOWN_GRACE: '100ms' });
  for (let sent = 0; sent < count + 20; sent++) {
    const id = randomUUID();
    // The first twenty warm the process up and are not counted.
    if (sent >= 20) began.set(id, performance.now());
    await send(server, id);
    await wait(20);
  }
  while (began.size > 0) await wait(10);
  const found = quantiles(times.splice(0));
  await server.stop();
  return found;
}

/** Processor time of an idle second, in milliseconds, after `waitingCount` events. */
async function idle(others: string): Promise<number> {
  const server = await startHookline(file(others));
  seen.answered = 0;
  for (let sent = 0; sent < waitingCount; sent += 50) {
    await Promise.all(Array.from({ length: 50 }, () => send(server, randomUUID())));
  }
  while (seen.answered < waitingCount) await wait(100);
  await wait(5000);
  const total = () => Object.values(cpuOf(server.pid)).reduce((sum, ms) => sum + ms, 0);
  const before = total();
  await wait(10_000);
  const used = (total() - before) / 10;
  await server.stop();
  return used;
}

// Both plan two runs an event; only the last step differs.
const alone = await latency(`  other:\n    on: truedy:call.ended\n${step('slow', `${target}/other`)}`);
const beside = await latency(`  slow:\n    on: truedy:call.ended\n${step('slow', `${target}/silent`)}`);
const without = await idle('');
const waiting = await idle(`  rare:\n    on: truedy:call.ended\n${step('rare', `${target}/rare`)}`);
sink.closeAllConnections();
sink.close();
const round = (ms: number) => Number(ms.toFixed(1));
console.table([
  { what: 'quick connection alone', 'median ms': round(alone.p50Ms), 'p99 ms': round(alone.p99Ms), bar: '' },
  {
    what: 'beside one that never answers',
    'median ms': round(beside.p50Ms),
    'p99 ms': round(beside.p99Ms),
    bar: 'median within 10 % of alone',
  },
]);
console.table([
  { what: 'idle, nothing waiting', 'CPU ms/s': round(without), bar: '' },
  { what: `idle, ${waitingCount} runs waiting`, 'CPU ms/s': round(waiting), bar: 'as much as nothing waiting' },
]);
