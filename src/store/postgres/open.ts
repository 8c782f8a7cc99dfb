// Opens the store on PostgreSQL: the same port as the embedded one, shared by any number of processes.

import { randomUUID } from 'node:crypto';
import { HostError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Time } from '../../core/model.ts';
import type { Store } from '../store.ts';
import { createClaims } from './claims.ts';
import { databaseName, openDatabase, type Database, type Limits } from './database.ts';
import { whyUnavailable } from './fault.ts';
import { openIntake } from './intake.ts';
import { migrate, oneByOne } from './migrations.ts';
import { startQueue, type Queue } from './queue.ts';
import { createRecent } from './recent.ts';
import { createReplicas } from './replicas.ts';
import { readVerbs, runVerbs, writeVerbs } from './verbs.ts';

export interface OpenPostgresStore {
  /** `postgres://user:password@host/database`; never shown. */
  readonly url: string;
  /** Most connections at once, besides the one of the receiver and the one that listens. */
  readonly connections?: number;
  readonly limits?: Limits;
  /** How long a replica may be silent before others take its runs; whole seconds, 10 at least. */
  readonly leaseMs?: number;
  readonly clock?: () => Time;
  readonly log?: Pick<Log, 'warn'>;
}

/** Rejects with `store.unavailable`, `store.newer` or `store.moving`. */
export async function openPostgresStore(options: OpenPostgresStore): Promise<Store> {
  const { url, limits, leaseMs = 10_000, clock = Date.now } = options;
  const leaseSeconds = Math.ceil(leaseMs / 1000);
  const database = openDatabase({ url, connections: options.connections ?? 10, limits });
  try {
    const queue = await oneByOne(url, async (sql) => {
      await migrate(sql, databaseName(url));
      const cut = await sql.rows('select 1 from hookline.moves where not done');
      if (cut.length > 0) throw new HostError('store.moving');
      return startQueue({ database, leaseSeconds, warn: (error) => warn(options, error) });
    });
    await warnOfLoss(database, options);
    return storeOf({ database, queue, url, limits, leaseSeconds, clock });
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Settings of a database that acknowledges what it may still lose. */
async function warnOfLoss(database: Database, { log }: OpenPostgresStore): Promise<void> {
  const rows = await database.rows<{ name: string }>(
    "select name from pg_settings where name in ('fsync', 'synchronous_commit') and setting = 'off' order by name",
  );
  for (const { name } of rows) log?.warn(`the database has ${name} off: a power cut there loses what was acknowledged`);
}

function warn({ log }: OpenPostgresStore, error: unknown): void {
  log?.warn(`the queue will try again: ${whyUnavailable(error) ?? 'a statement was refused'}`);
}

interface Parts {
  readonly database: Database;
  readonly queue: Queue;
  readonly url: string;
  readonly limits: Limits | undefined;
  readonly leaseSeconds: number;
  readonly clock: () => Time;
}

function storeOf({ database, queue, url, limits, leaseSeconds, clock }: Parts): Store {
  const intake = openIntake(url, limits);
  const recent = createRecent();
  const ticks = () => performance.now();
  const claims = createClaims(ticks, leaseSeconds * 1000);
  const self = randomUUID();
  const replicas = createReplicas({ database, queue, claims, url, limits, leaseSeconds, clock, self });
  const close = async () => {
    await replicas.close();
    await queue.stop();
    await intake.close();
    await database.close();
  };
  let closing: Promise<void> | null = null;
  return {
    shared: replicas,
    accept: async (batch) => {
      const answers = await intake.accept(batch);
      recent.received(batch, answers);
      return answers;
    },
    ...readVerbs(database),
    ...writeVerbs(database, self),
    ...runVerbs({ database, queue, claims, recent, ticks, clock, self }),
    close: () => (closing ??= close()),
  };
}
