// The backup that docs/guide/operate.md shows: of a store in use, taken by the very line, and opened again.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { readDocument } from './documents.ts';

const line = readDocument('docs/guide/operate.md').blocks.find(({ text }) => text.startsWith('node -e'))?.text ?? '';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookline-backup-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('holds what the store held, also what is only in its log', async () => {
  const config = { hash: 'h', text: 'version: 1', file: 'workflows.yaml', at: 0 };
  const store = await openSqliteStore({ dir: join(folder, 'data') });
  await store.saveConfig(config);
  const node = `PATH=${join(process.execPath, '..')}:$PATH`;
  await promisify(execFile)('sh', ['-c', `export ${node}; ${line}`], { cwd: folder });
  await store.close();
  await mkdir(join(folder, 'restored'));
  await rename(join(folder, 'backup.db'), join(folder, 'restored', 'hookline.db'));
  const restored = await openSqliteStore({ dir: join(folder, 'restored') });
  expect(await restored.config()).toMatchObject(config);
  await restored.close();
});
