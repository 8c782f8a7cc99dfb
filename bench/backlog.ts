// What a million queued runs cost: rates of accepting and claiming beside a nearly empty store, time until a Hookline that
// starts on them is ready, and its memory.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createId, poolRandom } from '../src/core/id.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
import type { AcceptDelivery, NewRun, Store } from '../src/store/store.ts';
import { median, prepareRequests, saturate, signedEvent } from './load.ts';
import { cpuOf, startHookline } from './servers.ts';

const sizes = { small: 100_000, large: Number(process.argv[2] ?? 1_000_000) };
const rounds = Number(process.argv[3] ?? 5);
const random = poolRandom(randomBytes);
// Runs are due in a day, so that nothing is sent; here a claim says it is later.
const day = 86_400_000;
let now = Date.now();

function delivery(): AcceptDelivery {
  now += 1;
  const eventId = createId('evt', now, random);
  const id = createId('run', now, random);
  const { body, headers } = signedEvent(id);
  return {
    deliveryId: `dlv${eventId.slice(3)}`,
    eventId,
    source: 'truedy',
    type: 'call.ended',
    key: `call.ended:${id}`,
    rule: 'data.call.callId',
    time: null,
    receivedAt: now,
    keepUntil: now + 30 * day,
    headers: Object.entries(headers).slice(0, 2),
    body: Buffer.from(body),
  };
}

function newRun(eventId: string, workflow: string): NewRun {
  const steps = [{ id: 'send', status: 'pending', generation: 0, attempts: 0, retries: 0 } as const];
  const times = { createdAt: now, startedAt: null, endedAt: null, dueAt: Date.now() + day, deadlineAt: null };
  const run = { id: createId('run', now, random), eventId, workflow, status: 'pending', reason: null } as const;
  return { ...run, ...times, config: 'bench', lane: 'http', steps, error: null, unique: null };
}

async function fill(store: Store, runs: number): Promise<void> {
  for (let made = 0; made < runs; made += 1000) {
    const items = Array.from({ length: 500 }, delivery);
    await store.accept(items);
    await store.plan(items.map(({ eventId }) => ({ eventId, runs: [newRun(eventId, 'one'), newRun(eventId, 'two')] })));
  }
}

interface Round {
  readonly perSecond: number;
  readonly cpuUs: number;
}

/** `work` gives how many it did; repeated for two seconds, or until there is nothing left. */
async function measure(work: () => Promise<number>): Promise<Round> {
  let count = 0;
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  for (let did = 1; did > 0 && performance.now() - start < 2000; count += did) did = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (count * 1000) / (performance.now() - start), cpuUs: (user + system) / count };
}

const acceptSome = async (store: Store) => {
  const batches = Array.from({ length: 3 }, () => Array.from({ length: 32 }, delivery));
  await Promise.all(batches.map((items) => store.accept(items)));
  return 96;
};
const claimSome = async (store: Store) => {
  const lanes = [{ lane: 'http', limit: 128 }];
  return (await store.claim({ now: Date.now() + 2 * day, owner: 'bench', lanes })).length;
};

const dirs = {
  small: mkdtempSync(join(tmpdir(), 'hookline-bench-')),
  large: mkdtempSync(join(tmpdir(), 'hookline-bench-')),
};
const stores = {
  small: await openSqliteStore({ dir: join(dirs.small, 'data') }),
  large: await openSqliteStore({ dir: join(dirs.large, 'data') }),
};
const results = {
  small: { accept: [] as Round[], claim: [] as Round[] },
  large: { accept: [] as Round[], claim: [] as Round[] },
};
const filling = performance.now();
for (const size of ['small', 'large'] as const) await fill(stores[size], sizes[size]);
console.log(
  `${sizes.large} runs of ${sizes.large / 2} events written in ${((performance.now() - filling) / 1000).toFixed(0)} s`,
);
for (let round = 0; round < rounds; round++) {
  for (const size of ['small', 'large'] as const) {
    results[size].accept.push(await measure(() => acceptSome(stores[size])));
    results[size].claim.push(await measure(() => claimSome(stores[size])));
    await stores[size].recover('nobody', Date.now() + day);
  }
}
for (const store of Object.values(stores)) await store.close();

console.table(
  (['small', 'large'] as const).flatMap((size) =>
    (['accept', 'claim'] as const).map((verb) => ({
      runs: sizes[size],
      verb,
      'per s': Math.round(median(results[size][verb].map((round) => round.perSecond))),
      'µs of processor each': Math.round(median(results[size][verb].map((round) => round.cpuUs))),
    })),
  ),
);
for (const verb of ['accept', 'claim'] as const) {
  const fall = median(
    results.large[verb].map((round, index) => 1 - round.perSecond / (results.small[verb][index]?.perSecond ?? 1)),
  );
  console.log(`${verb}: ${(fall * 100).toFixed(0)} % less per second (bar: 35 %)`);
}

const workflows = `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY_WEBHOOK_SECRET }}"] }
workflows:
  one: { on: "truedy:call.failed", steps: [{ uses: http.request, with: { method: GET, url: "http://127.0.0.1:9/" } }] }
`;
interface Start {
  readonly readyMs: number;
  /** Of all threads until it was ready. */
  readonly cpuMs: number;
}

async function start(dir: string): Promise<Start> {
  const starting = performance.now();
  const server = await startHookline(workflows, {}, dir);
  const readyMs = performance.now() - starting;
  const { main, store, other } = cpuOf(server.pid);
  await server.end();
  return { readyMs, cpuMs: main + store + other };
}

// What was just written goes to the disk first: a start must not wait for that.
spawnSync('sync');
const starts = { small: [] as Start[], large: [] as Start[] };
for (let round = 0; round < rounds; round++) {
  for (const size of ['small', 'large'] as const) starts[size].push(await start(dirs[size]));
}
const told = (size: 'small' | 'large') => {
  const seconds = (pick: (one: Start) => number) => (median(starts[size].map(pick)) / 1000).toFixed(1);
  return `${seconds((one) => one.readyMs)} s after the start, ${seconds((one) => one.cpuMs)} s of processor`;
};
console.log(`ready on ${sizes.small} runs ${told('small')}`);
console.log(`ready on ${sizes.large} runs ${told('large')} (bar: 5 s)`);

const server = await startHookline(workflows, {}, dirs.large);
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024;
const idleMiB = memory();
const requests = prepareRequests(server.url, '/webhooks/truedy', 60_000);
const { perSecond } = await saturate({ url: server.url, connections: 64, durationMs: 10_000, requests });
console.log(`memory when ready ${idleMiB.toFixed(0)} MiB`);
console.log(`after 10 s of load at ${Math.round(perSecond)}/s: ${memory().toFixed(0)} MiB (bar: 512 MiB)`);
console.log('processor time, ms', cpuOf(server.pid));
await server.stop();
rmSync(dirs.small, { recursive: true, force: true });
