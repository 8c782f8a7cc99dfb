// Keeps the database open for the worker: reopens it when the disk failed under it, and copies the log between batches.

import { commitGroup, indexMarks } from './commit.ts';
import { checkpoint, logged, openDatabase, type Database, type Place } from './database.ts';
import { StoreFault, breakdownOf, toFault } from './fault.ts';
import type { Answer, Request } from './protocol.ts';
import { reads, type ReadVerb } from './verbs.ts';

export interface Keeper {
  read(request: Request): Answer;
  write(requests: readonly Request[]): { readonly answers: readonly Answer[]; readonly synced: boolean };
  /** After the answers have left. `shrink`: also give the log's space back. */
  tidy(shrink: boolean): void;
  close(): void;
}

/** Log pages (4 KiB each) after which they are copied into the database file. */
const mostLogged = 8000;

/**
 * Throws when the store cannot be opened. Later, after an I/O error, nothing that the handle holds in memory is trusted,
 * and a failed fsync is never simply tried again (the kernel may have dropped the pages and say "written"): the handle
 * is closed, and opening anew copies the whole log into the database file and syncs that. Until this works, every
 * request is refused as unavailable, and each one tries again.
 */
export function createKeeper(place: Place): Keeper {
  let open: Database | null = openDatabase(place);
  const usable = () => (open ??= openDatabase(place));
  const drop = () => {
    const dropped = open;
    open = null;
    closeQuietly(dropped);
  };
  const refuse = (id: number, error: unknown): Answer => {
    const broken = breakdownOf(error);
    if (broken?.reopen) drop();
    const why = broken?.why ?? (error instanceof StoreFault ? String(error.details['why']) : undefined);
    const told = why === undefined ? error : new StoreFault('store.unavailable', { why });
    return { id, ok: false, fault: toFault(told) };
  };
  return {
    read: ({ id, verb, args }) => {
      try {
        const read = reads[verb as ReadVerb] as (...args: readonly unknown[]) => unknown;
        return { id, ok: true, value: read(usable().sql, ...args) };
      } catch (error) {
        return refuse(id, error);
      }
    },
    write: (requests) => {
      try {
        const { reopen, ...committed } = commitGroup(usable(), requests);
        if (reopen) drop();
        return committed;
      } catch (error) {
        return { answers: requests.map(({ id }) => refuse(id, error)), synced: false };
      }
    },
    tidy: (shrink) => {
      if (open === null) return;
      try {
        indexMarks(open);
        const pages = logged(open.sql);
        if (shrink && pages > 0) checkpoint(open.sql, 'truncate');
        else if (pages > mostLogged) checkpoint(open.sql, 'passive');
      } catch (error) {
        if (breakdownOf(error)?.reopen) drop();
      }
    },
    close: () => closeQuietly(open),
  };
}

/** What is committed is in the log; closing may fail to copy it, and the next start does it. */
function closeQuietly(database: Database | null): void {
  try {
    database?.close();
  } catch {
    // Nothing more can be done with this handle.
  }
}
