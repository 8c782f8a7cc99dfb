// Runs one piece of a transaction so that its failure undoes that piece alone.

import type { Settled } from '../store.ts';
import { breakdownOf } from './fault.ts';
import type { Marks } from './marks.ts';
import type { Sql } from './sql.ts';

export interface Writing {
  readonly sql: Sql;
  readonly marks: Marks;
  /** False at first: then any error undoes the whole transaction, which is run again with true. */
  readonly isolated: boolean;
}

/** Throws when the store itself is broken, and, unless isolated, on every error. */
export function settle<T>({ sql, marks, isolated }: Writing, run: () => T): Settled<T> {
  if (!isolated) return { ok: true, value: run() };
  sql.exec('savepoint piece');
  try {
    const value = run();
    sql.exec('release piece');
    return { ok: true, value };
  } catch (error) {
    if (breakdownOf(error)) throw error;
    sql.exec('rollback to piece');
    marks.reset();
    sql.exec('release piece');
    return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
  }
}
