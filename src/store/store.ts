// The port to what is kept: a handful of verbs that take batches, so that one commit serves many callers.
// Two adapters fulfil it (`sqlite/`, later `postgres/`); `test/contract` holds for both.

import type {
  Attempt,
  ConnectionState,
  Delivery,
  DeliveryStatus,
  Event,
  EventStatus,
  HeldReason,
  Run,
  RunStatus,
  Time,
} from '../core/model.ts';

/** A verified delivery and the event it would be if its key is new. Ids are made by the caller. */
export interface AcceptDelivery {
  readonly deliveryId: string;
  readonly eventId: string;
  readonly source: string;
  readonly type: string;
  readonly key: string;
  readonly rule: string;
  readonly time: string | null;
  readonly receivedAt: Time;
  /** When the dedupe mark may be forgotten. */
  readonly keepUntil: Time;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

export interface Accepted {
  readonly status: 'accepted' | 'duplicate';
  /** Of a duplicate: the first event with this key. */
  readonly eventId: string;
  /** A duplicate whose body is not byte for byte the event's. */
  readonly differs: boolean;
}

/** One answer for each item of a batch: a bad row is refused alone, its neighbours stand. */
export type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Error };

export interface RefuseDelivery {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: Time;
  readonly reason: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly size: number;
  /** The first bytes. */
  readonly body: Uint8Array;
}

/** A run to insert; the store sets `replay`. */
export type NewRun = Omit<Run, 'replay'> & {
  /** Value of the workflow's `unique`, when it has one. */
  readonly unique: string | null;
};

/**
 * An event of our own, told by what it is written with: both or neither. Its id is made from what it tells of; one that is
 * there already is passed over. It has no delivery and no dedupe mark, and nothing is received under its source.
 */
export type RaiseEvent = Omit<AcceptDelivery, 'deliveryId' | 'headers' | 'keepUntil'>;

export interface PlanEvent {
  readonly eventId: string;
  /** Empty: the event is `ignored`. */
  readonly runs: readonly NewRun[];
  /** Hash of the configuration it was matched with, kept as the event's `config`. */
  readonly config?: string;
  readonly raises?: readonly RaiseEvent[];
}

export interface Planned {
  /** Runs that were inserted; one whose `unique` value was taken is not among them. */
  readonly runs: readonly string[];
}

export interface ClaimRuns {
  readonly now: Time;
  /** Who runs them: one id a process start. */
  readonly owner: string;
  /** How many to take for each lane. A lane not named is not claimed. */
  readonly lanes: readonly { readonly lane: string; readonly limit: number }[];
}

export interface ClaimedRun {
  readonly run: Run;
  readonly event: Event;
  /** Guards every later write: raised by each claim and each edit. */
  readonly fence: number;
  /** Attempts that no owner has ended, left by a process that ended. One whose outcome came late carries it, with `late`. */
  readonly open: readonly Attempt[];
}

export type RunUpdate = Pick<
  Run,
  'status' | 'reason' | 'config' | 'startedAt' | 'endedAt' | 'dueAt' | 'deadlineAt' | 'lane' | 'steps' | 'error'
>;

/** What an attempt came to. */
export type EndAttempt = Pick<Attempt, 'id' | 'status' | 'endedAt' | 'sent' | 'output' | 'error' | 'retryAfterMs'>;

export interface RecordRun {
  readonly runId: string;
  readonly fence: number;
  readonly update: RunUpdate;
  readonly begun?: readonly Attempt[];
  readonly ended?: readonly EndAttempt[];
  /** True gives the run back: no owner, claimable at `dueAt`. */
  readonly release: boolean;
  /** Not written when the fence was lost. */
  readonly raises?: readonly RaiseEvent[];
}

export interface RunFilter {
  readonly eventId?: string | undefined;
  readonly workflow?: string | undefined;
  readonly status?: RunStatus | undefined;
  /** Only together with `workflow`: the run that has this value of its `unique`. */
  readonly unique?: string | undefined;
}

