// Asks the other replicas before a call: they share the rate of its connection, and one of all tries a vendor that was down.

import type { Time } from '../core/model.ts';
import type { Pace } from '../store/store.ts';
import type { Book, Gate } from './lane-book.ts';
import type { Rates } from './rates.ts';

export interface TurnParts {
  /** Where several processes share each rate: takes a turn, or resolves to the milliseconds until there is one. */
  readonly takeTurn?: (name: string, pace: Pace) => Promise<number>;
  readonly circuitForMs: number;
  readonly clock: () => Time;
}

/** What the other replicas leave to a call. */
export type Turn = Exclude<Gate, { is: 'busy' }>;

/** How long a call waits that could not ask. */
const awayMs = 1000;

/** Null: there is nobody to ask. */
export function createTurns(parts: TurnParts, book: Book, rates: Rates): (name: string) => Promise<Turn> | null {
  const { clock, circuitForMs, takeTurn } = parts;
  /** Puts the next try off for all; whoever did has this one. */
  const takeProbe = (name: string) =>
    book.change(name, (known) => {
      const isDue = known?.status === 'open' && (known.untilAt ?? 0) <= clock();
      return isDue ? { ...known, untilAt: clock() + circuitForMs } : null;
    });
  const ask = async (name: string, isOpen: boolean): Promise<Turn> => {
    if (isOpen && !(await takeProbe(name))) {
      const gate = book.gate(name);
      if (gate.is === 'held' || gate.is === 'postponed') return gate;
    }
    const pace = rates.pace(name);
    const waitMs = pace && takeTurn ? await takeTurn(name, pace) : 0;
    if (waitMs === 0) return { is: 'free' };
    rates.refused(name, waitMs);
    return { is: 'postponed', until: rates.turn(name) };
  };
  return (name) => {
    if (!takeTurn) return null;
    const isOpen = book.state(name)?.status === 'open';
    if (!isOpen && rates.pace(name) === undefined) return null;
    return ask(name, isOpen).catch(() => ({ is: 'postponed', until: clock() + awayMs }));
  };
}
