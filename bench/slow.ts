// How long an accepted delivery waits for its answer while 10,000 runs wait for a connector that does not answer, beside a
// Hookline that has nothing else to do. Light load, interleaved rounds, medians.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { median, pace, prepareRequests, saturate, type Load } from './load.ts';
import { cpuOf, startHookline, type Server } from './servers.ts';

const rounds = Number(process.argv[2] ?? 5);
const waiting = Number(process.argv[3] ?? 10_000);

let asked = 0;
// Takes requests and never answers.
const sink = createServer((request) => {
  request.resume();
  asked += 1;
});
await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
const target = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
const workflows = `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY_WEBHOOK_SECRET }}"] }
workflows:
  slow:
    on: truedy:call.ended
    steps:
      - uses: http.request
        timeout: 10m
        with: { method: POST, url: "${target}/\${{ event.data.call.callId }}" }
`;

const servers: Record<string, Server> = {
  idle: await startHookline(workflows, { SHUTDOWN_GRACE: '1s' }),
  busy: await startHookline(workflows, { SHUTDOWN_GRACE: '1s' }),
};
const busy = servers['busy'];
const requests = prepareRequests(busy?.url ?? '', '/webhooks/truedy', waiting);
await saturate({ url: busy?.url ?? '', connections: 64, durationMs: 600_000, requests });
for (const server of Object.values(servers)) await pace(server.url, 'call.started', 200, 3000);
const results: Record<string, (Load & { readonly cpuUs: number })[]> = { idle: [], busy: [] };
const cpuMs = (server: Server) => Object.values(cpuOf(server.pid)).reduce((sum, ms) => sum + ms, 0);
for (let round = 0; round < rounds; round++) {
  for (const [name, server] of Object.entries(servers)) {
    const before = cpuMs(server);
    const load = await pace(server.url, 'call.started', 200, 4000);
    results[name]?.push({ ...load, cpuUs: ((cpuMs(server) - before) * 1000) / load.count });
  }
}
const held = asked;
for (const server of Object.values(servers)) await server.stop();
sink.closeAllConnections();
sink.close();

const of = (name: string, pick: (load: Load & { readonly cpuUs: number }) => number) =>
  median((results[name] ?? []).map(pick));
console.table(
  Object.keys(servers).map((server) => ({
    server,
    'p50 ms': Number(of(server, (load) => load.p50Ms).toFixed(2)),
    'p99 ms': Number(of(server, (load) => load.p99Ms).toFixed(2)),
    'µs of processor each': Math.round(of(server, (load) => load.cpuUs)),
    'not 204': (results[server] ?? []).reduce((sum, load) => sum + load.wrong, 0),
  })),
);
// Each round beside its neighbour, so that what else the machine does falls on both.
const worse = median(
  (results['busy'] ?? []).map((load, round) => load.p99Ms / (results['idle']?.[round]?.p99Ms ?? Number.NaN) - 1),
);
console.log(
  `${waiting} runs, ${held} of them at the connector; p99 ${(worse * 100).toFixed(0)} % above idle (bar: 20 %)`,
);
