// Group commit: what waits together is written by one transaction, and what fails does so alone.

import { expect, onTestFinished, test } from 'vitest';
import { createBatcher } from '../../src/store/batch.ts';
import { openSqliteStore, type Commit } from '../../src/store/sqlite/open.ts';
import type { AcceptDelivery, Accepted, Settled } from '../../src/store/store.ts';
import {
  acceptOne,
  claimLane,
  claimOne,
  delivery,
  newRun,
  plannedRun,
  refusal,
  start,
  update,
} from '../contract/rows.ts';
import { folder } from './folder.ts';

async function watchedStore() {
  const commits: Commit[] = [];
  const store = await openSqliteStore({ dir: await folder(), onCommit: (commit) => commits.push(commit) });
  onTestFinished(() => store.close());
  return { store, commits };
}

test('shares one transaction between calls of different verbs', async () => {
  const { store, commits } = await watchedStore();
  const run = await plannedRun(store);
  commits.length = 0;
  await Promise.all([
    // Keeps the thread busy until the others have come.
    store.accept(Array.from({ length: 2000 }, () => delivery())),
    store.accept([delivery()]),
    store.refuse([refusal()]),
    store.saveConfig({ hash: 'a', text: '', file: 'f', at: start }),
    claimLane(store, {}),
    store.replay(newRun(run.eventId)),
    store.probe(),
  ]);
  expect(commits.length).toBeLessThanOrEqual(2);
  expect(commits.reduce((sum, { requests }) => sum + requests, 0)).toBe(7);
});

test('serves many callers with few commits', async () => {
  const { store, commits } = await watchedStore();
  const batcher = createBatcher<AcceptDelivery, Settled<Accepted>>({
    run: (items) => store.accept(items),
    maxItems: 100,
  });
  await Promise.all(Array.from({ length: 600 }, () => batcher.add(delivery())));
  expect((await store.stats()).events.pending).toBe(600);
  expect(commits).toHaveLength(6);
});

test('waits for the disk exactly where something is promised', async () => {
  const { store, commits } = await watchedStore();
  const synced = async (call: Promise<unknown>) => {
    commits.length = 0;
    await call;
    return commits.map((commit) => commit.synced);
  };
  const eventId = await acceptOne(store);
  expect(await synced(store.accept([delivery()]))).toEqual([true]);
  expect(await synced(store.plan([{ eventId, runs: [newRun(eventId)] }]))).toEqual([false]);
  const claiming = claimOne(store);
  expect(await synced(claiming)).toEqual([false]);
  const { run, fence } = await claiming;
  expect(await synced(store.record([{ runId: run.id, fence, update: update(run), release: true }]))).toEqual([true]);
  expect(await synced(store.release('crm', ['paused'], start))).toEqual([true]);
  expect(await synced(store.probe())).toEqual([true]);
});

test('undoes a failing call alone, among those it shares a transaction with', async () => {
  const { store } = await watchedStore();
  const [good, bad] = [await acceptOne(store), await acceptOne(store)];
  const twice = newRun(bad);
  const settled = await Promise.allSettled([
    store.accept([delivery()]),
    store.plan([{ eventId: bad, runs: [twice, { ...twice, workflow: 'other' }] }]),
    store.plan([{ eventId: good, runs: [newRun(good)] }]),
    store.replay(newRun('evt_none')),
    store.refuse([refusal()]),
  ]);
  const statuses = settled.map(({ status }) => status);
  expect(statuses).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
  expect(await store.stats()).toMatchObject({
    events: { pending: 2, matched: 1 },
    runs: { pending: 1 },
    deliveries: { accepted: 3, refused: 1 },
  });
});

test('rejects a value that cannot be kept without harming the store', async () => {
  const { store } = await watchedStore();
  const eventId = await acceptOne(store);
  const output = () => 1;
  const step = { id: 's', status: 'pending', generation: 0, attempts: 0, retries: 0, output } as const;
  await expect(store.plan([{ eventId, runs: [newRun(eventId, { steps: [step] })] }])).rejects.toThrow();
  const big = { ...step, output: 1n };
  await expect(store.plan([{ eventId, runs: [newRun(eventId, { steps: [big] })] }])).rejects.toThrow('BigInt');
  expect(await store.plan([{ eventId, runs: [newRun(eventId)] }])).toMatchObject([{ runs: [expect.any(String)] }]);
});
