// Counts over time, and what people did.

import type { Time } from '../../core/model.ts';
import type { Audit, Page, Tally } from '../store.ts';
import type { Sql } from './database.ts';

/** In one order for all replicas, so that two never wait for each other. Equal rows are added up first: a statement changes a row once. */
export async function tally(sql: Sql, rows: readonly Tally[]): Promise<void> {
  await sql.run(
    `insert into hookline.tallies as t (at, kind, name, status, count)
     select at, kind, name, status, sum(count)
     from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[]) as g (at, kind, name, status, count)
     group by 1, 2, 3, 4 order by 1, 2, 3, 4
     on conflict (at, kind, name, status) do update set count = t.count + excluded.count`,
    [
      rows.map(({ at }) => at),
      rows.map(({ kind }) => kind),
      rows.map(({ name }) => name),
      rows.map(({ status }) => status),
      rows.map(({ count }) => count),
    ],
  );
}

export function tallies(sql: Sql, from: Time): Promise<readonly Tally[]> {
  return sql.rows<Tally>('select at, kind, name, status, count from hookline.tallies where at >= $1 order by at', [
    from,
  ]);
}

export async function audit(sql: Sql, { id, at, role, from, action, target, ok }: Audit): Promise<void> {
  await sql.run(
    'insert into hookline.audits (id, at, role, address, action, target, ok) values ($1, $2, $3, $4, $5, $6, $7)',
    [id, at, role, from, action, target, ok],
  );
}

export function audits(sql: Sql, { limit, before }: Page): Promise<readonly Audit[]> {
  return sql.rows<Audit>(
    `select id, at, role, address as "from", action, target, ok from hookline.audits where id < $1 order by id desc limit $2`,
    [before ?? '~', limit],
  );
}

/** Minutes older than this are never shown. */
const keepTalliesMs = 8 * 86_400_000;
const keepAuditsMs = 400 * 86_400_000;
const mostRows = 1000;

export async function pruneTallies(sql: Sql, now: Time): Promise<number> {
  const statement = (table: string, key: string) =>
    `delete from hookline.${table} where (${key}) in (select ${key} from hookline.${table} where at <= $1
       limit ${mostRows} for update skip locked)`;
  return (
    (await sql.run(statement('tallies', 'at, kind, name, status'), [now - keepTalliesMs])) ||
    (await sql.run(statement('audits', 'id'), [now - keepAuditsMs]))
  );
}
