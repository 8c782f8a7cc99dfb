// What the store tells of itself and keeps for people: counts now and over time, and what was done by hand.

import type { DeliveryStatus, EventStatus, HeldReason, RunStatus, Time } from '../core/model.ts';

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
