// Who may call now: slots, pauses and circuits of each connection, so that a slow or dead one delays no other.

import { workflowLane, workflowOfLane, type ConnectionState, type StoredError, type Time } from '../core/model.ts';
import type { Rate } from '../workflow/rate.ts';
import { createBook, type Book, type BookParts, type Gate } from './lane-book.ts';
import { createRates } from './rates.ts';
import { createTurns, type Turn, type TurnParts } from './turns.ts';
import { anyLane } from './state.ts';

export interface Lanes {
  gate(name: string): Gate;
  /** Takes a slot that `gate` said is free, and the turn to call. */
  take(name: string): void;
  /** Another call of a step that has its slot: false when its circuit or its rate says no; true takes the turn. */
  again(name: string): boolean;
  give(name: string): void;
  /**
   * Null: the call may begin. Otherwise other replicas have a say too, and it may only when this resolves to `free`: the rate
   * is theirs as well, and only one of all tries an open circuit.
   */
  turn(name: string): Promise<Turn> | null;
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
  /** Lifts a pause for refused credentials, and no other. */
  lift(name: string): Promise<void>;
  /** Whether a person paused this workflow. */
  isPaused(workflow: string): boolean;
  /** Calls under way over a connection. */
  used(name: string): number;
  state(name: string): ConnectionState | undefined;
  states(): readonly ConnectionState[];
  /** The clock was set back by so much: open circuits may be tried that much sooner. */
  moveAlong(backMs: number): Promise<void>;
  /** What another replica stored holds here too: its pauses, resumes and circuits. Resolves to the names that are no longer paused. */
  follow(load: () => Promise<readonly ConnectionState[]>): Promise<readonly string[]>;
  /** Lanes of stored runs that no connection serves any more: their runs are claimed to be held as missing. */
  setUnserved(lanes: readonly string[]): void;
  /** So many replicas call over each connection. */
  share(among: number): void;
}

export interface LaneParts extends BookParts, TurnParts {
  readonly names: () => readonly string[];
  readonly rate?: (name: string) => Rate | undefined;
  readonly circuitAfter: number;
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
    turn: createTurns(parts, book, rates),
    expect: expected.add,
    claims: () => {
      const lanes = [...new Set([...parts.names(), ...unserved, ...workflowLanes(book)])].map((lane) => ({
        lane,
        limit: limit(lane),
      }));
      const most = Math.max(0, ...lanes.map((lane) => lane.limit));
      return [...lanes, { lane: anyLane, limit: most }].filter((lane) => lane.limit > 0);
    },
    nextTryAt: () => nextAfter(parts.clock(), [circuits.nextAt(), rates.nextAt()]),
    report: circuits.report,
    moveAlong: circuits.moveAlong,
    ...createPauses(book, circuits),
    state: book.state,
    states: book.states,
    setUnserved: (lanes) => {
      unserved = lanes.filter((lane) => !parts.has(lane));
    },
    share: (among) => rates.share(among),
  };
}

function nextAfter(now: Time, times: readonly (Time | null)[]): Time | null {
  const future = times.filter((time) => time !== null && time > now) as Time[];
  return future.length > 0 ? Math.min(...future) : null;
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
    moveAlong: async (backMs: number) => {
      for (const { name } of book.states()) {
        await book.change(name, (known) => {
          const untilAt = known?.status === 'open' ? (known.untilAt ?? 0) : 0;
          return known && untilAt > clock() ? { ...known, untilAt: untilAt - backMs } : null;
        });
      }
    },
    report: async (name: string, end: 'good' | 'refused' | 'failed', error: StoredError | null) => {
      const count = end === 'failed' ? (failures.get(name) ?? 0) + 1 : 0;
      failures.set(name, count);
      const opens = count >= circuitAfter;
      if (!opens && book.state(name)?.status !== 'open') return;
      await book.change(name, (known) => {
        if (known?.status === 'paused') return null;
        if (count === 0) return known?.status === 'open' ? works : null;
        if (!opens && known?.status !== 'open') return null;
        return { status: 'open', reason: 'down', untilAt: clock() + circuitForMs, error };
      });
    },
  };
}

const works = { status: 'ok', reason: null, untilAt: null, error: null } as const;

type Pauses = Pick<Lanes, 'pause' | 'resume' | 'lift' | 'follow' | 'isPaused' | 'used'>;

function createPauses(book: Book, circuits: Circuits): Pauses {
  return {
    used: book.used,
    isPaused: (workflow) => book.state(workflowLane(workflow))?.status === 'paused',
    pause: async (name, reason, error) => {
      const paused = { status: 'paused', reason, untilAt: null, error } as const;
      if (reason === 'paused') return book.set(name, paused);
      // A person's pause is lifted by a person only, and one that is stored is not stored again.
      const isThere = (known: ConnectionState | undefined, isKept: boolean) =>
        known?.status === 'paused' && (isKept || known.reason === 'paused');
      await book.change(name, (known, isKept) => (isThere(known, isKept) ? null : paused));
    },
    resume: async (name) => {
      await book.set(name, works);
      circuits.forget(name);
    },
    lift: async (name) => {
      const isRefused = (known?: ConnectionState) => known?.status === 'paused' && known.reason === 'credentials';
      if (await book.change(name, (known) => (isRefused(known) ? works : null))) circuits.forget(name);
    },
    follow: async (load) => {
      const lifted = await book.follow(load);
      for (const name of lifted) circuits.forget(name);
      return lifted;
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
