// How fast deliveries are accepted: 64 keep-alive connections, each event signed, unique and stored durably before its 204,
// beside a bare Fastify that checks the same signature and stores nothing. Interleaved rounds, medians.

import { median, saturate, type Load } from './load.ts';
import { startBare, startHookline, type Server } from './servers.ts';

const rounds = Number(process.argv[2] ?? 5);
const workflows = `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY_WEBHOOK_SECRET }}"] }
workflows:
  other:
    on: truedy:call.failed
    steps:
      - uses: http.request
        with: { method: POST, url: "http://127.0.0.1:9/" }
`;

const servers: Record<string, Server> = {
  bare: await startBare(),
  hookline: await startHookline(workflows),
};
const results: Record<string, Load[]> = { bare: [], hookline: [] };
// Both are measured warm: what is compared is compiled code, not the compiler.
for (const server of Object.values(servers)) await saturate(server.url, '/webhooks/truedy', 64, 6000);
for (let round = 0; round < rounds; round++) {
  for (const [name, server] of Object.entries(servers)) {
    results[name]?.push(await saturate(server.url, '/webhooks/truedy', 64, 3000));
  }
}
for (const server of Object.values(servers)) await server.stop();

const rows = Object.entries(results).map(([name, loads]) => ({
  server: name,
  'events/s': Math.round(median(loads.map((load) => load.perSecond))),
  'p50 ms': Number(median(loads.map((load) => load.p50Ms)).toFixed(1)),
  'p99 ms': Number(median(loads.map((load) => load.p99Ms)).toFixed(1)),
  'not 204': loads.reduce((sum, load) => sum + load.wrong, 0),
}));
console.table(rows);
const ratios = (results['hookline'] ?? []).map(
  (load, index) => load.perSecond / (results['bare']?.[index]?.perSecond ?? Number.NaN),
);
console.log(`ratio hookline/bare, median of ${rounds} rounds: ${(median(ratios) * 100).toFixed(0)} % (bar: 50 %)`);
