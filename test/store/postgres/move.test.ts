// An embedded store moved into PostgreSQL: everything is there, a copy that was killed goes on, and nothing foreign is mixed in.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { moveStore } from '../../../src/store/move.ts';
import { openPostgresStore } from '../../../src/store/postgres/open.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import type { Store } from '../../../src/store/store.ts';
import {
  acceptOne,
  attempt,
  claimOne,
  delivery,
  newRun,
  plannedRun,
  refusal,
  start,
  update,
} from '../../contract/rows.ts';
import { createDatabase, type TestDatabase } from '../../postgres/database.ts';
import { folder } from '../folder.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase();
});
afterEach(() => database.drop());

const quiet = () => undefined;

/** Something of everything. */
async function fill(store: Store): Promise<void> {
  for (const hash of ['a', 'b'])
    await store.saveConfig({ hash, text: `# ${hash}\u0001`, file: 'workflows.yaml', at: start });
  await store.setConnection({
    name: 'crm',
    status: 'paused',
    reason: 'paused',
    since: start,
    untilAt: null,
    error: null,
  });
  await acceptOne(store, { key: 'k', body: Uint8Array.from({ length: 256 }, (_, index) => index) });
  await store.accept([delivery({ key: 'k' }), delivery({ key: 'odd \u0000 \ud800' })]);
  await store.refuse([refusal()]);
  await plannedRun(store, { unique: 'call-1', dueAt: start + 7 });
  const { run, fence } = await claimOne(store, { now: start + 7 });
  const done = attempt(run.id, {
    status: 'succeeded',
    endedAt: start,
    sent: true,
    output: { text: 'é\u0000' },
    late: false,
  });
  const end = { ...done, endedAt: start };
  const finished = update(run, { status: 'succeeded', endedAt: start + 9 });
  await store.record([
    { runId: run.id, fence, update: finished, begun: [{ ...done, status: 'begun' }], ended: [end], release: true },
  ]);
  await plannedRun(store, { dueAt: start + 20 });
  await plannedRun(store, { status: 'held', reason: 'in_doubt', dueAt: null });
  await plannedRun(store, { lane: 'mail' });
  await claimOne(store, { lane: 'mail', owner: 'a process that ended' });
  await store.tally([{ at: start, kind: 'run', name: 'w', status: 'failed', count: 3 }]);
  await store.audit({
    id: 'aud_1',
    at: start,
    role: 'operator',
    from: '::1',
    action: 'retry',
    target: 'run_1',
    ok: true,
  });
}

/** All that the port tells. */
async function readAll(store: Store) {
  const page = { limit: 500 };
  const runs = await store.runs({}, page);
  return {
    events: await store.events({}, page),
    deliveries: await store.deliveries({}, page),
    runs,
    attempts: await Promise.all(runs.map(({ id }) => store.attempts(id))),
    fences: await Promise.all(runs.map(async ({ id }) => (await store.run(id))?.fence)),
    configs: [await store.config(), await store.config('a')],
    connections: await store.connections(),
    tallies: await store.tallies(0),
    audits: await store.audits(page),
  };
}

test('has everything afterwards, and goes on with it', async () => {
  const dir = await folder();
  const embedded = await openSqliteStore({ dir });
  await fill(embedded);
  const before = await readAll(embedded);
  await embedded.close();
  const moved = await moveStore({ dir, url: database.url, progress: quiet });
  expect(moved).toMatchObject({ before: false });
  expect(Object.fromEntries(moved.tables.map(({ name, rows }) => [name, rows]))).toMatchObject({
    events: 6,
    runs: 4,
    attempts: 1,
  });
  const store = await openPostgresStore({ url: database.url, clock: () => start });
  expect(await readAll(store)).toEqual(before);
  expect(await store.accept([delivery({ key: 'k' }), delivery({ key: 'odd \u0000 \ud800' })])).toMatchObject([
    { value: { status: 'duplicate' } },
    { value: { status: 'duplicate' } },
  ]);
  const eventId = await acceptOne(store);
  const taken = await store.plan([{ eventId, runs: [newRun(eventId, { unique: 'call-1' })] }]);
  expect(taken, 'its unique value is taken').toEqual([{ runs: [] }]);
  expect((await claimOne(store, { now: start + 20 })).run.dueAt).toBeNull();
  expect(await store.recover('owner-1', start), 'the run of the process that ended').toBe(1);
  await store.close();
  expect(await moveStore({ dir, url: database.url, progress: quiet })).toEqual({ before: true, tables: [] });
});

