// Accepted configurations, and what is kept of each connection.

import type { ConnectionState, StoredError } from '../../core/model.ts';
import type { RaiseEvent, StoredConfig } from '../store.ts';
import type { Sql } from './database.ts';
import { raise } from './raise.ts';
import { fromJson, toJson } from './text.ts';

/** `saved` orders them, not the clock: an older file that is accepted again is the last one. */
export async function saveConfig(sql: Sql, { hash, file, at, text }: StoredConfig): Promise<void> {
  await sql.run(
    `insert into hookline.configs (hash, file, at, text) values ($1, $2, $3, $4)
     on conflict (hash) do update set file = excluded.file, at = excluded.at, saved = default`,
    [hash, file, at, text],
  );
}

export async function config(sql: Sql, hash?: string): Promise<StoredConfig | null> {
  const columns = 'select hash, text, file, at from hookline.configs';
  const rows =
    hash === undefined
      ? await sql.rows<StoredConfig>(`${columns} order by saved desc limit 1`)
      : await sql.rows<StoredConfig>(`${columns} where hash = $1`, [hash]);
  return rows[0] ?? null;
}

export async function setConnection(sql: Sql, state: ConnectionState, raises?: readonly RaiseEvent[]): Promise<void> {
  await sql.run(
    `insert into hookline.connections (name, status, reason, since, until_at, error) values ($1, $2, $3, $4, $5, $6)
     on conflict (name) do update set status = excluded.status, reason = excluded.reason, since = excluded.since,
       until_at = excluded.until_at, error = excluded.error`,
    [state.name, state.status, state.reason, state.since, state.untilAt, toJson(state.error)],
  );
  await raise(sql, raises);
}

interface ConnectionRow {
  name: string;
  status: ConnectionState['status'];
  reason: ConnectionState['reason'];
  since: number;
  until_at: number | null;
  error: string | null;
}

export async function connections(sql: Sql): Promise<readonly ConnectionState[]> {
  const rows = await sql.rows<ConnectionRow>(
    'select name, status, reason, since, until_at, error from hookline.connections order by name',
  );
  return rows.map((row) => ({
    name: row.name,
    status: row.status,
    reason: row.reason,
    since: row.since,
    untilAt: row.until_at,
    error: fromJson(row.error) as StoredError | null,
  }));
}
