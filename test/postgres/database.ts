// A database of its own for a test file, on the server of the run.

import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  readonly url: string;
  /** Runs statements as the superuser. */
  query(text: string): Promise<readonly Record<string, unknown>[]>;
  /** Empties every table. */
  clear(): Promise<void>;
  drop(): Promise<void>;
}

/** `server`: the address of a server without a database; default: the one of the run. */
export async function createDatabase(server?: string): Promise<TestDatabase> {
  const address = server ?? (await askServer());
  const name = `hookline_${randomBytes(6).toString('hex')}`;
  const admin = withDatabase(address, 'postgres');
  await once(admin, `create database ${name} template template0`);
  const url = withDatabase(address, name);
  return {
    url,
    query: (text) => once(url, text),
    clear: async () => {
      await once(
        url,
        `do $$ declare t record; begin
           for t in select schemaname, tablename from pg_tables where schemaname = 'hookline' and tablename <> 'schema_version' loop
             execute format('truncate hookline.%I cascade', t.tablename);
           end loop;
           delete from hookline_queue.job;
         end $$`,
      );
    },
    drop: async () => void (await once(admin, `drop database if exists ${name} with (force)`)),
  };
}

async function askServer(): Promise<string> {
  const answer = await fetch(inject('postgres'));
  const text = await answer.text();
  if (!answer.ok) throw new Error(`no PostgreSQL for the tests: ${text}`);
  return text;
}

function withDatabase(address: string, name: string): string {
  const url = new URL(address);
  url.pathname = `/${name}`;
  return url.href;
}

async function once(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = (await client.query(text)) as { rows: Record<string, unknown>[] };
    return rows;
  } finally {
    await client.end();
  }
}
