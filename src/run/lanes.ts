// Who may call now: slots, pauses and circuits of each connection, so that a slow or dead one delays no other.

import type { ConnectionState, StoredError, Time } from '../core/model.ts';

/** What stands between a step and its connection. */
export type Gate =
  | { readonly is: 'free' | 'busy' }
  | { readonly is: 'held'; readonly reason: 'credentials' | 'paused' | 'missing' }
  | { readonly is: 'postponed'; readonly until: Time };

export interface Lanes {
  gate(name: string): Gate;
  /** Takes a slot that `gate` said is free. */
  take(name: string): void;
  give(name: string): void;
  /** How many runs may be claimed of each lane now. */
  claims(): readonly { readonly lane: string; readonly limit: number }[];
  /** When the next open circuit may be tried; null when none is open. */
  nextTryAt(): Time | null;
  /** An attempt's end, for the circuit. */
  report(name: string, end: 'good' | 'refused' | 'failed', error: StoredError | null): Promise<void>;
  pause(name: string, reason: 'paused' | 'credentials', error: StoredError | null): Promise<void>;
  resume(name: string): Promise<void>;
  state(name: string): ConnectionState | undefined;
  states(): readonly ConnectionState[];
  /** Lanes of stored runs that no connection serves any more: their runs are claimed to be held as missing. */
  setUnserved(lanes: readonly string[]): void;
}

export interface LaneParts {
  readonly has: (name: string) => boolean;
  readonly names: () => readonly string[];
  readonly concurrency: (name: string) => number;
  readonly save: (state: ConnectionState) => Promise<void>;
  readonly clock: () => Time;
  readonly circuitAfter: number;
  readonly circuitForMs: number;
}

/** Runs of a lane that nobody can serve are claimed only to be held, a few at a time. */
const holdBatch = 50;

export function createLanes(parts: LaneParts, stored: readonly ConnectionState[]): Lanes {
  const states = new Map(stored.map((state) => [state.name, state]));
  const inUse = new Map<string, number>();
  const failures = new Map<string, number>();
  let unserved: readonly string[] = [];
  const used = (name: string) => inUse.get(name) ?? 0;
  const set = async (
    name: string,
    status: ConnectionState['status'],
    reason: ConnectionState['reason'],
    untilAt: Time | null,
    error: StoredError | null,
  ) => {
    const state: ConnectionState = { name, status, reason, since: parts.clock(), untilAt, error };
    states.set(name, state);
    await parts.save(state);
  };
  // An open circuit whose time has come lets one call through.
  const slots = (name: string) => (states.get(name)?.status === 'open' ? 1 : parts.concurrency(name));
  const gate = (name: string): Gate => {
    if (!parts.has(name)) return { is: 'held', reason: 'missing' };
    const state = states.get(name);
    if (state?.status === 'paused')
      return { is: 'held', reason: state.reason === 'credentials' ? 'credentials' : 'paused' };
    if (state?.status === 'open' && (state.untilAt ?? 0) > parts.clock())
      return { is: 'postponed', until: state.untilAt ?? 0 };
    return { is: used(name) < slots(name) ? 'free' : 'busy' };
  };
  const limit = (name: string): number => {
    const found = gate(name);
    if (found.is === 'held') return holdBatch;
    return found.is === 'free' ? slots(name) - used(name) : 0;
  };
  const open = (name: string, error: StoredError | null) =>
    set(name, 'open', 'down', parts.clock() + parts.circuitForMs, error);
  return {
    gate,
    take: (name) => void inUse.set(name, used(name) + 1),
    give: (name) => void inUse.set(name, Math.max(0, used(name) - 1)),
    claims: () =>
      [...new Set([...parts.names(), ...unserved])]
        .map((lane) => ({ lane, limit: limit(lane) }))
        .filter((lane) => lane.limit > 0),
    nextTryAt: () => {
      const times = [...states.values()].flatMap((state) =>
        state.status === 'open' && state.untilAt !== null ? [state.untilAt] : [],
      );
      const future = times.filter((time) => time > parts.clock());
      return future.length > 0 ? Math.min(...future) : null;
    },
    report: async (name, end, error) => {
      const state = states.get(name);
      if (end === 'failed') {
        const count = (failures.get(name) ?? 0) + 1;
        failures.set(name, count);
        if (state?.status !== 'paused' && (state?.status === 'open' || count >= parts.circuitAfter))
          await open(name, error);
        return;
      }
      failures.delete(name);
      if (state?.status === 'open') await set(name, 'ok', null, null, null);
    },
    pause: (name, reason, error) => set(name, 'paused', reason, null, error),
    resume: async (name) => {
      failures.delete(name);
      await set(name, 'ok', null, null, null);
    },
    state: (name) => states.get(name),
    states: () => [...states.values()],
    setUnserved: (lanes) => {
      unserved = lanes.filter((lane) => !parts.has(lane));
    },
  };
}
