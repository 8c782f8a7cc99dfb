// Copies an embedded store into PostgreSQL: in batches, each with its place in one commit, so that a copy that was cut goes on.

import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HostError } from '../core/errors.ts';
import { moveTables, type ColumnType, type MoveTable } from './move-tables.ts';
import { migrate, oneByOne } from './postgres/migrations.ts';
import { databaseName, openDatabase, type Database } from './postgres/database.ts';
import { openSource, type Source, type SourceRow } from './sqlite/source.ts';

export interface MoveStore {
  /** Folder of the embedded store. */
  readonly dir: string;
  /** A secret. */
  readonly url: string;
  /** Hears of every batch. */
  readonly progress: (table: string, rows: number) => void;
}

export interface Moved {
  /** True: an earlier call had finished it, and nothing was done. */
  readonly before: boolean;
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
}

/** Rejects with `move.refused`, `store.locked` and what the stores reject with. */
export async function moveStore({ dir, url, progress }: MoveStore): Promise<Moved> {
  if (!existsSync(join(dir, 'hookline.db'))) throw refusal(`there is none in "${dir}"`);
  const source = openSource(dir);
  const database = openDatabase({ url, connections: 2 });
  try {
    return await oneByOne(url, async (starting) => {
      await migrate(starting, databaseName(url));
      const id = nameOf(dir);
      if (await isDone(database, id)) return { before: true, tables: [] };
      for (const table of moveTables) await moveTable({ source, database, id, progress }, table);
      const tables = await compare(source, database);
      await database.run('update hookline.moves set done = true where source = $1', [id]);
      return { before: false, tables };
    });
  } finally {
    source.close();
    await database.close();
  }
}

/** The name under which the database remembers this folder. */
function nameOf(dir: string): string {
  const file = join(dir, 'hookline.moving');
  if (!existsSync(file)) writeFileSync(file, randomUUID(), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** Rejects when the database has rows of somebody else, or is in use. */
async function isDone(database: Database, id: string): Promise<boolean> {
  const [own] = await database.rows<{ done: boolean }>('select done from hookline.moves where source = $1', [id]);
  if (own) return own.done;
  const users = await database.rows('select 1 from hookline.replicas where lives_until > now()');
  if (users.length > 0) throw refusal('a running Hookline uses the database');
  for (const { into } of moveTables) {
    const rows = await database.rows(`select 1 from hookline.${into} limit 1`);
    if (rows.length > 0) throw refusal('the database holds the data of another store');
  }
  await database.run("insert into hookline.moves (source, places, done) values ($1, '{}', false)", [id]);
  return false;
}

const refusal = (why: string) => new HostError('move.refused', { why });

interface Moving {
  readonly source: Source;
  readonly database: Database;
  readonly id: string;
  readonly progress: MoveStore['progress'];
}

type Places = Readonly<Record<string, readonly (string | number)[]>>;

async function moveTable({ source, database, id, progress }: Moving, table: MoveTable): Promise<void> {
  for (;;) {
    const [found] = await database.rows<{ places: string }>('select places from hookline.moves where source = $1', [
      id,
    ]);
    const places = JSON.parse(found?.places ?? '{}') as Places;
    const rows = source.read(table, places[table.name]);
    const last = rows.at(-1);
    if (last === undefined) return;
    const next = { ...places, [table.name]: table.key.map((column) => last[column] as string | number) };
    await database.transact(async (sql) => {
      await sql.run(insertOf(table), valuesOf(table, rows));
      await sql.run('update hookline.moves set places = $2 where source = $1', [id, JSON.stringify(next)]);
    });
    progress(table.name, rows.length);
  }
}

function insertOf({ into, columns, again }: MoveTable): string {
  const names = Object.keys(columns).join(', ');
  const arrays = Object.values(columns).map((type, index) => `$${index + 1}::${type}[]`);
  const conflict =
    again === 'stays'
      ? 'do nothing'
      : '(mark) do update set event_id = excluded.event_id, keep_until = excluded.keep_until';
  return `insert into hookline.${into} (${names}) select ${names} from unnest(${arrays.join(', ')})
    with ordinality as g (${names}, place) order by place on conflict ${conflict}`;
}

/** A column an array; of rows that replace each other only the last. */
function valuesOf({ columns, again }: MoveTable, rows: readonly SourceRow[]): unknown[] {
  const last = new Map(rows.map((row, index) => [again === 'replaced' ? String(row['mark']) : index, row]));
  const kept = [...last.values()];
  return Object.entries(columns).map(([name, type]) => kept.map((row) => toValue(row[name], type)));
}

function toValue(value: unknown, type: ColumnType): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'boolean') return value === 1;
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}

/** Rejects when a row is missing. */
async function compare(source: Source, database: Database): Promise<Moved['tables']> {
  const counted = moveTables.map((table) => ({ name: table.name, into: table.into, rows: source.count(table) }));
  for (const [into, parts] of Map.groupBy(counted, (table) => table.into)) {
    const [found] = await database.rows<{ count: number }>(`select count(*) as count from hookline.${into}`);
    const wanted = parts.reduce((sum, { rows }) => sum + rows, 0);
    if (found?.count !== wanted)
      throw refusal(`"${into}" has ${found?.count ?? 0} rows in the database and ${wanted} in the embedded store`);
  }
  return counted.map(({ name, rows }) => ({ name, rows }));
}
