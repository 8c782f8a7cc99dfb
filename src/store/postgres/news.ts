// Tells other replicas what happened, and hears it from them, by LISTEN and NOTIFY.

import { Client } from 'pg';
import type { News } from '../store.ts';
import { connectionOptions, type Limits, type Sql } from './database.ts';

const channel = 'hookline';
const kinds: readonly News[] = ['runs', 'events', 'connections', 'replicas'];

/** In the caller's transaction: told with its commit, or not at all. `from`: who need not hear it. */
export async function tell(sql: Sql, from: string, news: News): Promise<void> {
  await sql.rows(`select pg_notify('${channel}', $1)`, [`${news} ${from}`]);
}

export interface Listener {
  close(): Promise<void>;
}

export interface Listen {
  readonly url: string;
  readonly limits: Limits | undefined;
  readonly self: string;
  readonly hear: (news: News) => void;
}

const reconnectMs = 1000;
/** A connection that is cut without a word is found by asking. */
const askMs = 10_000;

/** It may hang; nobody waits for it. */
function drop(client: Client | null): void {
  client?.removeAllListeners('end');
  client?.end().catch(() => undefined);
}

function follow(payload = '', self: string, hear: (news: News) => void): void {
  const [news, from] = payload.split(' ');
  const kind = kinds.find((known) => known === news);
  if (kind !== undefined && from !== self) hear(kind);
}

/** Holds one connection, made anew whenever it breaks; what was missed meanwhile may be anything. */
export function listen({ url, limits, self, hear }: Listen): Listener {
  let client: Client | null = null;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const later = (work: () => Promise<void>, ms: number) => {
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(() => void work(), ms).unref();
  };
  const lose = () => {
    drop(client);
    client = null;
    later(connect, reconnectMs);
  };
  const ask = async () => {
    try {
      await client?.query('select 1');
      later(ask, askMs);
    } catch {
      lose();
    }
  };
  const connect = async () => {
    const next = new Client(connectionOptions(url, limits));
    next.on('error', () => undefined);
    next.on('notification', ({ payload }) => follow(payload, self, hear));
    try {
      await next.connect();
      await next.query(`listen ${channel}`);
      if (closed) return drop(next);
      client = next;
      next.on('end', lose);
      for (const kind of kinds) hear(kind);
      later(ask, askMs);
    } catch {
      drop(next);
      later(connect, reconnectMs);
    }
  };
  void connect();
  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
