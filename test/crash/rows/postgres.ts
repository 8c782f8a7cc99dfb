// Rows: PostgreSQL crashes, cannot be reached, is slow; one of two replicas is killed, or stopped beyond its lease.

import { setTimeout as sleep } from 'node:timers/promises';
import { nothingSent, type Sent } from '../evidence.ts';
import type { Hookline } from '../hookline.ts';
import { sendAgain, startLoad, type Load } from '../load.ts';
import { query, recoverAndJudgeShared, withPostgres, type TestServer } from '../postgres.ts';
import { withSetting, type Outcome, type Row, type Setting } from '../row.ts';

interface Scene extends TestServer {
  readonly setting: Setting;
  readonly sent: Sent;
  /** One replica for each, all under the same load. */
  readonly replicas: readonly Hookline[];
  readonly loads: readonly Load[];
}

interface Found {
  readonly wrong: readonly string[];
  readonly refused: number;
  readonly acknowledged: number;
  readonly inDoubt: number;
}

/** What the vendor can recognise, and what it cannot. */
const actions = { actions: ['keyed', 'once'] };

/** Replicas under load; `fault` is done to them, then everything comes to rest. */
async function underLoad(count: number, fault: (scene: Scene) => Promise<void>): Promise<Found> {
  return withPostgres((given) =>
    withSetting(async (setting) => {
      const { folder, sink } = setting;
      const sent = nothingSent();
      const start = () => folder.start({ DATABASE_URL: given.url });
      const replicas = [await start()];
      while (replicas.length < count) replicas.push(await start());
      const loads = replicas.map(({ url }) => startLoad(url, sent, 4, 100));
      await acknowledgedBy(sent, 30);
      await fault({ ...given, setting, sent, replicas, loads });
      await Promise.all(loads.map((load) => load.stop()));
      sink.slow(0);
      const last = replicas.at(-1);
      const still = last ? await sendAgain(last.url, sent) : 0;
      for (const replica of replicas) replica.kill('SIGTERM');
      await Promise.all(replicas.map(({ ended }) => ended));
      const wrong = [...(await recoverAndJudgeShared(given.direct, folder, sent, sink))];
      if (still > 0) wrong.push(`${still} events are refused afterwards`);
      const refused = loads.reduce((sum, load) => sum + (load.answers.get(503) ?? 0), 0);
      const inDoubt = sink.requests.filter(({ attempt }) => attempt > 1).length;
      return { wrong, refused, acknowledged: sent.acknowledged.size, inDoubt };
    }, actions),
  );
}

async function acknowledgedBy(sent: Sent, more: number): Promise<void> {
  const goal = sent.acknowledged.size + more;
  while (sent.acknowledged.size < goal) await sleep(10);
}

async function row(fault: (scene: Scene) => Promise<void>, control: string): Promise<Outcome> {
  const found = await underLoad(1, fault);
  const well = await underLoad(1, async ({ sent }) => acknowledgedBy(sent, 30));
  const wrong = [...found.wrong, ...well.wrong.map((line) => `without the fault: ${line}`)];
  if (found.refused === 0) wrong.push('nothing was refused, so nothing was proved');
  return {
    figures: { 'refused with 503': found.refused, 'acknowledged events': found.acknowledged },
    wrong,
    control: { what: control, failed: well.refused === 0 },
  };
}

export const postgresCrash: Row = {
  name: 'PostgreSQL crashes and comes back',
  says: 'The database server is stopped at once under load and started again: deliveries are answered 503 meanwhile and never 204 for what is not stored; then the same process goes on.',
  inShort: false,
  run: () =>
    row(async ({ server, sent }) => {
      await server.crash();
      await sleep(1500);
      await server.restart();
      await acknowledgedBy(sent, 30);
    }, 'without the crash nothing is refused'),
};

export const postgresPartition: Row = {
  name: 'PostgreSQL cannot be reached, and nobody says so',
  says: 'Between Hookline and its database nothing passes any more, without a reset: deliveries are answered 503 within the time limits of the connection instead of hanging; then it goes on.',
  inShort: false,
  run: () =>
    row(async ({ proxy, sent, loads }) => {
      proxy.cut(true);
      while (loads.every(({ answers }) => !answers.has(503))) await sleep(50);
      proxy.cut(false);
      await acknowledgedBy(sent, 30);
    }, 'with the network nothing is refused'),
};

export const postgresSlow: Row = {
  name: 'PostgreSQL is slow',
  says: 'Another program locks the table of events for a quarter of a minute: what waits too long is answered 503, nothing piles up, and then it goes on.',
  inShort: false,
  run: () =>
    row(async ({ direct, sent }) => {
      await query(direct, 'begin; lock table hookline.events in access exclusive mode; select pg_sleep(15); commit');
      await acknowledgedBy(sent, 30);
    }, 'without the lock nothing is refused'),
};

export const replicaKilled: Row = {
  name: 'one of two replicas is killed',
  says: 'Two replicas share a database; one is killed under load, and the other takes over its runs when its lease has ended.',
  inShort: false,
  run: () =>
    twoReplicas(async ({ replicas, sent, setting }) => {
      await busy(setting);
      replicas[0]?.kill('SIGKILL');
      await replicas[0]?.ended;
      await acknowledgedBy(sent, 30);
      await sleep(15_000);
    }),
};

export const replicaStopped: Row = {
  name: 'one of two replicas is stopped beyond its lease',
  says: 'One of two replicas is stopped as by SIGSTOP, with attempts under way, until the other has taken over its runs; then it goes on, and what it has in hand neither overwrites nor repeats anything.',
  inShort: false,
  run: () =>
    twoReplicas(async ({ replicas, sent, setting }) => {
      await busy(setting);
      replicas[0]?.kill('SIGSTOP');
      await acknowledgedBy(sent, 30);
      await sleep(20_000);
      replicas[0]?.kill('SIGCONT');
      await acknowledgedBy(sent, 30);
    }),
};

/** Each answer takes a while, so that attempts are under way on every replica. */
async function busy({ sink }: Setting): Promise<void> {
  sink.slow(400);
  const before = sink.requests.length;
  while (sink.requests.length < before + 20) await sleep(10);
}

async function twoReplicas(fault: (scene: Scene) => Promise<void>): Promise<Outcome> {
  const found = await underLoad(2, fault);
  const well = await underLoad(2, async ({ sent }) => acknowledgedBy(sent, 30));
  const wrong = [...found.wrong, ...well.wrong.map((line) => `without the fault: ${line}`)];
  if (found.inDoubt === 0) wrong.push('no attempt was taken over, so nothing was proved');
  return {
    figures: { 'acknowledged events': found.acknowledged, 'requests that were second attempts': found.inDoubt },
    wrong,
    control: { what: 'without the fault there are no second attempts', failed: well.inDoubt === 0 },
  };
}
