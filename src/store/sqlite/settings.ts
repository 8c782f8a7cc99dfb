// Accepted configurations, and what is kept of each connection.

import type { ConnectionState } from '../../core/model.ts';
import { toConnection, toJson, type ConnectionRow } from '../columns.ts';
import type { RaiseEvent, StoredConfig } from '../store.ts';
import { raise } from './raise.ts';
import type { Writing } from './savepoint.ts';
import type { Sql } from './sql.ts';

/** `saved` orders them, not the clock: an older file that is accepted again is the last one. */
export function saveConfig({ sql }: Writing, config: StoredConfig): void {
  sql.run(
    'insert into configs (hash, file, at, saved, text) ' +
      'values (?, ?, ?, (select coalesce(max(saved), 0) + 1 from configs), ?) ' +
      'on conflict (hash) do update set file = excluded.file, at = excluded.at, saved = excluded.saved',
    config.hash,
    config.file,
    config.at,
    config.text,
  );
}

export function config(sql: Sql, hash?: string): StoredConfig | null {
  const row =
    hash === undefined
      ? sql.get('select hash, text, file, at from configs order by saved desc limit 1')
      : sql.get('select hash, text, file, at from configs where hash = ?', hash);
  return row === undefined ? null : { ...(row as StoredConfig) };
}

export function setConnection({ sql }: Writing, state: ConnectionState, raises?: readonly RaiseEvent[]): void {
  sql.run(
    'insert or replace into connections (name, status, reason, since, until_at, error) values (?, ?, ?, ?, ?, ?)',
    state.name,
    state.status,
    state.reason,
    state.since,
    state.untilAt,
    toJson(state.error),
  );
  raise(sql, raises);
}

export function connections(sql: Sql): readonly ConnectionState[] {
  return (sql.all('select * from connections order by name') as ConnectionRow[]).map(toConnection);
}
