// An embedded store as something to copy: owned while it is read, brought to the present schema, and never written otherwise.

import type { MoveTable } from '../move-tables.ts';
import { openDatabase } from './database.ts';
import { fromFault, toFault } from './fault.ts';
import { lockFolder } from './lock.ts';

export type SourceRow = Readonly<Record<string, string | number | null | Uint8Array>>;

export interface Source {
  /** The next rows after that place; none when all were read. */
  read(table: MoveTable, after: readonly (string | number)[] | undefined): readonly SourceRow[];
  /** Rows that the copy must have. */
  count(table: MoveTable): number;
  close(): void;
}

/** Rows and bytes read in one go. */
const mostRows = 1000;
const mostBytes = 8 * 1024 * 1024;

/** Throws `store.locked` when a living process owns the folder, `store.unwritable` or `store.newer`. */
export function openSource(dir: string): Source {
  try {
    const unlock = lockFolder(dir);
    try {
      return sourceOf(dir, unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  } catch (error) {
    throw fromFault(toFault(error));
  }
}

function sourceOf(dir: string, unlock: () => void): Source {
  const { sql, close } = openDatabase({ dir, maxBytes: null, budget: null });
  return {
    read: ({ from, key }, after) => {
      const order = key.join(', ');
      const where = after === undefined ? '' : `where (${order}) > (${key.map(() => '?').join(', ')})`;
      const rows: SourceRow[] = [];
      let bytes = 0;
      for (const row of sql.each(
        `select * from (${from}) ${where} order by ${order} limit ${mostRows}`,
        ...(after ?? []),
      )) {
        rows.push({ ...(row as SourceRow) });
        bytes += sizeOf(row as SourceRow);
        if (bytes > mostBytes) break;
      }
      return rows;
    },
    count: ({ from, again }) => {
      const what = again === 'replaced' ? 'count(distinct mark)' : 'count(*)';
      return (sql.get(`select ${what} as count from (${from})`) as { count: number }).count;
    },
    close: () => {
      close();
      unlock();
    },
  };
}

function sizeOf(row: SourceRow): number {
  let size = 0;
  for (const value of Object.values(row)) {
    if (typeof value === 'string') size += value.length;
    else if (value instanceof Uint8Array) size += value.byteLength;
  }
  return size;
}
