// What the store says when the database or the way to it fails: the truth, in time, and nothing of the address.

import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { openStore } from '../../../src/store/open.ts';
import { openPostgresStore, type OpenPostgresStore } from '../../../src/store/postgres/open.ts';
import { acceptOne, claimLane, claimOne, delivery, plannedRun, start, update } from '../../contract/rows.ts';
import { createDatabase, type TestDatabase } from '../../postgres/database.ts';
import { startPostgres } from '../../postgres/start.ts';
import { startProxy, type Proxy } from './proxy.ts';

let database: TestDatabase;
let proxy: Proxy;
beforeAll(async () => {
  database = await createDatabase();
  await (await openPostgresStore({ url: database.url })).close();
});
beforeEach(async () => {
  proxy = await startProxy(database.url);
});
afterEach(async () => {
  await proxy.close();
  await database.clear();
});
afterAll(() => database.drop());

const unavailable = { code: 'store.unavailable', status: 503 };

async function open(given: Partial<OpenPostgresStore> = {}): Promise<Store> {
  const store = await openPostgresStore({ url: proxy.url, clock: () => start, ...given });
  onTestFinished(() => store.close());
  return store;
}

test('finds a batch again whose commit was made and whose answer was lost', async () => {
  const store = await open();
  await acceptOne(store);
  const items = [delivery(), delivery({ key: 'k' }), delivery({ key: 'k', body: new Uint8Array(3) })];
  proxy.mode = 'deaf';
  const swallowed = proxy.swallowed();
  const accepting = store.accept(items);
  await swallowed;
  proxy.mode = 'pass';
  proxy.cut();
  expect(await accepting).toEqual([
    { ok: true, value: { status: 'accepted', eventId: items[0]?.eventId, differs: false } },
    { ok: true, value: { status: 'accepted', eventId: items[1]?.eventId, differs: false } },
    { ok: true, value: { status: 'duplicate', eventId: items[1]?.eventId, differs: true } },
  ]);
  expect((await store.stats()).deliveries).toMatchObject({ accepted: 3, duplicate: 1 });
});

test('refuses a batch that did not reach the database, and keeps nothing of it', async () => {
  const store = await open({ limits: { queryMs: 400, connectMs: 400 } });
  await acceptOne(store);
  const item = delivery();
  proxy.mode = 'hole';
  const accepting = store.accept([item]);
  await expect(accepting).rejects.toMatchObject(unavailable);
  proxy.mode = 'pass';
  expect(await store.event(item.eventId)).toBeNull();
  expect(await store.accept([item]), 'the sender tries again').toMatchObject([{ value: { status: 'accepted' } }]);
});

test('knows a release again whose answer was lost', async () => {
  const store = await open();
  await plannedRun(store);
  const { run, fence } = await claimOne(store);
  const release = { runId: run.id, fence, update: update(run, { status: 'succeeded', endedAt: start }), release: true };
  expect(await store.record([release])).toEqual([true]);
  expect(await store.record([release]), 'told again').toEqual([true]);
  expect(await store.record([{ ...release, fence: fence - 1 }]), 'another claim is another matter').toEqual([false]);
});

test('hangs on no verb while packets are lost, and goes on when the way is free', async () => {
  const store = await open({ limits: { queryMs: 400, connectMs: 400 } });
  await plannedRun(store);
  proxy.mode = 'hole';
  const calls = [store.accept([delivery()]), store.probe(), claimLane(store, {}), store.stats(), store.pending(5)];
  const settled = await Promise.allSettled(calls);
  expect(settled).toEqual(
    calls.map(() => ({ status: 'rejected', reason: expect.objectContaining(unavailable) as Error })),
  );
  proxy.mode = 'pass';
  await store.probe();
  await acceptOne(store);
  expect(await claimLane(store, {})).toHaveLength(1);
});

test('keeps everything acknowledged when the database crashes, and uses it again after its restart', async () => {
  const server = await startPostgres();
  onTestFinished(() => server.stop());
  const other = await createDatabase(server.url);
  const store = await open({ url: other.url });
  const kept: string[] = [];
  const load = (async () => {
    for (;;) kept.push(await acceptOne(store));
  })();
  const failed = expect(load).rejects.toMatchObject(unavailable);
  while (kept.length < 50) await new Promise((resolve) => setImmediate(resolve));
  await server.crash();
  await failed;
  await expect(store.probe()).rejects.toMatchObject(unavailable);
  await server.restart();
  await acceptOne(store);
  const events = await Promise.all(kept.map((id) => store.event(id)));
  expect(events.filter((event) => event === null)).toEqual([]);
});

const secret = 'hunter2-of-the-database';
const wrong: readonly (readonly [string, (url: URL) => void, string])[] = [
  ['a wrong password', (url) => void (url.password = secret), 'refuses the user or password'],
  ['a closed port', (url) => Object.assign(url, { port: '1', password: secret }), 'nothing answers'],
  ['an unknown host', (url) => Object.assign(url, { hostname: 'db.invalid', password: secret }), 'cannot be found'],
  ['a missing database', (url) => void (url.pathname = '/none'), 'does not exist'],
];
test.each(wrong)('says in plain words what is wrong, and no word of the address: %s', async (_, change, why) => {
  const url = new URL(database.url);
  change(url);
  const failure: unknown = await openPostgresStore({ url: url.href }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ ...unavailable, message: expect.stringContaining(why) as string });
  const shown = JSON.stringify([failure, String(failure), (failure as Error).stack, (failure as Error).cause]);
  for (const part of [url.password, url.username + ':', url.href]) expect(shown).not.toContain(part);
});

test('warns of a database that acknowledges what it may still lose', async () => {
  const warnings: string[] = [];
  const log = { warn: (text: string) => void warnings.push(text) };
  await open({ log });
  expect(warnings).toEqual([]);
  const url = new URL(database.url);
  url.searchParams.set('options', '-c synchronous_commit=off');
  await open({ url: url.href, log });
  expect(warnings).toEqual(['the database has synchronous_commit off: a power cut there loses what was acknowledged']);
});

test('refuses an address that is none, without repeating it', async () => {
  const options = { dir: '', connections: 5, leaseMs: 10_000, clock: Date.now, log: { warn: () => undefined } };
  const failure = openStore({ ...options, url: `mysql://root:${secret}@db/x` });
  await expect(failure).rejects.toMatchObject({ code: 'database.invalid', exit: 2 });
  await expect(failure).rejects.not.toThrow(secret);
});

test('gives back a run whose claim was made and never answered', async () => {
  const store = await open();
  const planned = await plannedRun(store);
  proxy.mode = 'deaf';
  const swallowed = proxy.swallowed();
  const claiming = claimLane(store, {});
  await swallowed;
  proxy.mode = 'pass';
  proxy.cut();
  await expect(claiming).rejects.toMatchObject(unavailable);
  await vi.waitFor(() => store.recover('owner-1', start, []));
  expect((await claimOne(store)).run.id).toBe(planned.id);
});
