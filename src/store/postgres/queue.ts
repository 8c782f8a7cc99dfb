// The queue of ready runs: pg-boss, with one queue for each lane and one job for each run that is ready or claimed.

import { PgBoss, type Db } from 'pg-boss';
import type { Time } from '../../core/model.ts';
import type { Database, Sql } from './database.ts';

export interface Ready {
  /** Id of the job. */
  readonly job: string;
  readonly dueAt: Time;
}

export interface Placed {
  readonly job: string;
  readonly lane: string;
}

/** A job as it was fetched. */
export interface Fetched {
  readonly job: string;
  /** Of pg-boss: tells this claim of the job from an earlier one. */
  readonly retryCount: number;
  readonly dueAt: Time;
}

export interface Queue {
  /** Makes the queues of these lanes where they are missing; to be awaited before a transaction that needs them. */
  prepare(lanes: readonly string[]): Promise<void>;
  /** Adds jobs in the caller's transaction. */
  add(sql: Sql, lane: string, jobs: readonly Ready[]): Promise<void>;
  /** Takes jobs in the caller's transaction, oldest due first. */
  fetch(sql: Sql, lane: string, limit: number): Promise<readonly Fetched[]>;
  /** Removes jobs in the caller's transaction, whatever became of them. */
  remove(sql: Sql, jobs: readonly Placed[]): Promise<void>;
  /** Removes jobs that no row names any more, soon and many at once. One that is left over is removed by whoever fetches it. */
  forget(jobs: readonly Placed[]): void;
  /** Renews claims; the jobs among them that are still claimed as they were fetched. */
  touch(lane: string, jobs: readonly Fetched[]): Promise<ReadonlySet<string>>;
  stop(): Promise<void>;
}

/** pg-boss's own retry, dead letter and schedule stay unused: the run row is the truth. */
const jobSettings = {
  // A job whose owner died is offered again, however often that happens.
  retryLimit: 1_000_000,
  retryDelay: 0,
  // The most that pg-boss takes.
  expireInSeconds: 24 * 3600,
  retentionSeconds: 10 * 365 * 24 * 3600,
} as const;

export interface StartQueue {
  readonly database: Database;
  /** Seconds without a heartbeat after which pg-boss hands a claimed job to another; 10 at least. */
  readonly leaseSeconds: number;
  /** Hears of what pg-boss could not do in the background; it tries again by itself. */
  readonly warn: (error: unknown) => void;
}

export async function startQueue({ database, leaseSeconds: heartbeatSeconds, warn }: StartQueue): Promise<Queue> {
  const boss = createBoss(database);
  boss.on('error', warn);
  await boss.start();
  const made = new Map<string, Promise<void>>();
  const make = (lane: string) => {
    const found = made.get(lane) ?? boss.createQueue(queueOf(lane), jobSettings);
    made.set(lane, found);
    found.catch(() => made.delete(lane));
    return found;
  };
  const remove = async (sql: Sql, jobs: readonly Placed[]) => {
    for (const [lane, placed] of Map.groupBy(jobs, (each) => each.lane)) {
      const ids = placed.map(({ job }) => job);
      await boss.deleteJob(queueOf(lane), ids, { db: adapt(sql) });
    }
  };
  const forgetting = createForgetting((jobs) => database.transactLightly((sql) => remove(sql, jobs)));
  return {
    prepare: async (lanes) => void (await Promise.all([...new Set(lanes)].map(make))),
    add: async (sql, lane, jobs) => {
      if (jobs.length === 0) return;
      const inserted = jobs.map(({ job, dueAt }) => ({
        id: job,
        data: { dueAt },
        priority: priorityOf(dueAt),
        heartbeatSeconds,
      }));
      await boss.insert(queueOf(lane), inserted, { db: keeping(sql) });
    },
    fetch: async (sql, lane, limit) => {
      await make(lane);
      const jobs = await boss.fetch<{ dueAt: Time }>(queueOf(lane), { batchSize: limit, db: adapt(sql) });
      return jobs.map(({ id, retryCount, data }) => ({ job: id, retryCount, dueAt: data.dueAt }));
    },
    remove,
    forget: forgetting.add,
    touch: async (lane, jobs) => {
      const claims = jobs.map(({ job, retryCount }) => ({ id: job, retryCount }));
      const { settled = [] } = (await boss.touch(queueOf(lane), claims)) as { settled?: string[] };
      return new Set(settled);
    },
    stop: async () => {
      await forgetting.stop();
      await boss.stop({ graceful: false, close: false });
    },
  };
}

function createBoss(database: Database): PgBoss {
  return new PgBoss({
    db: adapt(database),
    schema: 'hookline_queue',
    schedule: false,
    supervise: true,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    monitorVacuum: false,
    warningQueueSize: 100_000_000,
    openTelemetry: { enabled: false },
  });
}

function adapt(sql: Pick<Sql, 'raw'>): Db {
  return { executeSql: (text, values) => sql.raw(text, values) };
}

const forgetMs = 100;

/** A job that could not be removed is tried by nobody: it is left for a fetch to find. */
function createForgetting(work: (jobs: readonly Placed[]) => Promise<void>) {
  let waiting: Placed[] = [];
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();
  const flush = () => {
    timer = undefined;
    const jobs = waiting;
    waiting = [];
    last = last.then(() => (jobs.length > 0 ? work(jobs) : undefined)).catch(() => undefined);
    return last;
  };
  return {
    add: (jobs: readonly Placed[]) => {
      waiting.push(...jobs);
      timer ??= setTimeout(() => void flush(), forgetMs).unref();
    },
    stop: () => {
      clearTimeout(timer);
      return flush();
    },
  };
}

/** For what has one text for each lane at most. */
function keeping(sql: Pick<Sql, 'kept'>): Db {
  return { executeSql: (text, values) => sql.kept(text, values) };
}

/** pg-boss takes higher priorities first and, among equals, the older job: so jobs come by their due second. */
function priorityOf(dueAt: Time): number {
  const seconds = Math.floor(dueAt / 1000);
  return 2_000_000_000 - Math.min(Math.max(seconds, 0), 4_000_000_000);
}

/** A connection may have any name; a queue's name has letters, digits, `_`, `-`, `.` and `/`. */
function queueOf(lane: string): string {
  return `lane/${lane.replace(/[^\w-]/gu, (char) => `.${(char.codePointAt(0) ?? 0).toString(16)}.`)}`;
}
