// Counts over time, and what people did.

import type { Time } from '../../core/model.ts';
import type { Audit, Page, Tally } from '../store.ts';
import type { Writing } from './savepoint.ts';
import type { Sql } from './sql.ts';

export function tally({ sql }: Writing, rows: readonly Tally[]): void {
  for (const { at, kind, name, status, count } of rows) {
    sql.run(
      'insert into tallies (at, kind, name, status, count) values (?, ?, ?, ?, ?) ' +
        'on conflict (at, kind, name, status) do update set count = count + excluded.count',
      at,
      kind,
      name,
      status,
      count,
    );
  }
}

export function tallies(sql: Sql, from: Time): readonly Tally[] {
  const rows = sql.all('select at, kind, name, status, count from tallies where at >= ? order by at', from);
  return (rows as Tally[]).map((row) => ({ ...row }));
}

export function audit({ sql }: Writing, entry: Audit): void {
  const { id, at, role, from, action, target, ok } = entry;
  sql.run(
    'insert into audits (id, at, role, address, action, target, ok) values (?, ?, ?, ?, ?, ?, ?)',
    id,
    at,
    role,
    from,
    action,
    target,
    ok ? 1 : 0,
  );
}

export function audits(sql: Sql, { limit, before }: Page): readonly Audit[] {
  const rows = sql.all(
    'select id, at, role, address as "from", action, target, ok from audits where id < ? order by id desc limit ?',
    before ?? '~',
    limit,
  ) as (Omit<Audit, 'ok'> & { ok: number })[];
  return rows.map((row) => ({ ...row, ok: row.ok === 1 }));
}

/** Minutes older than this are never shown. */
const keepTalliesMs = 8 * 86_400_000;
const keepAuditsMs = 400 * 86_400_000;
const mostRows = 1000;

export function pruneTallies(sql: Sql, now: Time): number {
  const statement = (table: string, key: string) =>
    `delete from ${table} where (${key}) in (select ${key} from ${table} where at <= ? limit ${mostRows})`;
  return (
    sql.run(statement('tallies', 'at, kind, name, status'), now - keepTalliesMs) ||
    sql.run(statement('audits', 'id'), now - keepAuditsMs)
  );
}
