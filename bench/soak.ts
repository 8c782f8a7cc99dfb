// A soak: a `hookline serve` takes events at a steady rate for half an hour, each with one call of a local sink, while what is
// past its time leaves; memory and files must stop growing, and nothing may be lost. Arguments: minutes, events per second.

import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { median, quantiles, signedEvent } from './load.ts';
import { cpuOf, startHookline } from './servers.ts';
import { collections, countersOf, observeCollections, sampleOf, slope, type Sample } from './soak-sample.ts';

const minutes = Number(process.argv[2] ?? 30);
const perSecond = Number(process.argv[3] ?? 200);
const windowMs = 10_000;
const keepSeconds = Math.ceil(minutes * 6);
const bars = { slope: 5, growth: 0.1 };

/** Sent, and not seen at the sink yet. */
const open = new Set<string>();
const seen = { effects: 0, again: 0 };
const sink = createServer((request, answer) => {
  if (open.delete((request.url ?? '').slice(1))) seen.effects += 1;
  else seen.again += 1;
  request.resume().on('end', () => answer.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
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
        with: { method: PUT, url: "${target}/\${{ event.data.call.callId }}", json: "\${{ event.data }}" }
`;
const keep = `${keepSeconds}s`;
const dir = mkdtempSync(join(tmpdir(), 'hookline-soak-'));
const server = await startHookline(
  workflows,
  {
    KEEP_SUCCEEDED: keep,
    KEEP_DELIVERIES: keep,
    KEEP_KEYS: keep,
    METRICS_PUBLIC: 'true',
    // Enough that a disk with other users does not make the runs fall behind.
    CONCURRENCY: '64',
    NODE_OPTIONS: observeCollections(dir),
  },
  dir,
);

const pool = new Pool(server.url, { connections: 64 });
const answered = { accepted: 0, otherwise: 0 };
let times: number[] = [];

async function send(): Promise<void> {
  const id = randomUUID();
  const { body, headers } = signedEvent(id);
  open.add(id);
  const began = performance.now();
  const answer = await pool.request({ path: '/webhooks/truedy', method: 'POST', headers, body });
  await answer.body.dump();
  times.push(performance.now() - began);
  if (answer.statusCode === 204) answered.accepted += 1;
  else answered.otherwise += 1;
}

/** Sends for one window whether or not the ones before are answered. */
async function sendWindow(start: number): Promise<void> {
  const count = (perSecond * windowMs) / 1000;
  for (let sent = 0; sent < count; sent++) {
    void send().catch(() => (answered.otherwise += 1));
    await wait(Math.max(0, start + (sent + 1) * (1000 / perSecond) - performance.now()));
  }
}

console.log(`${minutes} minutes, ${perSecond} events/s, kept for ${keep}`);
const samples: Sample[] = [];
const began = performance.now();
for (let number = 0; number < (minutes * 60_000) / windowMs; number++) {
  await sendWindow(began + number * windowMs);
  const { p50Ms, p99Ms } = quantiles(times);
  times = [];
  const sample = { atMs: performance.now() - began, p50Ms, p99Ms, ...sampleOf(server.pid, dir) };
  samples.push(sample);
  const { runs } = await countersOf(server.admin);
  const said = [
    `${(sample.atMs / 60_000).toFixed(1)} min`,
    `RSS ${sample.rssMb.toFixed(1)} MB (${sample.anonMb.toFixed(1)} its own)`,
    `file ${sample.fileMb.toFixed(1)} MB, log ${sample.logMb.toFixed(1)} MB`,
    `p50 ${p50Ms.toFixed(1)} p99 ${p99Ms.toFixed(1)} ms`,
    `${answered.accepted} accepted, ${runs} settled`,
  ];
  console.log(said.join('; '));
}

let counted = await countersOf(server.admin);
for (let before = -1; counted.runs < answered.accepted && counted.runs > before; ) {
  before = counted.runs;
  // A scrape is kept for two seconds.
  await wait(20_000);
  counted = await countersOf(server.admin);
}
const cpu = cpuOf(server.pid);
const heaps = collections(dir);
const kept = { runs: 0, settled: 0, pending: 0, damage: '' };
await pool.close();
await server.stop(async (data) => {
  const database = new DatabaseSync(join(data, 'hookline.db'), { readOnly: true });
  const count = (text: string) => Number(Object.values(database.prepare(text).get() ?? {})[0]);
  kept.runs = count('select count(*) from runs');
  kept.settled = count("select count(*) from runs where status = 'succeeded'");
  kept.pending = count("select count(*) from events where status = 'pending'");
  kept.damage = String(Object.values(database.prepare('pragma integrity_check(1)').get() ?? {})[0]);
  database.close();
});
sink.closeAllConnections();
sink.close();

const second = samples.slice(samples.length >> 1);
const hour = (pick: (sample: Sample) => number) => slope(second.map((one) => [one.atMs / 3_600_000, pick(one)]));
const third = (number: number, pick: (sample: Sample) => number) => {
  const size = Math.floor(samples.length / 3);
  return Math.max(...samples.slice(number * size, (number + 1) * size).map(pick));
};
const rssSlope = hour((one) => one.rssMb);
const bytes = [0, 1, 2].map((number) => third(number, (one) => one.fileMb + one.logMb));
const growth = (bytes[2] ?? 0) / (bytes[1] ?? 1) - 1;
const pruned = answered.accepted - kept.runs;

const judge = (met: boolean) => (met ? 'met' : 'NOT MET');
console.log(`accept: median of the p99 of each 10 s ${median(samples.map((one) => one.p99Ms)).toFixed(1)} ms`);
console.log('processor time, ms', cpu);
for (const { thread, count, firstMb, lastMb, slopeMb } of heaps(second[0]?.atMs ?? 0, began)) {
  const heap = `${firstMb.toFixed(1)} to ${lastMb.toFixed(1)} MB, ${slopeMb.toFixed(1)} MB/h`;
  console.log(`JavaScript heap of ${thread} after ${count} full collections of the second half: ${heap}`);
}
console.log(
  `memory of the second half: RSS ${rssSlope.toFixed(1)} MB/h, its own ${hour((one) => one.anonMb).toFixed(1)} MB/h ` +
    `(bar: less than ${bars.slope}): ${judge(rssSlope < bars.slope)}`,
);
console.log(
  `most on disk in each third: ${bytes.map((mb) => mb.toFixed(1)).join(', ')} MB ` +
    `(bar: the last at most ${bars.growth * 100} % above the second): ${judge(growth <= bars.growth && pruned > 0)}`,
);
const whole =
  answered.otherwise === 0 &&
  counted.accepted === answered.accepted &&
  counted.runs === answered.accepted &&
  seen.effects === answered.accepted &&
  open.size + seen.again + kept.pending + kept.runs - kept.settled === 0 &&
  kept.damage === 'ok';
console.log(
  `${answered.accepted} accepted (${answered.otherwise} otherwise), ${counted.runs} settled, of them ${pruned} gone and ` +
    `${kept.settled} kept; ${seen.effects} effects, ${seen.again} twice, ${open.size} missing; file ${kept.damage}: ${judge(whole)}`,
);
process.exit(whole && rssSlope < bars.slope && growth <= bars.growth ? 0 : 1);
