// Migrations of the database: forward only, all steps or none, one replica at a time, and none over a newer schema.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../../src/store/postgres/database.ts';
import { migrate, migrations, oneByOne } from '../../../src/store/postgres/migrations.ts';
import { openPostgresStore } from '../../../src/store/postgres/open.ts';
import { acceptOne } from '../../contract/rows.ts';
import { createDatabase, type TestDatabase } from '../../postgres/database.ts';

let place: TestDatabase;
let database: Database;
beforeEach(async () => {
  place = await createDatabase();
  database = openDatabase({ url: place.url, connections: 2 });
});
afterEach(async () => {
  await database.close();
  await place.drop();
});

const first = 'create table hookline.things (id integer primary key)';
const second = "alter table hookline.things add column name text not null default 'x'";
const version = async () => (await place.query('select version from hookline.schema_version'))[0]?.['version'];

test('brings a database from each earlier schema to the present one', async () => {
  await migrate(database, 'db', [first]);
  expect(await version()).toBe(1);
  await place.query('insert into hookline.things (id) values (7)');
  await migrate(database, 'db', [first, second]);
  await migrate(database, 'db', [first, second]);
  expect(await version()).toBe(2);
  expect(await place.query('select id, name from hookline.things')).toEqual([{ id: 7, name: 'x' }]);
});

test('undoes every step when one fails', async () => {
  await migrate(database, 'db', [first]);
  const broken = 'create table hookline.half (id integer); insert into hookline.nowhere values (1)';
  await expect(migrate(database, 'db', [first, second, broken])).rejects.toThrow('nowhere');
  expect(await version()).toBe(1);
  expect((await place.query("select to_regclass('hookline.half') as half"))[0]).toEqual({ half: null });
  await migrate(database, 'db', [first, second]);
  expect(await version()).toBe(2);
});

test('refuses a schema that it does not know, in a clear sentence, and leaves it as it is', async () => {
  const store = await openPostgresStore({ url: place.url });
  const id = await acceptOne(store);
  await store.close();
  await place.query('update hookline.schema_version set version = 99');
  const name = new URL(place.url).pathname.slice(1);
  await expect(openPostgresStore({ url: place.url })).rejects.toMatchObject({
    code: 'store.newer',
    exit: 2,
    message: `the store in "${name}" was written by a newer Hookline (schema 99, this one knows ${migrations.length})`,
  });
  await place.query(`update hookline.schema_version set version = ${migrations.length}`);
  const again = await openPostgresStore({ url: place.url });
  expect(await again.event(id)).not.toBeNull();
  await again.close();
});

test('lets replicas that start together on an empty database wait for each other', async () => {
  const stores = await Promise.all(Array.from({ length: 4 }, () => openPostgresStore({ url: place.url })));
  await Promise.all(stores.map((store) => acceptOne(store)));
  expect((await stores[0]?.stats())?.events.pending).toBe(4);
  await Promise.all(stores.map((store) => store.close()));
});

test('does the work of a start alone', async () => {
  let inside = 0;
  const seen = await Promise.all(
    Array.from({ length: 4 }, () =>
      oneByOne(place.url, async (sql) => {
        inside += 1;
        await sql.run('select pg_sleep(0.01)');
        return inside--;
      }),
    ),
  );
  expect(seen).toEqual([1, 1, 1, 1]);
});
