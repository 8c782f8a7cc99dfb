// How fast deliveries are accepted: 64 keep-alive connections, each event signed, unique and stored durably before its 204,
// on both stores, beside a bare Fastify that checks the same signature and stores nothing. Interleaved rounds, medians, and the processor
// time of one event by thread, which says more than the rate where other programs run beside.

import { median, prepareRequests, saturate, type Load } from './load.ts';
import { startDatabase } from './postgres.ts';
import { cpuOf, startBare, startHookline, type Server } from './servers.ts';

type Part = 'main' | 'store' | 'other' | 'database' | 'load';

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

interface Round extends Load {
  /** Microseconds of an event, by thread, and by all processes of PostgreSQL. */
  readonly cpu: Readonly<Record<Part, number>>;
}

async function measure({ url, pid }: Server, durationMs: number): Promise<Round> {
  const requests = prepareRequests(url, '/webhooks/truedy', durationMs * 30);
  const [before, beside, own] = [cpuOf(pid), database.cpu(), process.cpuUsage()];
  const load = await saturate({ url, connections: 64, durationMs, requests });
  const [after, { user, system }] = [cpuOf(pid), process.cpuUsage(own)];
  const each = (name: 'main' | 'store' | 'other') => ((after[name] - before[name]) * 1000) / load.count;
  const cpu = {
    main: each('main'),
    store: each('store'),
    other: each('other'),
    database: ((database.cpu() - beside) * 1000) / load.count,
    load: (user + system) / load.count,
  };
  return { ...load, cpu };
}

const database = await startDatabase();
const servers: Record<string, Server> = {
  bare: await startBare(),
  sqlite: await startHookline(workflows),
  postgres: await startHookline(workflows, { DATABASE_URL: database.url }),
};
const results: Record<string, Round[]> = { bare: [], sqlite: [], postgres: [] };
// Both are measured warm: what is compared is compiled code, not the compiler.
for (const server of Object.values(servers)) await measure(server, 5000);
for (let round = 0; round < rounds; round++) {
  for (const [name, server] of Object.entries(servers)) results[name]?.push(await measure(server, 3000));
}
for (const server of Object.values(servers)) await server.stop();
await database.stop();

const rows = Object.entries(results).map(([name, loads]) => {
  const cpu = (part: Part) => Math.round(median(loads.map((load) => load.cpu[part])));
  return {
    server: name,
    'events/s': Math.round(median(loads.map((load) => load.perSecond))),
    'p50 ms': Number(median(loads.map((load) => load.p50Ms)).toFixed(1)),
    'p99 ms': Number(median(loads.map((load) => load.p99Ms)).toFixed(1)),
    'not 204': loads.reduce((sum, load) => sum + load.wrong, 0),
    'main µs': cpu('main'),
    'store µs': cpu('store'),
    'other µs': cpu('other'),
    'database µs': cpu('database'),
    'load µs': cpu('load'),
  };
});
console.table(rows);
for (const [name, bar] of [
  ['sqlite', 80],
  ['postgres', 40],
] as const) {
  const ratios = (results[name] ?? []).map(
    (load, index) => load.perSecond / (results['bare']?.[index]?.perSecond ?? Number.NaN),
  );
  const percent = (median(ratios) * 100).toFixed(0);
  console.log(`ratio ${name}/bare, median of ${rounds} rounds: ${percent} % (bar: ${bar} %)`);
}
