// What the model of the store is made of: its rows, and the verbs it answers.

import type { Attempt, ConnectionState, Delivery, Event, Run } from '../../src/core/model.ts';
import type { Store, StoredConfig } from '../../src/store/store.ts';

/** Everything that decides something; the rest of the port only tells people. */
type Verb =
  | 'accept'
  | 'refuse'
  | 'pending'
  | 'plan'
  | 'replay'
  | 'claim'
  | 'nextDue'
  | 'lanes'
  | 'record'
  | 'edit'
  | 'recover'
  | 'release'
  | 'event'
  | 'events'
  | 'deliveries'
  | 'run'
  | 'runs'
  | 'attempts'
  | 'saveConfig'
  | 'config'
  | 'setConnection'
  | 'connections'
  | 'stats'
  | 'probe'
  | 'prune'
  | 'close';

/** The port's verbs, answered at once. */
export type Ledger = { [V in Verb]: (...args: Parameters<Store[V]>) => Awaited<ReturnType<Store[V]>> };

export interface Mark {
  readonly eventId: string;
  readonly keepUntil: number;
}

/** Open: no owner has ended it. */
export type AttemptRow = Attempt & { readonly open: boolean };

export interface RunRow {
  readonly id: string;
  readonly run: Run;
  readonly unique: string | null;
  readonly owner: string | null;
  readonly fence: number;
  readonly attempts: readonly AttemptRow[];
}

/** Rows are never changed in place: a change puts a new one under the same id. */
export interface Tables {
  readonly marks: Map<string, Mark>;
  readonly events: Map<string, Event>;
  readonly deliveries: Map<string, Delivery & { readonly alone: boolean }>;
  readonly runs: Map<string, RunRow>;
  readonly configs: Map<string, StoredConfig>;
  readonly connections: Map<string, ConnectionState>;
}

/** Oldest first: ids sort by time. */
export function byId<T extends { readonly id: string }>(rows: ReadonlyMap<string, T>, keep: (row: T) => boolean): T[] {
  return [...rows.values()].filter(keep).sort((a, b) => (a.id < b.id ? -1 : 1));
}
