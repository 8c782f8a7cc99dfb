// Migrations: forward only, each one whole.

import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { migrate, migrations } from '../../src/store/sqlite/migrations.ts';
import { event } from '../../src/store/sqlite/events.ts';
import { run } from '../../src/store/sqlite/runs.ts';
import { deliveries } from '../../src/store/sqlite/sent.ts';
import { createSql } from '../../src/store/sqlite/sql.ts';
import { stats } from '../../src/store/sqlite/stats.ts';

const first = 'create table things (id integer primary key)';
const second = "alter table things add column name text not null default 'x'";

function memory() {
  const database = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false });
  const sql = createSql(database);
  return { sql, version: () => (sql.get('pragma user_version') as { user_version: number }).user_version };
}

test('brings a store from each earlier schema to the present one', () => {
  const { sql, version } = memory();
  migrate(sql, 'dir', [first]);
  expect(version()).toBe(1);
  sql.run('insert into things (id) values (7)');
  migrate(sql, 'dir', [first, second]);
  expect(version()).toBe(2);
  expect(sql.all('select id, name from things')).toMatchObject([{ id: 7, name: 'x' }]);
  migrate(sql, 'dir', [first, second]);
  expect(version()).toBe(2);
});

test('undoes a step that fails and stays at the one before', () => {
  const { sql, version } = memory();
  const broken = 'create table half (id integer); insert into nowhere values (1)';
  expect(() => migrate(sql, 'dir', [first, broken])).toThrow('nowhere');
  expect(version()).toBe(1);
  expect(sql.all("select name from sqlite_schema where name = 'half'")).toEqual([]);
  migrate(sql, 'dir', [first, second]);
  expect(version()).toBe(2);
});

test('refuses a schema that it does not know', () => {
  const { sql } = memory();
  migrate(sql, 'dir', [first, second]);
  expect(() => migrate(sql, 'dir', [first])).toThrow(expect.objectContaining({ code: 'store.newer' }) as Error);
});

test('keeps the events, deliveries, marks and runs of a store in which deliveries had rows of their own', () => {
  const { sql } = memory();
  migrate(sql, 'dir', migrations.slice(0, 3));
  sql.exec("insert into events values ('evt_1', 's', 't', 'k', 'id', null, 5, 'matched', '[]', 1, x'00ff', 'hash')");
  sql.exec("insert into deliveries values ('dlv_1', 's', 'accepted', 5, null, 'evt_1', 0, 2, '[]', null)");
  sql.exec("insert into marks values (x'000102030405060708090a0b0c0d0e0f1011', 'evt_1', 9)");
  sql.exec(
    'insert into runs (id, event_id, workflow, replay, status, config, created_at, lane, fence, steps) values ' +
      "('run_1', 'evt_1', 'w', 0, 'waiting', 'hash', 5, 'l', 0, '[]')",
  );
  migrate(sql, 'dir');
  expect(event(sql, 'evt_1')).toMatchObject({ receivedAt: 5, config: 'hash', body: Uint8Array.of(0, 255) });
  expect(deliveries(sql, {}, { limit: 5 })).toMatchObject([{ id: 'dlv_1', eventId: 'evt_1', size: 2 }]);
  expect(stats(sql).deliveries).toEqual({ accepted: 1, duplicate: 0, refused: 0 });
  expect(sql.all('select hex(mark) as mark from mark_index join marks using (id, mark)')).toMatchObject([
    { mark: '000102030405060708090A0B0C0D0E0F' },
  ]);
  expect(sql.all('pragma foreign_key_check')).toEqual([]);
  expect(run(sql, 'run_1')?.run.eventId).toBe('evt_1');
});

test('makes a sound schema', () => {
  const { sql, version } = memory();
  migrate(sql, 'dir');
  expect(version()).toBe(migrations.length);
  expect(sql.get('pragma integrity_check')).toMatchObject({ integrity_check: 'ok' });
});
