// One page of a table, newest first, by its id.

import type { Page } from '../store.ts';
import type { Sql, Value } from './sql.ts';

const mostRows = 500;

/**
 * Filters by equality; one that is undefined does not filter. The first one given finds the rows, by its index; the others
 * only look at what it found (SQLite without statistics would take any). Table and column names are ours, never a caller's.
 */
export function readPage(
  sql: Sql,
  table: 'deliveries' | 'events' | 'runs',
  filter: Readonly<Record<string, Value | undefined>>,
  page: Page,
  columns = '*',
): object[] {
  const { conditions, values } = conditionsOf(filter, page);
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  return sql.all(`select ${columns} from ${table} ${where} order by id desc limit ?`, ...values, limitOf(page));
}

/** Where the rows of the page stand: the first column finds them. */
export function conditionsOf(filter: Readonly<Record<string, Value | undefined>>, page: Page) {
  const conditions: string[] = [];
  const values: Value[] = [];
  for (const [column, value] of Object.entries(filter)) {
    if (value === undefined) continue;
    conditions.push(values.length === 0 ? `${column} = ?` : `+${column} = ?`);
    values.push(value);
  }
  if (page.before !== undefined) {
    conditions.push('id < ?');
    values.push(page.before);
  }
  if (page.from !== undefined) {
    conditions.push('id >= ?');
    values.push(page.from);
  }
  return { conditions, values };
}

/** Rows of a page at most. */
export function limitOf(page: Page): number {
  return Math.max(1, Math.min(mostRows, Math.floor(page.limit)));
}
