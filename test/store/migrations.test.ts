// Migrations: forward only, each one whole.

import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { migrate, migrations } from '../../src/store/sqlite/migrations.ts';
import { createSql } from '../../src/store/sqlite/sql.ts';

const first = 'create table things (id integer primary key)';
const second = "alter table things add column name text not null default 'x'";

function memory() {
  const database = new DatabaseSync(':memory:');
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

test('makes a sound schema', () => {
  const { sql, version } = memory();
  migrate(sql, 'dir');
  expect(version()).toBe(migrations.length);
  expect(sql.get('pragma integrity_check')).toMatchObject({ integrity_check: 'ok' });
});
