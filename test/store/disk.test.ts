// A disk that is full or fails: writes are refused, reads go on, and writes work again as soon as they can.

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { acceptOne, day, delivery, start } from '../contract/rows.ts';
import { folder, startChild } from './folder.ts';

const retention = { succeededMs: day, failedMs: day, deliveriesMs: day };

test('refuses writes while it is full, keeps what it has, and takes writes again when there is space', async () => {
  const dir = await folder();
  const store = await openSqliteStore({ dir, maxBytes: 2 * 1024 * 1024 });
  onTestFinished(() => store.close());
  const body = new Uint8Array(50_000);
  const old = Array.from({ length: 10 }, () => delivery({ body }));
  await store.accept(old);
  await store.plan(old.map(({ eventId }) => ({ eventId, runs: [] })));

  const kept: string[] = [];
  const refused = delivery({ body });
  const fill = async () => {
    for (;;) kept.push(await acceptOne(store, { body }));
  };
  await expect(fill()).rejects.toMatchObject({ code: 'store.unavailable', status: 503 });
  const both = await Promise.allSettled([
    store.accept([refused, delivery({ body })]),
    store.accept([delivery({ body })]),
  ]);
  expect(
    both.map(({ status }) => status),
    'all that wait',
  ).toEqual(['rejected', 'rejected']);
  expect(await store.event(refused.eventId)).toBeNull();
  expect(kept.length).toBeGreaterThan(10);
  expect((await store.event(kept.at(-1) ?? ''))?.body.byteLength).toBe(body.byteLength);

  expect(await store.prune(start + 2 * day, retention)).toBe(10);
  expect(await store.accept([refused]), 'the same delivery, sent again').toMatchObject([
    { value: { status: 'accepted' } },
  ]);
  expect(await store.pending(100)).toHaveLength(kept.length + 1);
});

test('opens a full store', async () => {
  const dir = await folder();
  const big = await openSqliteStore({ dir });
  await big.accept(Array.from({ length: 20 }, () => delivery({ body: new Uint8Array(50_000) })));
  await big.close();
  const { size } = await stat(join(dir, 'hookline.db'));
  const store = await openSqliteStore({ dir, maxBytes: size });
  onTestFinished(() => store.close());
  expect(await store.pending(100)).toHaveLength(20);
  await expect(acceptOne(store, { body: new Uint8Array(50_000) })).rejects.toMatchObject({ code: 'store.unavailable' });
});

test('survives an I/O error: the write is refused, the next ones work, nothing acknowledged is lost', async () => {
  const dir = await folder();
  const child = startChild(['accept-limited', dir], { blocks: 8192 });
  const { code, errors } = await child.ended;
  expect(errors).toBe('');
  expect(code).toBe(0);
  const said = child.lines.map((line) => line.split(' '));
  const failed = said.filter(([word]) => word === 'failed');
  expect(failed).toEqual([['failed', expect.any(String), 'store.unavailable']]);
  expect(said.slice(-1).map(([word]) => word)).toEqual(['ok']);

  const store = await openSqliteStore({ dir });
  onTestFinished(() => store.close());
  for (const [word, id = ''] of said) {
    const event = await store.event(id);
    expect(event?.body.byteLength).toBe(word === 'ok' ? 20_000 : undefined);
  }
});

test('copies the log into the database file, so that neither grows without end', async () => {
  const dir = await folder();
  const store = await openSqliteStore({ dir });
  onTestFinished(() => store.close());
  const body = new Uint8Array(1024 * 1024);
  for (let index = 0; index < 80; index++) await acceptOne(store, { body });
  const log = await stat(join(dir, 'hookline.db-wal'));
  expect(log.size).toBeLessThan(40 * body.byteLength);
  expect((await readFile(join(dir, 'hookline.db'))).byteLength).toBeGreaterThan(40 * body.byteLength);
});

test('gives the space of pruned events back to the file system', async () => {
  const dir = await folder();
  const store = await openSqliteStore({ dir });
  onTestFinished(() => store.close());
  const items = Array.from({ length: 30 }, () => delivery({ body: new Uint8Array(1024 * 1024) }));
  await store.accept(items);
  await store.plan(items.map(({ eventId }) => ({ eventId, runs: [] })));
  const batches = [];
  for (let removed = 1; removed > 0; ) {
    removed = await store.prune(start + 2 * day, retention);
    if (removed > 0) batches.push(removed);
  }
  expect(batches.reduce((sum, count) => sum + count, 0)).toBe(30);
  expect(Math.max(...batches), 'large bodies make small batches').toBeLessThan(10);
  await store.probe();
  expect((await stat(join(dir, 'hookline.db'))).size).toBeLessThan(2 * 1024 * 1024);
  expect((await stat(join(dir, 'hookline.db-wal'))).size).toBeLessThan(2 * 1024 * 1024);
});
