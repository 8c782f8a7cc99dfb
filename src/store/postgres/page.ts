// One page of a table, newest first, by its id.

import type { Page } from '../store.ts';
import type { Sql } from './database.ts';

const mostRows = 500;

/** Filters by equality; one that is undefined does not filter. Table and column names are ours, never a caller's. */
export function readPage<R extends object>(
  sql: Sql,
  table: { readonly name: 'deliveries' | 'events' | 'runs'; readonly columns: string; readonly only?: string },
  filter: Readonly<Record<string, unknown>>,
  page: Page,
): Promise<R[]> {
  const { conditions, values } = conditionsOf(filter, page);
  if (table.only !== undefined) conditions.push(table.only);
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  const rows = `hookline.${table.name} as t ${where} order by t.id desc`;
  return sql.rows<R>(`select ${table.columns} from ${rows} limit $${values.length + 1}`, [...values, limitOf(page)]);
}

/** Where the rows of the page stand. */
export function conditionsOf(filter: Readonly<Record<string, unknown>>, page: Page) {
  const conditions: string[] = [];
  const values: unknown[] = [];
  for (const [column, value] of Object.entries(filter)) {
    if (value === undefined) continue;
    values.push(value);
    conditions.push(`${column} = $${values.length}`);
  }
  if (page.before !== undefined) {
    values.push(page.before);
    conditions.push(`id < $${values.length}`);
  }
  if (page.from !== undefined) {
    values.push(page.from);
    conditions.push(`id >= $${values.length}`);
  }
  return { conditions, values };
}

/** Rows of a page at most. */
export function limitOf(page: Page): number {
  return Math.max(1, Math.min(mostRows, Math.floor(page.limit)));
}
