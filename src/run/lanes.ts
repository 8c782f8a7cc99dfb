// Who may call now: slots, pauses and circuits of each connection, so that a slow or dead one delays no other.

import type { ConnectionState, StoredError, Time } from '../core/model.ts';
import { anyLane } from './state.ts';

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
  /** What another replica stored: its pauses, resumes and circuits hold here too. */
  adopt(stored: readonly ConnectionState[]): void;
  /** Lanes of stored runs that no connection serves any more: their runs are claimed to be held as missing. */
  setUnserved(lanes: readonly string[]): void;
}

export interface LaneParts {
  readonly has: (name: string) => boolean;
  readonly names: () => readonly string[];
  readonly concurrency: (name: string) => number;
  readonly save: (state: ConnectionState) => Promise<void>;
  /** Hears of every change: a pause, a resume, a circuit that opens or closes. */
  readonly tell: (state: ConnectionState) => void;
  readonly clock: () => Time;
  readonly circuitAfter: number;
  readonly circuitForMs: number;
}

/** Runs of a lane that nobody can serve are claimed only to be held, a few at a time. */
const batch = 50;

export function createLanes(parts: LaneParts, stored: readonly ConnectionState[]): Lanes {
  const book = createBook(parts, stored);
  const failures = new Map<string, number>();
  let unserved: readonly string[] = [];
  const limit = (name: string): number => {
    const found = book.gate(name);
    if (found.is === 'held') return batch;
    return found.is === 'free' ? book.slots(name) - book.used(name) : 0;
  };
  return {
    gate: book.gate,
    take: (name) => book.use(name, 1),
    give: (name) => book.use(name, -1),
    claims: () => {
      const lanes = [...new Set([...parts.names(), ...unserved])].map((lane) => ({ lane, limit: limit(lane) }));
      const most = Math.max(0, ...lanes.map((lane) => lane.limit));
      return [...lanes, { lane: anyLane, limit: most }].filter((lane) => lane.limit > 0);
    },
    nextTryAt: () => {
      const times = book.states().flatMap((state) => (state.status === 'open' ? [state.untilAt ?? 0] : []));
      const future = times.filter((time) => time > parts.clock());
      return future.length > 0 ? Math.min(...future) : null;
    },
    report: async (name, end, error) => {
      const status = book.state(name)?.status;
      const count = end === 'failed' ? (failures.get(name) ?? 0) + 1 : 0;
      failures.set(name, count);
      if (status === 'paused') return;
      if (count === 0 && status === 'open') await book.set(name, 'ok', null, null, null);
      if (count >= parts.circuitAfter || (count > 0 && status === 'open')) {
        await book.set(name, 'open', 'down', parts.clock() + parts.circuitForMs, error);
      }
    },
    // What a person asked for is done when it is stored, or not at all; refused credentials count at once.
    pause: (name, reason, error) =>
      book.set(name, 'paused', reason, null, error, reason === 'paused' ? 'store' : 'memory'),
    resume: async (name) => {
      await book.set(name, 'ok', null, null, null, 'store');
      failures.delete(name);
    },
    state: book.state,
    states: book.states,
    adopt: (stored) => {
      for (const state of stored) if (book.adopt(state) && state.status === 'ok') failures.delete(state.name);
    },
    setUnserved: (lanes) => {
      unserved = lanes.filter((lane) => !parts.has(lane));
    },
  };
}

/** Knows the states on their way to the store: what it holds meanwhile is older. */
function createSaver(parts: Pick<LaneParts, 'save'>) {
  const saving = new Map<string, number>();
  const count = (name: string, by: number) => void saving.set(name, (saving.get(name) ?? 0) + by);
  return {
    isSaving: (name: string) => (saving.get(name) ?? 0) > 0,
    save: async (state: ConnectionState) => {
      count(state.name, 1);
      try {
        await parts.save(state);
      } finally {
        count(state.name, -1);
      }
    },
  };
}

/** Slots in use and states, of every connection. */
function createBook(parts: LaneParts, stored: readonly ConnectionState[]) {
  const states = new Map(stored.map((state) => [state.name, state]));
  const inUse = new Map<string, number>();
  const { save, isSaving } = createSaver(parts);
  const used = (name: string) => inUse.get(name) ?? 0;
  // An open circuit whose time has come lets one call through.
  const slots = (name: string) => (states.get(name)?.status === 'open' ? 1 : parts.concurrency(name));
  const gate = (name: string): Gate => {
    if (!parts.has(name)) return { is: 'held', reason: 'missing' };
    const state = states.get(name);
    if (state?.status === 'paused')
      return { is: 'held', reason: state.reason === 'credentials' ? 'credentials' : 'paused' };
    const untilAt = state?.status === 'open' ? (state.untilAt ?? 0) : 0;
    if (untilAt > parts.clock()) return { is: 'postponed', until: untilAt };
    return { is: used(name) < slots(name) ? 'free' : 'busy' };
  };
  return {
    used,
    slots,
    gate,
    use: (name: string, by: number) => void inUse.set(name, Math.max(0, used(name) + by)),
    state: (name: string) => states.get(name),
    states: () => [...states.values()],
    /** True when it was news. */
    adopt: (state: ConnectionState): boolean => {
      const known = states.get(state.name);
      if (isSaving(state.name) || (known?.since === state.since && known.status === state.status)) return false;
      states.set(state.name, state);
      if (known?.status !== state.status || known.reason !== state.reason) parts.tell(state);
      return true;
    },
    set: async (
      name: string,
      status: ConnectionState['status'],
      reason: ConnectionState['reason'],
      untilAt: Time | null,
      error: StoredError | null,
      first: 'memory' | 'store' = 'memory',
    ) => {
      const state: ConnectionState = { name, status, reason, since: parts.clock(), untilAt, error };
      if (first === 'store') await save(state);
      states.set(name, state);
      parts.tell(state);
      if (first === 'memory') await save(state);
    },
  };
}
