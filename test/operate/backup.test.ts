// `hookline backup` of a Hookline under load: intake goes on, what was acknowledged is in it, and a server starts from it.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { startRunning } from './app.ts';

const calls = `
  calls:
    on: truedy:call.ended
    steps:
      - { uses: toys.call, with: { as: ok } }`;

const main = fileURLToPath(new URL('../../bin/hookline.js', import.meta.url));

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hookline-backup-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function backup(file: string, env: Record<string, string> = {}): Promise<Ran> {
  const options = { cwd: dir, env: { PATH: process.env['PATH'] ?? '', ...env } };
  const run = promisify(execFile)(process.execPath, [main, 'backup', file], options);
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      out: stdout,
      err: stderr,
    }),
  );
}

it('holds everything acknowledged before, while deliveries go on, and a server starts from it', async () => {
  const running = await startRunning(calls, { dir });
  const acked: string[] = [];
  let number = 0;
  const load = { on: true };
  const send = async () => {
    while (load.on) {
      number += 1;
      const answer = await running.post('ok', `call-${number}`);
      if (answer.status !== 204) throw new Error(`answered ${answer.status}`);
      acked.push(answer.headers.get('hookline-event') ?? '');
    }
  };
  const sending = Promise.all([send(), send(), send(), send()]);
  await running.until(() => acked.length >= 200);
  const before = [...acked];
  const { code, out, err } = await backup('copy.db');
  const during = acked.length - before.length;
  load.on = false;
  await sending;
  await running.stop();
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/copy\.db: \d+ events, \d+ runs, [\d,]+ KiB/);
  expect(during, 'deliveries acknowledged meanwhile').toBeGreaterThan(0);
  expect(statSync(join(dir, 'copy.db')).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir).filter((name) => name.startsWith('copy'))).toEqual(['copy.db']);

  const place = join(dir, 'restored');
  mkdirSync(join(place, 'data'), { recursive: true });
  renameSync(join(dir, 'copy.db'), join(place, 'data', 'hookline.db'));
  const store = await openSqliteStore({ dir: join(place, 'data') });
  const found = await Promise.all(before.map((id) => store.event(id)));
  expect(found.filter((event) => event === null)).toEqual([]);
  await store.close();
  const restored = await startRunning(calls, { dir: place });
  expect((await fetch(`${restored.app.url}/readyz`)).status).toBe(200);
  expect((await restored.post('ok', 'call-1')).headers.get('hookline-delivery')).toBe('duplicate');
  expect((await restored.post('ok', 'call-new')).headers.get('hookline-delivery')).toBe('accepted');
  await restored.stop();
});

it('copies a store that nobody runs', async () => {
  const store = await openSqliteStore({ dir: join(dir, 'elsewhere') });
  await store.saveConfig({ hash: 'h', text: 'version: 1', file: 'w.yaml', at: 0 });
  await store.close();
  expect(await backup('copy.db', { DATA_DIR: 'elsewhere' })).toMatchObject({ code: 0 });
  mkdirSync(join(dir, 'restored'));
  renameSync(join(dir, 'copy.db'), join(dir, 'restored', 'hookline.db'));
  const restored = await openSqliteStore({ dir: join(dir, 'restored') });
  expect(await restored.config()).toMatchObject({ text: 'version: 1' });
  await restored.close();
});

it('leaves an existing file alone, and says where it found no store', async () => {
  expect(await backup('copy.db')).toMatchObject({ code: 1, err: expect.stringContaining('there is no store in') });
  await (await openSqliteStore({ dir: join(dir, 'data') })).close();
  writeFileSync(join(dir, 'copy.db'), 'mine');
  expect(await backup('copy.db')).toMatchObject({ code: 1, err: expect.stringContaining('is there already') });
  expect(await backup('no/such/folder.db')).toMatchObject({ code: 1 });
  expect(existsSync(join(dir, 'copy.db.part'))).toBe(false);
  expect(await backup('other.db', { DATABASE_URL: 'postgres://x' })).toMatchObject({
    code: 1,
    err: expect.stringContaining('pg_dump'),
  });
});
