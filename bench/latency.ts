// Light load, whole path: 20 signed events a second through one HTTP action; time from the request to its effect at the vendor.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { request } from 'undici';
import { quantiles, signedEvent } from './load.ts';
import { startHookline } from './servers.ts';

const count = Number(process.argv[2] ?? 200);
const began = new Map<string, number>();
const times: number[] = [];
const all = Promise.withResolvers<void>();
const sink = createServer((incoming, answer) => {
  const id = (incoming.url ?? '').slice(1);
  const start = began.get(id);
  if (start !== undefined) times.push(performance.now() - start);
  began.delete(id);
  incoming.resume();
  answer.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  if (times.length === count) all.resolve();
});
await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
const target = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
const server = await startHookline(
  `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY_WEBHOOK_SECRET }}"] }
workflows:
  forward:
    on: truedy:call.ended
    steps:
      - uses: http.request
        with: { method: POST, url: "${target}/\${{ event.data.call.callId }}", json: { summary: "\${{ event.data.call.summary }}" } }
`,
);
for (let sent = 0; sent < count + 20; sent++) {
  const id = randomUUID();
  const { body, headers } = signedEvent(id);
  // The first twenty warm the process up and are not counted.
  if (sent >= 20) began.set(id, performance.now());
  const answer = await request(`${server.url}/webhooks/truedy`, { method: 'POST', headers, body });
  await answer.body.dump();
  await wait(50);
}
await all.promise;
await server.stop();
sink.close();
const { p50Ms, p99Ms } = quantiles(times);
console.table([
  {
    events: times.length,
    'median ms': Number(p50Ms.toFixed(1)),
    'p99 ms': Number(p99Ms.toFixed(1)),
    bar: 'median < 15 ms',
  },
]);
