// The whole path: signed events → stored → one HTTP action each → settled, as fast as it goes, beside a bare server that
// only checks and posts. Load and receiving end share the two cores with them. On the store that the third argument names:
// sqlite (default) or postgres.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
import { median, prepareRequests, saturate } from './load.ts';
import { startDatabase } from './postgres.ts';
import { cpuOf, startBare, startHookline, type Server } from './servers.ts';

const count = Number(process.argv[2] ?? 10_000);
const rounds = Number(process.argv[3] ?? 3);
const kind = process.argv[4] ?? 'sqlite';
const bar = kind === 'postgres' ? '1,200' : '2,000';
const concurrency = '64';

let arrived = 0;
let expected = 0;
let whole = Promise.withResolvers<void>();
const sink = createServer((request, answer) => {
  request.resume();
  request.on('end', () => {
    answer.writeHead(200, { 'content-type': 'application/json', 'content-length': 2 }).end('{}');
    arrived += 1;
    if (arrived === expected) whole.resolve();
  });
});
await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
const target = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
const workflows = `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY_WEBHOOK_SECRET }}"] }
workflows:
  forward:
    on: truedy:call.ended
    steps:
      - uses: http.request
        with: { method: POST, url: "${target}/\${{ event.data.call.callId }}", json: { summary: "\${{ event.data.call.summary }}" } }
`;

type Part = 'main' | 'store' | 'other' | 'database' | 'load';

interface Round {
  readonly perSecond: number;
  /** Microseconds of an event, by thread, and by all processes of PostgreSQL. */
  readonly cpu: Readonly<Record<Part, number>>;
}

async function measure({ url, pid }: Server, events: number): Promise<Round> {
  const requests = prepareRequests(url, '/webhooks/truedy', events);
  [arrived, expected, whole] = [0, events, Promise.withResolvers<void>()];
  const [start, before, beside, own] = [performance.now(), cpuOf(pid), database?.cpu() ?? 0, process.cpuUsage()];
  const { wrong } = await saturate({ url, connections: 64, durationMs: 600_000, requests });
  await whole.promise;
  const seconds = (performance.now() - start) / 1000;
  const [after, { user, system }] = [cpuOf(pid), process.cpuUsage(own)];
  if (wrong > 0) throw new Error(`${wrong} events were not accepted`);
  const each = (name: 'main' | 'store' | 'other') => ((after[name] - before[name]) * 1000) / events;
  const cpu = {
    main: each('main'),
    store: each('store'),
    other: each('other'),
    database: (((database?.cpu() ?? 0) - beside) * 1000) / events,
    load: (user + system) / events,
  };
  return { perSecond: events / seconds, cpu };
}

const database = kind === 'postgres' ? await startDatabase() : undefined;
const servers: Record<string, Server> = {
  bare: await startBare({ TARGET: target, CONCURRENCY: concurrency }),
  hookline: await startHookline(workflows, {
    CONCURRENCY: concurrency,
    ...(database && { DATABASE_URL: database.url }),
  }),
};
const results: Record<string, Round[]> = { bare: [], hookline: [] };
for (const server of Object.values(servers)) await measure(server, count / 2);
for (let round = 0; round < rounds; round++) {
  for (const [name, server] of Object.entries(servers)) results[name]?.push(await measure(server, count));
}
await servers['bare']?.stop();
await servers['hookline']?.stop(async (dir) => {
  if (database) {
    const succeeded = await database.ask("select count(*) from hookline.runs where status = 'succeeded'");
    return console.log('runs that succeeded, in the store', succeeded);
  }
  const store = await openSqliteStore({ dir });
  console.log('runs in the store', (await store.stats()).runs);
  await store.close();
});
await database?.stop();
sink.close();

const rows = Object.entries(results).map(([server, measured]) => {
  const cpu = (part: Part) => Math.round(median(measured.map((round) => round.cpu[part])));
  const rate = Math.round(median(measured.map((round) => round.perSecond)));
  return {
    server,
    'events/s': rate,
    'main µs': cpu('main'),
    'store µs': cpu('store'),
    'other µs': cpu('other'),
    'database µs': cpu('database'),
    'load and sink µs': cpu('load'),
  };
});
console.table(rows);
const ratios = (results['hookline'] ?? []).map(
  (round, index) => round.perSecond / (results['bare']?.[index]?.perSecond ?? Number.NaN),
);
console.log(`ratio hookline/bare: ${(median(ratios) * 100).toFixed(0)} % on ${kind} (bars: ${bar} events/s, 60 %)`);