export interface EditRun {
  readonly runId: string;
  /** As read; the edit is refused when the run has moved on. */
  readonly fence: number;
  readonly update: RunUpdate;
  readonly raises?: readonly RaiseEvent[];
}

export interface Page {
  /** At most 500. */
  readonly limit: number;
  /** Id of the last row of the page before; rows come newest first. */
  readonly before?: string | undefined;
}

export interface StoredConfig {
  readonly hash: string;
  readonly text: string;
  readonly file: string;
  readonly at: Time;
}

export interface Retention {
  readonly succeededMs: number;
  readonly failedMs: number;
  /** Refused deliveries, and events without runs. */
  readonly deliveriesMs: number;
  /** When more bytes are used, the oldest of these go before their time. */
  readonly mostBytes?: number;
}

export interface Stats {
  readonly events: Readonly<Record<EventStatus, number>>;
  readonly runs: Readonly<Record<RunStatus, number>>;
  readonly deliveries: Readonly<Record<DeliveryStatus, number>>;
  /** Oldest `dueAt` of a run that could be claimed. */
  readonly oldestDueAt: Time | null;
  readonly bytes: number;
}

/** What waits, and how full the store is; cheap enough to be asked every few seconds. */
export interface Backlog {
  /** Each count ends at the number asked for. */
  readonly pendingEvents: number;
  readonly runs: Readonly<Record<'pending' | 'running' | 'waiting' | 'held' | 'failed', number>>;
  readonly held: Readonly<Record<HeldReason, number>>;
  /** Oldest `dueAt` of a run that could be claimed. */
  readonly oldestDueAt: Time | null;
  /** Bytes that hold something. */
  readonly usedBytes: number;
  /** On the disk of the store; null when it cannot be told. */
  readonly diskFreeBytes: number | null;
}

/** How often something happened within a minute: what statistics over time are made of. */
export interface Tally {
  /** Start of the minute. */
  readonly at: Time;
  readonly kind: 'delivery' | 'run';
  /** Of the source or the workflow. */
  readonly name: string;
  readonly status: DeliveryStatus | RunStatus;
  readonly count: number;
}

/** What a person did over the admin listener. */
export interface Audit {
  readonly id: string;
  readonly at: Time;
  readonly role: string;
  /** Address that asked. */
  readonly from: string;
  /** `retry`, `resolve: it happened` and so on. */
  readonly action: string;
  /** Id or name of what it was done to. */
  readonly target: string;
  readonly ok: boolean;
}

/** One process of several that share a store. */
export interface Replica {
  /** The owner of its claims. */
  readonly id: string;
  readonly host: string;
  /** Hash of its live configuration. */
  readonly config: string;
  readonly startedAt: Time;
  readonly seenAt: Time;
}

/**
 * What may have happened elsewhere: runs are due, events were left unplanned, the state of a connection or the replicas changed.
 * Told soon when another replica did it, within seconds when that message was lost, and sometimes for nothing.
 */
export type News = 'runs' | 'events' | 'connections' | 'replicas';

export interface JoinReplica {
  readonly id: string;
  readonly host: string;
  readonly config: () => string;
  readonly hear: (news: News) => void;
}

/** What a store that several processes share offers beside the verbs. */
export interface SharedStore {
  /** Before the first claim. It is left when the store is closed. */
  join(replica: JoinReplica): Promise<void>;
  /** Those that were seen lately. */
  replicas(): Promise<readonly Replica[]>;
  /** False: the lease of this claim may have ended, so another replica may have the run. */
  holds(runId: string, fence: number): boolean;
}

export interface Store {
  /** Absent where one process owns the store. */
  readonly shared?: SharedStore;

  /** One transaction for all: delivery, dedupe mark and event of each. Rejects with `store.unavailable` when nothing could be written. */
  accept(batch: readonly AcceptDelivery[]): Promise<readonly Settled<Accepted>[]>;
  refuse(batch: readonly RefuseDelivery[]): Promise<void>;

