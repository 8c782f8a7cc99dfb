// Every verb of the port that the worker serves, and how it is served.

import type { HeldReason, Time } from '../../core/model.ts';
import type { Store } from '../store.ts';
import { attempts } from './attempts.ts';
import { backlog } from './backlog.ts';
import { claim, lanes, nextDue, recover, release, type Released } from './claims.ts';
import { proveWrite } from './database.ts';
import { accept, refuse } from './deliveries.ts';
import { event, eventRows, events, pending, plan } from './events.ts';
import { packAnswer, unpack, type PackedAnswer, type PackedDeliveries, type PackedRecord } from './pack.ts';
import { prune } from './prune.ts';
import { raise } from './raise.ts';
import { edit, record } from './record.ts';
import { replay, run, runs } from './runs.ts';
import type { Writing } from './savepoint.ts';
import { deliveries } from './sent.ts';
import { config, connections, saveConfig, setConnection } from './settings.ts';
import type { Sql } from './sql.ts';
import { stats } from './stats.ts';
import { audit, audits, tallies, tally } from './tallies.ts';

type Lists = 'events' | 'eventRows' | 'deliveries' | 'runs' | 'attempts' | 'tallies' | 'audits';
type Reads = 'pending' | 'nextDue' | 'lanes' | 'event' | 'run' | 'config' | 'connections' | 'stats' | 'backlog';
export type ReadVerb = Reads | Lists;
export type WriteVerb = Exclude<keyof Store, ReadVerb | 'close' | 'ended' | 'shared'>;

type StoreVerbs = Omit<Store, 'ended' | 'shared'>;

/** What crosses to the worker in another form than the port's, or in pieces. */
interface Packed {
  readonly accept: { readonly arguments: [PackedDeliveries]; readonly result: readonly PackedAnswer[] };
  readonly record: { readonly arguments: [readonly PackedRecord[]]; readonly result: readonly boolean[] };
  readonly release: { readonly arguments: [string, HeldReason, Time, number]; readonly result: Released };
}

type Arguments<V extends keyof StoreVerbs> = V extends keyof Packed
  ? Packed[V]['arguments']
  : Parameters<StoreVerbs[V]>;
type Result<V extends keyof StoreVerbs> = V extends keyof Packed
  ? Packed[V]['result']
  : Awaited<ReturnType<StoreVerbs[V]>>;

export const reads: { readonly [V in ReadVerb]: (sql: Sql, ...args: Arguments<V>) => Result<V> } = {
  pending,
  nextDue,
  lanes,
  event,
  events,
  eventRows,
  deliveries,
  run,
  runs,
  attempts,
  config,
  connections,
  stats,
  backlog,
  tallies,
  audits,
};

export const writes: { readonly [V in WriteVerb]: (writing: Writing, ...args: Arguments<V>) => Result<V> } = {
  accept: (writing, packed) => accept(writing, unpack(packed)).map(packAnswer),
  refuse,
  plan,
  replay,
  claim,
  record,
  edit,
  recover,
  release,
  saveConfig,
  setConnection,
  raise: ({ sql }, events) => raise(sql, events),
  tally,
  audit,
  probe: ({ sql }) => proveWrite(sql),
  prune,
};

/**
 * Writes that need not wait for the disk: a power cut undoes them, and they are simply done again. Nothing is sent on the
 * strength of them alone, because `begun` is waited for, and with it everything written before.
 */
export const repeatable: ReadonlySet<WriteVerb> = new Set<WriteVerb>(['plan', 'claim', 'recover', 'prune', 'tally']);
