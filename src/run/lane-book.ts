// Slots in use and states of every connection, as memory has them and the store keeps them.

import type { ConnectionState, Time } from '../core/model.ts';

/** What stands between a step and its connection. */
export type Gate =
  | { readonly is: 'free' | 'busy' }
  | { readonly is: 'held'; readonly reason: 'credentials' | 'paused' | 'missing' }
  | { readonly is: 'postponed'; readonly until: Time };

export interface BookParts {
  readonly has: (name: string) => boolean;
  readonly concurrency: (name: string) => number;
  /** Writes it over whatever is there; `before`: what the store held, as far as is known here. */
  readonly save: (state: ConnectionState, before: ConnectionState | undefined) => Promise<void>;
  /** Where several processes share the store: writes it when the store still holds `before`. Resolves to what it holds now. */
  readonly swap?: (state: ConnectionState, before: ConnectionState | undefined) => Promise<ConnectionState>;
  /** Hears of every change: a pause, a resume, a circuit that opens or closes. */
  readonly tell: (state: ConnectionState) => void;
  readonly clock: () => Time;
}

export type Book = ReturnType<typeof createBook>;

/** `since` is now unless it is given. */
export type Wanted = Pick<ConnectionState, 'status' | 'reason' | 'untilAt' | 'error'> & { readonly since?: Time };

/** What a connection becomes, by what it is; null: it stays. `isKept`: whether the store holds what is known here. */
export type Change = (known: ConnectionState | undefined, isKept: boolean) => Wanted | null;

/** Slots in use and states, of every connection. */
export function createBook(parts: BookParts, stored: readonly ConnectionState[]) {
  const inUse = new Map<string, number>();
  const used = (name: string) => inUse.get(name) ?? 0;
  const { states, ...ledger } = createStates(parts, stored);
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
    ...ledger,
  };
}

/** What memory holds, and what the store holds as far as is known here. */
function createStates(parts: BookParts, stored: readonly ConnectionState[]) {
  const states = new Map(stored.map((state) => [state.name, state]));
  const kept = new Map(states);
  const queue = createQueue();
  const put = (state: ConnectionState) => {
    const known = states.get(state.name);
    states.set(state.name, state);
    const isNews = known?.status !== state.status || known.reason !== state.reason;
    if (isNews || known?.error?.message !== state.error?.message) parts.tell(state);
  };
  const stateOf = (name: string, wanted: Wanted): ConnectionState => ({ since: parts.clock(), ...wanted, name });
  return {
    states,
    /** A person's word: done when it is stored, whatever was there, or not at all. */
    set: (name: string, wanted: Wanted) =>
      queue.after(name, async () => {
        const state = stateOf(name, wanted);
        await parts.save(state, kept.get(name));
        kept.set(name, state);
        put(state);
      }),
    /** What this process found out: it counts here at once, and gives way to what another replica stored meanwhile. False: nothing was changed. */
    change: (name: string, next: Change): Promise<boolean> =>
      queue.after(name, async () => {
        for (;;) {
          const known = states.get(name);
          const wanted = next(known, known === kept.get(name));
          if (wanted === null) return false;
          const state = stateOf(name, wanted);
          put(state);
          const before = kept.get(name);
          const found = parts.swap
            ? await parts.swap(state, before)
            : await parts.save(state, before).then(() => state);
          kept.set(name, found);
          if (found === state) return true;
          put(found);
        }
      }),
    follow: (load: () => Promise<readonly ConnectionState[]>) => follow(load, { states, kept, put, queue }),
  };
}

interface Followed {
  readonly states: ReadonlyMap<string, ConnectionState>;
  readonly kept: Map<string, ConnectionState>;
  readonly put: (state: ConnectionState) => void;
  readonly queue: ReturnType<typeof createQueue>;
}

/** Takes over what the store holds. What changes here meanwhile is newer and stays. Resolves to the names that are no longer paused. */
async function follow(
  load: () => Promise<readonly ConnectionState[]>,
  { states, kept, put, queue }: Followed,
): Promise<readonly string[]> {
  const isUntouched = queue.watch();
  const found = (await load()).filter((state) => isUntouched(state.name) && !isSame(state, kept.get(state.name)));
  const lifted = found.filter(({ name, status }) => status !== 'paused' && states.get(name)?.status === 'paused');
  for (const state of found) {
    kept.set(state.name, state);
    put(state);
  }
  return lifted.map(({ name }) => name);
}

function isSame(a: ConnectionState, b: ConnectionState | undefined): boolean {
  return a.status === b?.status && a.reason === b.reason && a.since === b.since && a.untilAt === b.untilAt;
}

const ignore = () => undefined;

/** One change of a connection after the other, each begun at once when none is under way. */
function createQueue() {
  const last = new Map<string, Promise<unknown>>();
  const begun = new Map<string, number>();
  return {
    after: async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      begun.set(name, (begun.get(name) ?? 0) + 1);
      const before = last.get(name);
      const mine = before ? before.then(work) : work();
      const over = mine.then(ignore, ignore);
      last.set(name, over);
      try {
        return await mine;
      } finally {
        if (last.get(name) === over) last.delete(name);
      }
    },
    /** Tells later whether no change of a connection was under way then or began since. */
    watch: () => {
      const then = new Map(begun);
      const busy = new Set(last.keys());
      return (name: string) => !busy.has(name) && !last.has(name) && begun.get(name) === then.get(name);
    },
  };
}