  /** Oldest pending events; fewer than the limit when bodies are large, none only when none is pending. One caller at a time. */
  pending(limit: number): Promise<readonly Event[]>;
  /** Marks the events matched or ignored and inserts their runs, all in one transaction. An event that is not pending is passed over. */
  plan(batch: readonly PlanEvent[]): Promise<readonly Planned[]>;
  /** Inserts a run with the next `replay` of its event and workflow; a taken `unique` value does not stop it. Rejects with `not.found` without the event. */
  replay(run: NewRun): Promise<Run>;

  /** Takes due runs, oldest first; a claimed run is `running`, without a reason and not due. */
  claim(request: ClaimRuns): Promise<readonly ClaimedRun[]>;
  /** When the next run of these lanes is due; null when none is. */
  nextDue(lanes: readonly string[]): Promise<Time | null>;
  /** Every lane that has runs to claim. */
  lanes(): Promise<readonly string[]>;
  /** Writes a claimed run's state and its attempts; a run that is not released stays out of the queue. May be repeated when its outcome is not known. False: the fence was lost; then attempts' outcomes are kept as late, nothing else. */
  record(batch: readonly RecordRun[]): Promise<readonly boolean[]>;
  /** Changes a run that nobody runs. False: it has moved on, or is claimed. */
  edit(edit: EditRun): Promise<boolean>;
  /**
   * Makes runs of other owners claimable again; the embedded store calls it at start. With `keep`, those of this owner that
   * are not among them instead: it claimed them and never got the answer. Returns how many.
   */
  recover(owner: string, now: Time, keep?: readonly string[]): Promise<number>;
  /** Held runs of this lane with one of these reasons wait again, due now. Returns how many. */
  release(lane: string, reasons: readonly HeldReason[], now: Time): Promise<number>;

  event(id: string): Promise<Event | null>;
  events(
    filter: { type?: string | undefined; source?: string | undefined; status?: EventStatus | undefined },
    page: Page,
  ): Promise<readonly Event[]>;
  deliveries(
    filter: { id?: string | undefined; eventId?: string | undefined; status?: DeliveryStatus | undefined },
    page: Page,
  ): Promise<readonly Delivery[]>;
  run(id: string): Promise<{ readonly run: Run; readonly fence: number; readonly claimed: boolean } | null>;
  runs(filter: RunFilter, page: Page): Promise<readonly Run[]>;
  attempts(runId: string): Promise<readonly Attempt[]>;

  saveConfig(config: StoredConfig): Promise<void>;
  /** By hash; without one, the last that was accepted. */
  config(hash?: string): Promise<StoredConfig | null>;
  setConnection(state: ConnectionState, raises?: readonly RaiseEvent[]): Promise<void>;
  /** For what has no row of its own to be written with. */
  raise(events: readonly RaiseEvent[]): Promise<void>;
  connections(): Promise<readonly ConnectionState[]>;

  /** Adds to the counts that are there. Statistics only: nothing is decided by them. */
  tally(rows: readonly Tally[]): Promise<void>;
  /** Counts since then, oldest first. */
  tallies(from: Time): Promise<readonly Tally[]>;
  audit(entry: Audit): Promise<void>;
  audits(page: Page): Promise<readonly Audit[]>;

  stats(): Promise<Stats>;
  /** `most`: where each count ends. */
  backlog(most: number): Promise<Backlog>;
  /** Proves that a write works now; rejects with `store.unavailable`. */
  probe(): Promise<void>;
  /** Removes one small batch of what is past its time and gives pages back. Returns how many rows; 0 when there is nothing left. */
  prune(now: Time, retention: Retention): Promise<number>;
  /** Why it can never work again in this process; null while it may. Absent: it always may. */
  ended?(): string | null;
  close(): Promise<void>;
}
