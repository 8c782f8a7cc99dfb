// What passes through the port to the store: what callers hand over, and what they get back.

import type {
  Attempt,
  ConnectionState,
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
  /** Hash of the configuration in which no workflow takes such an event: it is `ignored` at once. Absent: it is `pending`. */
  readonly ignoredBy?: string | undefined;
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
export type RaiseEvent = Omit<AcceptDelivery, 'deliveryId' | 'headers' | 'keepUntil' | 'ignoredBy'>;

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

export interface EventFilter {
  readonly type?: string | undefined;
  readonly source?: string | undefined;
  readonly status?: EventStatus | undefined;
}

/** An event in a list: how long its body is, instead of the body. */
export type EventRow = Omit<Event, 'body'> & { readonly size: number };

export interface DeliveryFilter {
  readonly id?: string | undefined;
  readonly eventId?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
  readonly source?: string | undefined;
  /** Of refused ones. */
  readonly reason?: string | undefined;
}

export interface RunFilter {
  readonly eventId?: string | undefined;
  readonly workflow?: string | undefined;
  readonly status?: RunStatus | undefined;
  /** Of held runs. */
  readonly reason?: HeldReason | undefined;
  /** Connection of the next step of runs that are not over; of those that are, with such a status, of the last one. */
  readonly lane?: string | undefined;
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
  /** The list ends at this id. Ids begin with their time, so the beginning of one bounds the time. */
  readonly from?: string | undefined;
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

/** How often turns come, and how many of those that were not taken are kept. */
export interface Pace {
  readonly everyMs: number;
  readonly spare: number;
}

/** What a store that several processes share offers beside the verbs. */
export interface SharedStore {
  /** Before the first claim. It is left when the store is closed. */
  join(replica: JoinReplica): Promise<void>;
  /** Those that were seen lately. */
  replicas(): Promise<readonly Replica[]>;
  /** Writes it where the store still holds `before`, or nothing without one. Resolves to what it holds now: `state` itself when it was written. */
  swapConnection(
    state: ConnectionState,
    before: ConnectionState | undefined,
    raises: readonly RaiseEvent[],
  ): Promise<ConnectionState>;
  /** Takes a turn that all replicas share, by the store's clock. Resolves to 0, or to the milliseconds until there is one. */
  takeTurn(name: string, pace: Pace): Promise<number>;
  /** False: the lease of this claim may have ended, so another replica may have the run. */
  holds(runId: string, fence: number): boolean;
}
