// Accepted configurations, and what is kept of each connection.

import type { ConnectionState } from '../../core/model.ts';
import { toConnection, toJson, type ConnectionRow } from '../columns.ts';
import type { RaiseEvent, StoredConfig } from '../store.ts';
import type { Sql } from './database.ts';
import { raise } from './raise.ts';

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

/** In a transaction. */
export async function setConnection(sql: Sql, state: ConnectionState, raises?: readonly RaiseEvent[]): Promise<void> {
  await lock(sql, state);
  await sql.run(
    `insert into hookline.connections (name, status, reason, since, until_at, error) values ($1, $2, $3, $4, $5, $6)
     on conflict (name) do update set status = excluded.status, reason = excluded.reason, since = excluded.since,
       until_at = excluded.until_at, error = excluded.error`,
    [state.name, state.status, state.reason, state.since, state.untilAt, toJson(state.error)],
  );
  await raise(sql, raises);
}

const columns = 'name, status, reason, since, until_at, error';

/** Writes it where `before` is what is there; resolves to what is there then. */
export async function swapConnection(
  sql: Sql,
  state: ConnectionState,
  before: ConnectionState | undefined,
  raises: readonly RaiseEvent[],
): Promise<ConnectionState> {
  await lock(sql, state);
  const rows = await sql.rows<ConnectionRow>(`select ${columns} from hookline.connections where name = $1`, [
    state.name,
  ]);
  const found = rows[0] && toConnection(rows[0]);
  if (found && !isSame(found, before)) return found;
  await setConnection(sql, state, raises);
  return state;
}

/** Until the commit, also when there is no row yet. */
async function lock(sql: Sql, { name }: ConnectionState): Promise<void> {
  await sql.rows("select pg_advisory_xact_lock(hashtextextended('hookline connection ' || $1, 0))", [name]);
}

function isSame(found: ConnectionState, before: ConnectionState | undefined): boolean {
  const { status, reason, since, untilAt } = found;
  return status === before?.status && reason === before.reason && since === before.since && untilAt === before.untilAt;
}

export async function connections(sql: Sql): Promise<readonly ConnectionState[]> {
  return (await sql.rows<ConnectionRow>(`select ${columns} from hookline.connections order by name`)).map(toConnection);
}
