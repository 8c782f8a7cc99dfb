// Slots in use and states of every connection, as memory has them and the store keeps them.

import type { ConnectionState, StoredError, Time } from '../core/model.ts';

/** What stands between a step and its connection. */
export type Gate =
  | { readonly is: 'free' | 'busy' }
  | { readonly is: 'held'; readonly reason: 'credentials' | 'paused' | 'missing' }
  | { readonly is: 'postponed'; readonly until: Time };

export interface BookParts {
  readonly has: (name: string) => boolean;
  readonly concurrency: (name: string) => number;
  readonly save: (state: ConnectionState) => Promise<void>;
  /** Hears of every change: a pause, a resume, a circuit that opens or closes. */
  readonly tell: (state: ConnectionState) => void;
  readonly clock: () => Time;
}

export type Book = ReturnType<typeof createBook>;

/** Knows the states on their way to the store: what it holds meanwhile is older. */
function createSaver(parts: Pick<BookParts, 'save'>) {
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
export function createBook(parts: BookParts, stored: readonly ConnectionState[]) {
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
