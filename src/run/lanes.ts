// Who may call now: slots, pauses and circuits of each connection, so that a slow or dead one delays no other.

import { workflowLane, workflowOfLane, type ConnectionState, type StoredError, type Time } from '../core/model.ts';
import type { Rate } from '../workflow/rate.ts';
import { createBook, type Book, type BookParts, type Gate } from './lane-book.ts';
import { createRates } from './rates.ts';
import { anyLane } from './state.ts';

export interface Lanes {
  gate(name: string): Gate;
  /** Takes a slot that `gate` said is free, and the turn to call. */
  take(name: string): void;
  /** Another call of a step that has its slot: false when its circuit or its rate says no; true takes the turn. */
  again(name: string): boolean;
  give(name: string): void;
  /** A run of this lane was claimed and will soon ask; what is returned is called once it did. */
  expect(lane: string): () => void;
  /** How many runs may be claimed of each lane now. */
  claims(): readonly { readonly lane: string; readonly limit: number }[];
  /** When the next open circuit may be tried, or the next call is in time; null when nothing has to be waited for. */
  nextTryAt(): Time | null;
  /** An attempt's end, for the circuit. */
  report(name: string, end: 'good' | 'refused' | 'failed', error: StoredError | null): Promise<void>;
  pause(name: string, reason: 'paused' | 'credentials', error: StoredError | null): Promise<void>;
  resume(name: string): Promise<void>;
  /** Whether a person paused this workflow. */
  isPaused(workflow: string): boolean;
  /** Calls under way over a connection. */
  used(name: string): number;
  state(name: string): ConnectionState | undefined;
  states(): readonly ConnectionState[];
  /** What another replica stored: its pauses, resumes and circuits hold here too. */
  adopt(stored: readonly ConnectionState[]): void;
  /** Lanes of stored runs that no connection serves any more: their runs are claimed to be held as missing. */
  setUnserved(lanes: readonly string[]): void;
  /** So many replicas share each rate. */
  share(among: number): void;
}

export interface LaneParts extends BookParts {
  readonly names: () => readonly string[];
  readonly rate?: (name: string) => Rate | undefined;
  readonly circuitAfter: number;
  readonly circuitForMs: number;
}

/** Runs of a lane that nobody can serve are claimed only to be held, a few at a time. */
const batch = 50;

export function createLanes(parts: LaneParts, stored: readonly ConnectionState[]): Lanes {
  const book = createBook(parts, stored);
  const rates = createRates({ rate: (name) => parts.rate?.(name), clock: parts.clock });
  const circuits = createCircuits(parts, book);
  const expected = createExpected();
  let unserved: readonly string[] = [];
  const limit = (name: string): number => {
    const found = book.gate(name);
    if (found.is === 'held') return batch;
    const room = Math.min(book.slots(name) - book.used(name), rates.free(name));
    return found.is === 'free' ? room - expected.count(name) : 0;
  };
  return {
    gate: (name) => {
      const found = book.gate(name);
      return found.is === 'free' && rates.free(name) < 1 ? { is: 'postponed', until: rates.turn(name) } : found;
    },
    take: (name) => {
      book.use(name, 1);
      rates.take(name);
    },
    again: (name) => {
      if (book.gate(name).is === 'postponed' || rates.free(name) < 1) return false;
      rates.take(name);
      return true;
    },
    give: (name) => book.use(name, -1),
    expect: expected.add,
    claims: () => {
      const lanes = [...new Set([...parts.names(), ...unserved, ...workflowLanes(book)])].map((lane) => ({
        lane,
        limit: limit(lane),
      }));
      const most = Math.max(0, ...lanes.map((lane) => lane.limit));
      return [...lanes, { lane: anyLane, limit: most }].filter((lane) => lane.limit > 0);
    },
    nextTryAt: () => {
      const future = [circuits.nextAt(), rates.nextAt()].filter((time) => time !== null && time > parts.clock());
      return future.length > 0 ? Math.min(...(future as number[])) : null;
    },
    report: circuits.report,
    ...createPauses(book, circuits),
    state: book.state,
    states: book.states,
    setUnserved: (lanes) => {
      unserved = lanes.filter((lane) => !parts.has(lane));
    },
    share: (among) => rates.share(among),
  };
}

/** Of workflows that were ever paused: their runs are claimed a few at a time, and go on in the lanes of their connections. */
function workflowLanes(book: Book): readonly string[] {
  return book.states().flatMap(({ name }) => (workflowOfLane(name) === null ? [] : [name]));
}

type Circuits = ReturnType<typeof createCircuits>;

/** Failures in a row, and what they open. */
function createCircuits({ clock, circuitAfter, circuitForMs }: LaneParts, book: Book) {
  const failures = new Map<string, number>();
  return {
    forget: (name: string) => void failures.delete(name),
    nextAt: (): Time | null => {
      const times = book.states().flatMap((state) => (state.status === 'open' ? [state.untilAt ?? 0] : []));
      const future = times.filter((time) => time > clock());
      return future.length > 0 ? Math.min(...future) : null;
    },
    report: async (name: string, end: 'good' | 'refused' | 'failed', error: StoredError | null) => {
      const status = book.state(name)?.status;
      const count = end === 'failed' ? (failures.get(name) ?? 0) + 1 : 0;
      failures.set(name, count);
      if (status === 'paused') return;
      if (count === 0 && status === 'open') await book.set(name, 'ok', null, null, null);
      if (count >= circuitAfter || (count > 0 && status === 'open')) {
        await book.set(name, 'open', 'down', clock() + circuitForMs, error);
      }
    },
  };
}

function createPauses(book: Book, circuits: Circuits): Pick<Lanes, 'pause' | 'resume' | 'adopt' | 'isPaused' | 'used'> {
  return {
    used: book.used,
    isPaused: (workflow) => book.state(workflowLane(workflow))?.status === 'paused',
    // What a person asked for is done when it is stored, or not at all; refused credentials count at once.
    pause: (name, reason, error) =>
      book.set(name, 'paused', reason, null, error, reason === 'paused' ? 'store' : 'memory'),
    resume: async (name) => {
      await book.set(name, 'ok', null, null, null, 'store');
      circuits.forget(name);
    },
    adopt: (stored) => {
      for (const state of stored) if (book.adopt(state) && state.status === 'ok') circuits.forget(state.name);
    },
  };
}

/** Claimed runs that have not asked for their slot yet: without them, two claims would count on the same one. */
function createExpected() {
  const counts = new Map<string, number>();
  const count = (lane: string) => counts.get(lane) ?? 0;
  return {
    count,
    add: (lane: string) => {
      counts.set(lane, count(lane) + 1);
      let open = true;
      return () => {
        if (open) counts.set(lane, count(lane) - 1);
        open = false;
      };
    },
  };
}
