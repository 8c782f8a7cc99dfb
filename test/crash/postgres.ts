// A PostgreSQL of its own behind a proxy, for tests that take it away.

import { Client } from 'pg';
import { startProxy, type Proxy } from '../faults/proxy.ts';
import { startPostgres, type Postgres } from '../postgres/start.ts';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { judge, type Sent } from './evidence.ts';
import type { Folder } from './hookline.ts';
import { startInside } from './inside.ts';
import type { Sink } from './sink.ts';

export interface TestServer {
  readonly server: Postgres;
  readonly proxy: Proxy;
  /** Of the database, without the proxy. */
  readonly direct: string;
  /** What Hookline is given. */
  readonly url: string;
}

export async function withPostgres<T>(work: (given: TestServer) => Promise<T>): Promise<T> {
  const server = await startPostgres();
  try {
    const direct = new URL(server.url);
    const proxy = await startProxy(Number(direct.port));
    try {
      await query(`${server.url}/postgres`, 'create database crash template template0');
      direct.pathname = '/crash';
      const url = new URL(direct);
      [url.hostname, url.port] = ['127.0.0.1', String(proxy.port)];
      return await work({ server, proxy, direct: direct.href, url: url.href });
    } finally {
      await proxy.close();
    }
  } finally {
    await server.stop();
  }
}

/** Runs statements on a connection of their own. */
export async function query(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** Goes on with what was left until it is at rest, then judges what the database holds. */
export async function recoverAndJudgeShared(direct: string, folder: Folder, sent: Sent, sink: Sink) {
  const inside = await startInside(folder, { databaseUrl: direct });
  await inside.atRest();
  await inside.app.stop();
  const store = await openPostgresStore({ url: direct });
  try {
    return await judge(store, sent, sink, inside.errors);
  } finally {
    await store.close();
  }
}
