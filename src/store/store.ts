// The port to what is kept: a handful of verbs that take batches, so that one commit serves many callers.
// Two adapters fulfil it (`sqlite/`, later `postgres/`); `test/contract` holds for both.

import type { Attempt, ConnectionState, Delivery, Event, HeldReason, Run, Time } from '../core/model.ts';
import type { Stats, Backlog, Tally, Audit } from './counts.ts';
import type {
  AcceptDelivery,
  Accepted,
  Settled,
  RefuseDelivery,
  NewRun,
  RaiseEvent,
  PlanEvent,
  Planned,
  ClaimRuns,
  ClaimedRun,
  RecordRun,
  EventFilter,
  EventRow,
  DeliveryFilter,
  RunFilter,
  EditRun,
  Page,
  StoredConfig,
  Retention,
  SharedStore,
} from './rows.ts';

export type * from './counts.ts';
export type * from './rows.ts';

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
  /**
   * Held runs of this lane with one of these reasons wait again, due now. Returns how many. Made in pieces: when it rejects,
   * some may have been released.
   */
  release(lane: string, reasons: readonly HeldReason[], now: Time): Promise<number>;

  event(id: string): Promise<Event | null>;
  events(filter: EventFilter, page: Page): Promise<readonly Event[]>;
  /** As `events`, without reading a body. */
  eventRows(filter: EventFilter, page: Page): Promise<readonly EventRow[]>;
  deliveries(filter: DeliveryFilter, page: Page): Promise<readonly Delivery[]>;
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
