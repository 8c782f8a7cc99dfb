// One process owns a data folder, and a folder that cannot be used is refused in a clear sentence.

import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { migrations } from '../../src/store/sqlite/migrations.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { acceptOne } from '../contract/rows.ts';
import { folder, startChild } from './folder.ts';

test('refuses a second process at once, and lets it in when the first is killed', async () => {
  const dir = await folder();
  const owner = startChild(['hold', dir]);
  await owner.until((lines) => lines.includes('open'));
  const started = performance.now();
  await expect(openSqliteStore({ dir })).rejects.toMatchObject({
    code: 'store.locked',
    exit: 2,
    message: `another Hookline process already uses the data folder "${dir}"`,
  });
  expect(performance.now() - started, 'it does not wait for the lock').toBeLessThan(5000);
  owner.kill('SIGKILL');
  await owner.ended;
  const store = await openSqliteStore({ dir });
  await store.close();
});

test('refuses a second store in the same process, and frees the folder when it is closed', async () => {
  const dir = await folder();
  const store = await openSqliteStore({ dir });
  await expect(openSqliteStore({ dir })).rejects.toMatchObject({ code: 'store.locked' });
  await acceptOne(store);
  await store.close();
  const again = await openSqliteStore({ dir });
  expect(await again.pending(10)).toHaveLength(1);
  await again.close();
});

test('makes a missing folder, readable by its owner alone', async () => {
  const dir = join(await folder(), 'a', 'b');
  const store = await openSqliteStore({ dir });
  await store.close();
  expect((await readdir(dir)).sort()).toEqual(['hookline.db', 'hookline.lock']);
  expect((await stat(dir)).mode & 0o077).toBe(0);
  expect((await stat(join(dir, 'hookline.db'))).mode & 0o077).toBe(0);
});

test('refuses a folder that cannot be written', async () => {
  const file = join(await folder(), 'file');
  await writeFile(file, '');
  const dir = join(file, 'data');
  await expect(openSqliteStore({ dir })).rejects.toMatchObject({ code: 'store.unwritable', exit: 2 });
  const folderAsFile = join(await folder(), 'data');
  await mkdir(join(folderAsFile, 'hookline.db'), { recursive: true });
  await expect(openSqliteStore({ dir: folderAsFile })).rejects.toMatchObject({ code: 'store.unwritable' });
});

test('refuses a file that is no database, and leaves it as it is', async () => {
  const dir = await folder();
  const text = 'not a database, though long enough to be read as the head of one '.repeat(4);
  await writeFile(join(dir, 'hookline.db'), text);
  await expect(openSqliteStore({ dir })).rejects.toMatchObject({
    code: 'store.unwritable',
    message: expect.stringContaining('not a database') as string,
  });
  expect((await stat(join(dir, 'hookline.db'))).size).toBe(text.length);
});

test('refuses a store of a newer version, and leaves it as it is', async () => {
  const dir = await folder();
  const store = await openSqliteStore({ dir });
  await acceptOne(store);
  await store.close();
  const file = new DatabaseSync(join(dir, 'hookline.db'));
  file.exec('pragma user_version = 99');
  file.close();
  await expect(openSqliteStore({ dir })).rejects.toMatchObject({ code: 'store.newer', exit: 2 });
  const after = new DatabaseSync(join(dir, 'hookline.db'));
  expect(after.prepare('pragma user_version').get()).toMatchObject({ user_version: 99 });
  after.exec(`pragma user_version = ${migrations.length}`);
  after.close();
  const again = await openSqliteStore({ dir });
  expect(await again.pending(10)).toHaveLength(1);
  await again.close();
});
