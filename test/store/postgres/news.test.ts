// What one replica does the others hear, also after their connection was cut; and a claim is held only while its lease is renewed.

import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createClaims } from '../../../src/store/postgres/claims.ts';
import { openPostgresStore } from '../../../src/store/postgres/open.ts';
import type { Queue } from '../../../src/store/postgres/queue.ts';
import type { News, Store } from '../../../src/store/store.ts';
import { acceptOne, claimLane, claimOne, newRun, plannedRun, start } from '../../contract/rows.ts';
import { createDatabase, type TestDatabase } from '../../postgres/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterEach(() => database.clear());
afterAll(() => database.drop());

/** However busy the machine is. */
const soon = (check: () => void) => vi.waitFor(check, 10_000);

async function open(): Promise<Store> {
  const store = await openPostgresStore({ url: database.url, clock: () => start });
  onTestFinished(() => store.close());
  return store;
}

/** A replica that has heard everything it hears at its start. */
async function listening(id: string, config = 'hash-1') {
  const store = await open();
  const heard = vi.fn<(news: News) => void>();
  await store.shared?.join({ id, host: 'here', config: () => config, hear: heard });
  await soon(() => expect(heard).toHaveBeenCalledWith('replicas'));
  heard.mockClear();
  return { store, heard };
}

test('tells the others of planned runs, of what a person did and of connections', async () => {
  const { heard } = await listening('a');
  const other = await open();
  const run = await plannedRun(other);
  await soon(() => expect(heard).toHaveBeenCalledWith('runs'));
  heard.mockClear();
  await other.replay(newRun(run.eventId));
  await soon(() => expect(heard).toHaveBeenCalledWith('runs'));
  expect(heard).not.toHaveBeenCalledWith('connections');
  const state = { name: 'crm', status: 'paused', reason: 'paused', since: start, untilAt: null, error: null } as const;
  await other.setConnection(state);
  await soon(() => expect(heard).toHaveBeenCalledWith('connections'));
});

test('tells nothing of what was undone, and nobody of his own', async () => {
  const { store, heard } = await listening('a');
  const other = await open();
  const eventId = await acceptOne(other);
  const run = newRun(eventId);
  await expect(other.plan([{ eventId, runs: [run, { ...run, workflow: 'same id' }] }])).rejects.toThrow();
  await plannedRun(store);
  await other.setConnection({ name: 'x', status: 'ok', reason: null, since: start, untilAt: null, error: null });
  await soon(() => expect(heard).toHaveBeenCalledWith('connections'));
  expect(heard).not.toHaveBeenCalledWith('runs');
});

test('hears again after its connection was cut, and looks at everything it may have missed', async () => {
  const { heard } = await listening('a');
  const listeners = "from pg_stat_activity where query like 'listen%' and datname = current_database()";
  const [cut] = await database.query(`select count(pg_terminate_backend(pid))::integer as count ${listeners}`);
  expect(cut).toEqual({ count: 1 });
  await soon(() => expect(heard.mock.calls.flat()).toEqual(expect.arrayContaining(['runs', 'events', 'connections'])));
  heard.mockClear();
  await plannedRun(await open());
  await soon(() => expect(heard).toHaveBeenCalledWith('runs'));
});

test('knows the living replicas and the configuration of each', async () => {
  const { store } = await listening('a');
  const { store: other, heard } = await listening('b', 'hash-2');
  const seen = async () => (await store.shared?.replicas())?.map(({ id, config }) => `${id} ${config}`);
  expect(await seen()).toEqual(['a hash-1', 'b hash-2']);
  await other.close();
  expect(await seen()).toEqual(['a hash-1']);
  expect(heard).not.toHaveBeenCalledWith('connections');
});

test('leaves the runs of a living replica alone', async () => {
  const { store } = await listening('a');
  await plannedRun(store);
  await claimOne(store, { owner: 'a' });
  await plannedRun(store);
  await claimOne(store, { owner: 'gone' });
  const other = await open();
  expect(await other.recover('b', start), 'only those of the one that never joined').toBe(1);
  expect(await claimLane(other, { owner: 'b' })).toHaveLength(1);
});

test('is told of events that a dead replica left unplanned', { timeout: 15_000 }, async () => {
  const { store, heard } = await listening('a');
  await acceptOne(store, { receivedAt: start - 60_000 });
  await soon(() => expect(heard).toHaveBeenCalledWith('events'));
});

test('holds a claim until its lease ends, less a margin, and again once it is renewed', async () => {
  let now = 0;
  const claims = createClaims(() => now, 10_000);
  const held = { lane: 'crm', job: 'job-1', retryCount: 0, dueAt: 0, fence: 3, knownAt: 0 };
  const queue = (touched: readonly string[]) => ({ touch: async () => new Set(touched) }) as unknown as Queue;
  claims.add('run-1', held);
  expect([claims.holds('run-1', 3), claims.holds('run-1', 2), claims.holds('run-2', 3)]).toEqual([true, false, false]);
  now = 9000;
  expect(claims.holds('run-1', 3)).toBe(false);
  expect(await claims.renew(queue(['job-1']))).toBe(false);
  expect(claims.holds('run-1', 3)).toBe(true);
  now = 20_000;
  expect(await claims.renew(queue([])), 'it lapsed').toBe(true);
  expect(claims.holds('run-1', 3)).toBe(false);
  expect([claims.suspected('crm'), claims.suspected('crm')]).toEqual([true, false]);
});