const main = fileURLToPath(new URL('../../../bin/hookline.js', import.meta.url));

function command(name: string, dir: string) {
  const env = {
    PATH: process.env['PATH'] ?? '',
    DATA_DIR: dir,
    DATABASE_URL: database.url,
    PORT: '0',
    ADMIN_PORT: '0',
  };
  const child = spawn(process.execPath, [main, name], { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const told = { out: '' };
  child.stdout.on('data', (chunk: Buffer) => (told.out += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const until = async (pattern: RegExp) => {
    for await (const chunk of child.stderr) {
      said += String(chunk);
      if (pattern.test(said)) return;
    }
  };
  return { child, ended, until, told };
}

test('goes on after it was killed, and until then nothing else starts on that database', {
  timeout: 60_000,
}, async () => {
  const dir = await folder();
  const embedded = await openSqliteStore({ dir });
  for (let batch = 0; batch < 8; batch++) await embedded.accept(Array.from({ length: 1000 }, () => delivery()));
  await plannedRun(embedded);
  await embedded.close();
  const first = command('migrate-store', dir);
  await first.until(/events: 2000/);
  first.child.kill('SIGKILL');
  expect(await first.ended).toBeNull();
  const [part] = await database.query('select count(*)::integer as count from hookline.events');
  expect(part?.['count'], 'it was cut in the middle').toBeLessThan(8001);
  await expect(openPostgresStore({ url: database.url })).rejects.toMatchObject({ code: 'store.moving', exit: 2 });
  const second = command('migrate-store', dir);
  await second.until(/audit|never/);
  expect(await second.ended).toBe(0);
  expect(second.told.out).toMatch(/8001 {2}events\n/);
  const store = await openPostgresStore({ url: database.url });
  expect(await store.stats()).toMatchObject({
    events: { pending: 8000, matched: 1 },
    deliveries: { accepted: 8001 },
    runs: { pending: 1 },
  });
  await store.close();
});

test('refuses a store that a living process owns, and a folder without one', async () => {
  const dir = await folder();
  const moving = { dir, url: database.url, progress: quiet };
  await expect(moveStore(moving)).rejects.toMatchObject({
    code: 'move.refused',
    message: expect.stringContaining('none in') as string,
  });
  const owner = await openSqliteStore({ dir });
  await expect(moveStore(moving)).rejects.toMatchObject({ code: 'store.locked' });
  await owner.close();
  expect((await moveStore(moving)).before).toBe(false);
});

test('refuses a database with rows of another store, or in use', async () => {
  const dirs = [await folder(), await folder()] as const;
  for (const dir of dirs) {
    const store = await openSqliteStore({ dir });
    await acceptOne(store);
    await store.close();
  }
  await moveStore({ dir: dirs[0], url: database.url, progress: quiet });
  const why = (text: string) => ({ code: 'move.refused', exit: 1, message: expect.stringContaining(text) as string });
  await expect(moveStore({ dir: dirs[1], url: database.url, progress: quiet })).rejects.toMatchObject(
    why('another store'),
  );
  const store = await openPostgresStore({ url: database.url });
  await store.shared?.join({ id: 'a', host: 'h', config: () => 'c', hear: quiet });
  await expect(moveStore({ dir: dirs[1], url: database.url, progress: quiet })).rejects.toMatchObject(
    why('running Hookline'),
  );
  await store.close();
});
