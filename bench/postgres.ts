// A PostgreSQL of the benchmarks' own, with the durability of production.

import { Client } from 'pg';
import { startPostgres } from '../test/postgres/start.ts';

export interface Database {
  /** For DATABASE_URL. */
  readonly url: string;
  /** One value of one row. */
  ask(text: string): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startDatabase(): Promise<Database> {
  const server = await startPostgres();
  const query = async (url: string, text: string) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(text);
    await client.end();
    return rows[0] === undefined ? null : Object.values(rows[0])[0];
  };
  await query(`${server.url}/postgres`, 'create database bench');
  const url = `${server.url}/bench`;
  return { url, ask: (text) => query(url, text), stop: () => server.stop() };
}
