// Copies a store into one file while its owner goes on writing: a snapshot by a reader of its own, in whatever process asks.

import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HostError } from '../../core/errors.ts';

export interface Backup {
  readonly bytes: number;
  readonly events: number;
  readonly runs: number;
}

/**
 * Everything that was acknowledged before the call is in it. The file appears only when it is whole, checked and on the disk.
 * Blocks until then. Throws `backup.failed`.
 */
export function backupStore({ dir, file }: { readonly dir: string; readonly file: string }): Backup {
  const source = join(dir, 'hookline.db');
  const fail = (why: string, cause?: unknown) => new HostError('backup.failed', { file, why }, { cause });
  if (!existsSync(source)) throw fail(`there is no store in "${dir}"`);
  if (existsSync(file)) throw fail('the file is there already');
  const part = `${file}.part`;
  try {
    rmSync(part, { force: true });
    // Made here, because bodies are nobody else's business.
    closeSync(openSync(part, 'wx', 0o600));
    copy(source, part);
    const found = look(part);
    sync(part);
    // Unlike a rename, it never takes the place of another file.
    linkSync(part, file);
    sync(dirname(file));
    return found;
  } catch (error) {
    throw error instanceof HostError ? error : fail(error instanceof Error ? error.message : String(error), error);
  } finally {
    rmSync(part, { force: true });
  }

  function look(path: string): Backup {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      const { integrity_check: state } = database.prepare('pragma integrity_check(1)').get() as Record<string, unknown>;
      if (state !== 'ok') throw fail(`the copy is damaged: ${String(state)}`);
      const count = (table: string) =>
        (database.prepare(`select count(*) as count from ${table}`).get() as { count: number }).count;
      return { bytes: statSync(path).size, events: count('events'), runs: count('runs') };
    } finally {
      database.close();
    }
  }
}

/** One read transaction: the writer never waits for it, only its log grows meanwhile. */
function copy(source: string, target: string): void {
  const database = new DatabaseSync(source, { readOnly: true, timeout: 10_000 });
  try {
    database.prepare('vacuum into ?').run(target);
  } finally {
    database.close();
  }
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
