// A replica that hears nothing, because its LISTEN connection is cut again and again or the network is: it looks for itself, and hears again later.

import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import type { Store } from '../../src/store/store.ts';
import { startProxy } from '../faults/proxy.ts';
import { createDatabase, type TestDatabase } from '../postgres/database.ts';
import { workflow, workflowsOf } from '../run/engine.ts';
import { startReplica, type ReplicaOptions } from './engines.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterEach(() => database.clear());
afterAll(() => database.drop());

/** However busy the machine is. */
const eventually = (ask: () => unknown) => expect.poll(ask, { timeout: 25_000, interval: 20 });

/** A replica that runs, and a store that only tells it what there is to do. */
async function start(over: Partial<ReplicaOptions> = {}) {
  const calls: string[] = [];
  const run = async (_: unknown, input: unknown) => {
    calls.push((input as { text: string }).text);
    return {};
  };
  const workflows = workflowsOf(workflow('one', [{ id: 'log', effect: 'repeatable', action: { run } }]));
  const replica = await startReplica({ url: database.url, workflows, ...over });
  onTestFinished(() => replica.stop());
  const other = await openPostgresStore({ url: database.url });
  onTestFinished(() => other.close());
  return { replica, other, calls };
}

/** Stores an event that nobody is told of. */
async function leaveEvent(store: Store): Promise<string> {
  const eventId = `evt_${randomUUID()}`;
  const fact = { source: 'shop', type: 'order.paid', rule: 'id', time: null, headers: [], body: Buffer.from('{}') };
  const receivedAt = Date.now();
  await store.accept([
    { ...fact, eventId, key: eventId, deliveryId: `dlv_${randomUUID()}`, receivedAt, keepUntil: receivedAt + 1e9 },
  ]);
  return eventId;
}

/** As a person at another replica does. */
async function replay(other: Store, eventId: string): Promise<string> {
  const [run] = await other.runs({ eventId }, { limit: 1 });
  if (!run) throw new Error('it has run before');
  const steps = run.steps.map(({ id }) => ({ id, status: 'pending' as const, generation: 0, attempts: 0, retries: 0 }));
  const fresh = { ...run, status: 'pending' as const, startedAt: null, endedAt: null, dueAt: Date.now(), steps };
  return (await other.replay({ ...fresh, id: `run_${randomUUID()}`, unique: null })).id;
}

const listeners = "from pg_stat_activity where query = 'listen hookline' and datname = current_database()";
const listening = async () => (await database.query(`select count(*)::integer as count ${listeners}`))[0]?.['count'];

/** Ends every connection that listens, for as long as the test says. */
function deafen() {
  let cuts = 0;
  const over = new AbortController();
  const cut = async () => {
    while (!over.signal.aborted) {
      const ended = await database.query(`select pg_terminate_backend(pid) ${listeners}`);
      cuts += ended.length;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const cutting = cut();
  const stop = async () => {
    over.abort();
    await cutting;
  };
  return { cuts: () => cuts, stop };
}

test('runs, plans and pauses what others left while its LISTEN connection is cut, and listens again afterwards', async () => {
  const { replica, other, calls } = await start();
  const first = await replica.event();
  await replica.until(first, 'succeeded');
  const deaf = deafen();
  onTestFinished(deaf.stop);
  await eventually(deaf.cuts).toBeGreaterThan(0);
  const again = await replay(other, first);
  await eventually(async () => (await other.run(again))?.run.status).toBe('succeeded');
  const left = await leaveEvent(other);
  await replica.until(left, 'succeeded');
  const paused = { name: 'crm', status: 'paused', reason: 'paused', since: 1, untilAt: null, error: null } as const;
  await other.setConnection(paused);
  await eventually(() => replica.parts.lanes.gate('crm')).toEqual({ is: 'held', reason: 'paused' });
  expect(calls).toHaveLength(3);
  await deaf.stop();
  await eventually(listening).toBe(1);
});

test('finds what was done while it could not reach the database, and listens again', { timeout: 60_000 }, async () => {
  const proxy = await startProxy(Number(new URL(database.url).port));
  onTestFinished(() => proxy.close());
  const url = new URL(database.url);
  [url.hostname, url.port] = ['127.0.0.1', String(proxy.port)];
  let failures = 0;
  const watched = (store: Store): Store => ({
    ...store,
    claim: async (request) =>
      store.claim(request).catch((error: unknown) => {
        failures += 1;
        throw error;
      }),
  });
  const limits = { queryMs: 1000, connectMs: 1000 };
  const { replica, other } = await start({ url: url.href, limits, bend: watched });
  const first = await replica.event();
  await replica.until(first, 'succeeded');
  const again = await replay(other, first);
  await eventually(async () => (await other.run(again))?.run.status).toBe('succeeded');
  proxy.cut(true);
  const missed = await replay(other, first);
  await eventually(() => failures).toBeGreaterThan(0);
  expect((await other.run(missed))?.run.status, 'nobody else runs').toBe('pending');
  proxy.cut(false);
  await eventually(async () => (await other.run(missed))?.run.status).toBe('succeeded');
  await eventually(listening).toBe(1);
});
