// Makes one process the owner of a data folder, by a lock that the kernel frees when the process ends in any way.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreFault, breakdownOf } from './fault.ts';

/** Returns what frees the folder. Throws `store.locked` or `store.unwritable`. */
export function lockFolder(dir: string): () => void {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    database = new DatabaseSync(join(dir, 'hookline.lock'), { timeout: 0 });
    database.exec('begin exclusive');
    const held = database;
    return () => held.close();
  } catch (error) {
    database?.close();
    if (((error as { errcode?: number }).errcode ?? 0) % 256 === 5) throw new StoreFault('store.locked', { dir });
    throw new StoreFault('store.unwritable', { dir, why: whyUnwritable(error) }, { cause: error });
  }
}

export function whyUnwritable(error: unknown): string {
  return breakdownOf(error)?.why ?? (error instanceof Error ? error.message : String(error));
}
