// This process among its replicas: it renews its lease, hears what others do, and finds what a dead one left.

import type { Time } from '../../core/model.ts';
import type { JoinReplica, News, Replica, SharedStore } from '../store.ts';
import { ownerGone } from './claim.ts';
import type { Claims } from './claims.ts';
import type { Database, Limits } from './database.ts';
import { listen, tell, type Listener } from './news.ts';
import type { Queue } from './queue.ts';
import { swapConnection } from './settings.ts';
import { openTurns } from './turns.ts';

export interface ReplicaParts {
  readonly database: Database;
  readonly queue: Queue;
  readonly claims: Claims;
  readonly url: string;
  readonly limits: Limits | undefined;
  readonly clock: () => Time;
  readonly leaseSeconds: number;
  /** Names this store in messages. */
  readonly self: string;
}

export interface Replicas extends SharedStore {
  close(): Promise<void>;
}

/** Between two renewals; several may fail before a claim lapses. */
const renewMs = 2000;
/** An event that old should have been planned by the replica that received it. */
const leftMs = 3000;

export function createReplicas(parts: ReplicaParts): Replicas {
  const { database, claims } = parts;
  let joined: JoinReplica | null = null;
  let listener: Listener | null = null;
  const beat = repeat(renewMs, () => beatOnce(parts, joined));
  return {
    join: async (replica) => {
      joined = replica;
      await register(parts, replica);
      await tell(database, parts.self, 'replicas');
      listener = listen({ ...parts, hear: replica.hear });
    },
    replicas: () => readReplicas(database),
    swapConnection: (state, before, raises) =>
      database.transact(async (sql) => {
        const found = await swapConnection(sql, state, before, raises);
        if (found === state) await tell(sql, parts.self, 'connections');
        return found;
      }),
    takeTurn: openTurns(database),
    holds: (runId, fence) => claims.holds(runId, fence),
    close: async () => {
      await beat.stop();
      await listener?.close();
      if (joined) await leave(parts, joined);
    },
  };
}

async function beatOnce(parts: ReplicaParts, joined: JoinReplica | null): Promise<void> {
  const { database, queue, claims, clock } = parts;
  // A replica that ended without a word tells nobody; and a pause holds, whatever became of the message.
  const news = new Set<News>(['replicas', 'connections']);
  if (await claims.renew(queue)) news.add('runs');
  if (!joined) return;
  await register(parts, joined);
  const lost = await database.rows<{ queue: string }>(
    `select distinct r.queue from hookline.runs r where r.owner is not null and r.queue is not null and ${ownerGone}`,
  );
  claims.suspect(lost.map((row) => row.queue));
  if (lost.length > 0) news.add('runs');
  const left = await database.rows(
    "select 1 from hookline.events where status = 'pending' and received_at < $1 limit 1",
    [clock() - leftMs],
  );
  if (left.length > 0) news.add('events');
  for (const each of news) joined.hear(each);
}

async function register({ database, leaseSeconds }: ReplicaParts, { id, host, config }: JoinReplica): Promise<void> {
  await database.run(
    `insert into hookline.replicas (id, host, config, started_at, seen_at, lives_until)
     values ($1, $2, $3, now(), now(), now() + make_interval(secs => $4))
     on conflict (id) do update
       set config = excluded.config, seen_at = excluded.seen_at, lives_until = excluded.lives_until`,
    [id, host, config(), leaseSeconds],
  );
}

/** Those that ended without a word are forgotten after a while. */
async function leave({ database, self }: ReplicaParts, { id }: JoinReplica): Promise<void> {
  try {
    await database.run("delete from hookline.replicas where id = $1 or seen_at < now() - interval '10 minutes'", [id]);
    await tell(database, self, 'replicas');
  } catch {
    // The others see that it is gone when its lease ends.
  }
}

async function readReplicas(database: Database): Promise<readonly Replica[]> {
  const rows = await database.rows<{ id: string; host: string; config: string; started_at: number; seen_at: number }>(
    `select id, host, config, floor(extract(epoch from started_at) * 1000)::bigint as started_at,
       floor(extract(epoch from seen_at) * 1000)::bigint as seen_at
     from hookline.replicas where lives_until > now() order by started_at, id`,
  );
  return rows.map(({ started_at: startedAt, seen_at: seenAt, ...row }) => ({ ...row, startedAt, seenAt }));
}

/** One at a time; a beat that fails is made up by the next. */
function repeat(everyMs: number, work: () => Promise<void>): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const once = async () => {
    try {
      await work();
    } catch {
      // The database is away; claims lapse when it stays away.
    }
    next();
  };
  const next = () => {
    if (stopped) return;
    timer = setTimeout(() => {
      running = once();
    }, everyMs);
    timer.unref();
  };
  next();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
