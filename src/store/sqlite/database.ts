// Opens the database file for writing and brings it to the present schema.

import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { usedBytes } from './backlog.ts';
import { StoreFault } from './fault.ts';
import { whyUnwritable } from './lock.ts';
import { createMarks, type Marks } from './marks.ts';
import { migrate } from './migrations.ts';
import { createSql, type Sql } from './sql.ts';

export interface Database {
  readonly sql: Sql;
  readonly marks: Marks;
  /** Whether the next commits wait until they are on the disk. */
  readonly waitForDisk: (wait: boolean) => void;
  readonly inTransaction: () => boolean;
  /** Whether what is kept has reached the budget. */
  readonly isFull: () => boolean;
  readonly close: () => void;
}

export interface Place {
  readonly dir: string;
  /** Largest size of the database; null: only the disk limits it. */
  readonly maxBytes: number | null;
  /** Bytes beyond which nothing new is taken in; null: there is no budget. */
  readonly budget: number | null;
}

/** Throws `store.unwritable` or `store.newer`. The folder must be locked. */
export function openDatabase({ dir, maxBytes, budget }: Place): Database {
  let database: DatabaseSync | undefined;
  try {
    const file = join(dir, 'hookline.db');
    // Made here, because bodies are nobody else's business; its log takes over its mode.
    closeSync(openSync(file, 'a', 0o600));
    database = new DatabaseSync(file, { timeout: 1000, enableForeignKeyConstraints: false });
    const opened = database;
    const sql = createSql(opened);
    configure(sql, maxBytes);
    migrate(sql, dir);
    // Only now: a step that makes a table anew must not lose what refers to its rows.
    sql.exec('pragma foreign_keys = on');
    checkpoint(sql, 'truncate');
    proveWrite(sql);
    return {
      sql,
      marks: createMarks(sql),
      waitForDisk: createWaitForDisk(sql),
      inTransaction: () => opened.isTransaction,
      isFull: () => budget !== null && usedBytes(sql) >= budget,
      close: () => opened.close(),
    };
  } catch (error) {
    database?.close();
    if (error instanceof StoreFault) throw error;
    throw new StoreFault('store.unwritable', { dir, why: whyUnwritable(error) }, { cause: error });
  }
}

/** The setting of `configure` at first; set only when it changes. */
function createWaitForDisk(sql: Sql): (wait: boolean) => void {
  let waits = true;
  return (wait) => {
    if (wait === waits) return;
    sql.exec(wait ? 'pragma synchronous = full' : 'pragma synchronous = normal');
    waits = wait;
  };
}

function configure(sql: Sql, maxBytes: number | null): void {
  // Takes effect only before the first table.
  sql.exec('pragma auto_vacuum = incremental');
  sql.exec('pragma journal_mode = wal');
  sql.exec('pragma synchronous = full');
  // Checkpoints are made between the batches, after the answers have left.
  sql.exec('pragma wal_autocheckpoint = 0');
  sql.exec('pragma temp_store = memory');
  sql.exec('pragma cache_size = -16384');
  if (maxBytes !== null) {
    const { page_size: pageSize } = sql.get('pragma page_size') as { page_size: number };
    sql.exec(`pragma max_page_count = ${Math.ceil(maxBytes / pageSize)}`);
  }
}

/** Writes a row that nobody reads; also what `probe` does. */
export function proveWrite(sql: Sql): void {
  sql.run('insert into probe (id, count) values (1, 1) on conflict (id) do update set count = count + 1');
}

/** `passive` copies what it can without waiting; `truncate` also gives the log's space back to the file system. */
export function checkpoint(sql: Sql, how: 'passive' | 'truncate'): void {
  sql.exec(`pragma wal_checkpoint(${how})`);
}

/** Pages in the write-ahead log that are not in the database file yet. */
export function logged(sql: Sql): number {
  const found = sql.get('pragma wal_checkpoint(noop)') as { log: number; checkpointed: number };
  return found.log - found.checkpointed;
}
