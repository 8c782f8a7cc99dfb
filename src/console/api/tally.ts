// Adds up what happens, minute by minute, and hands it to the store now and then: a crash costs a few seconds of statistics.

import type { Happening } from '../../core/model.ts';
import { createLastErrors, type LastError } from './last-errors.ts';
import type { Store, Tally } from '../../store/store.ts';

export interface Tallies {
  count(happening: Happening): void;
  /** What the store holds and what is not yet handed over. */
  since(from: number): Promise<readonly Tally[]>;
  /** Of an attempt since the start. */
  lastError(connection: string): LastError | undefined;
  stop(): Promise<void>;
}

const minuteMs = 60_000;
const everyMs = 5000;
const counted: ReadonlySet<string> = new Set(['succeeded', 'failed', 'held', 'canceled']);

export interface TallyParts {
  readonly store: Store;
  readonly clock: () => number;
  /** A name that is none of ours is counted under no name: nobody outside may make rows. */
  readonly knows: (source: string) => boolean;
}

export function startTallies({ store, clock, knows }: TallyParts): Tallies {
  let open = new Map<string, Tally>();
  const errors = createLastErrors(clock);
  const add = (kind: Tally['kind'], name: string, status: Tally['status']) => {
    const at = Math.floor(clock() / minuteMs) * minuteMs;
    const key = `${at} ${kind} ${status} ${name}`;
    open.set(key, { at, kind, name, status, count: (open.get(key)?.count ?? 0) + 1 });
  };
  const flush = async () => {
    if (open.size === 0) return;
    const rows = [...open.values()];
    open = new Map();
    await store.tally(rows).catch(() => undefined);
  };
  const timer = setInterval(() => void flush(), everyMs).unref();
  return {
    count: (happening) => {
      errors.note(happening);
      if (happening.kind === 'delivery') {
        add('delivery', knows(happening.source) ? happening.source : '', happening.status);
      }
      if (happening.kind === 'run' && counted.has(happening.status)) add('run', happening.workflow, happening.status);
    },
    since: async (from) => {
      await flush();
      return store.tallies(from);
    },
    lastError: (connection) => errors.of(connection),
    stop: () => {
      clearInterval(timer);
      return flush();
    },
  };
}
