// How many effects a step of a workflow can have, and why: what `check` promises for each.

import type { Effect } from '../plugin/index.ts';
import type { Step } from './compile.ts';

export interface Guarantee {
  readonly effects: 'exactly one' | 'at least one' | 'at most one';
  readonly why: string;
}

const keyed = {
  effects: 'exactly one',
  why: 'every attempt carries the same key, and a repeat with it changes nothing',
} as const;
const repeatable = { effects: 'exactly one', why: 'doing it twice is the same as doing it once' } as const;

/** Effect → `onDoubt` → what holds once the step has succeeded or was given up. */
const guarantees: Readonly<Record<Effect, Readonly<Record<Step['onDoubt'], Guarantee>>>> = {
  keyed: { hold: keyed, retry: keyed },
  repeatable: { hold: repeatable, retry: repeatable },
  lookup: {
    hold: { effects: 'exactly one', why: 'in doubt it is looked up, and held when that does not tell' },
    retry: { effects: 'at least one', why: 'in doubt it is looked up, and done again when that does not tell' },
  },
  once: {
    hold: { effects: 'at most one', why: 'in doubt it is held until you say whether it happened' },
    retry: { effects: 'at least one', why: 'in doubt it is done again' },
  },
};

export function guaranteeOf({ effect, onDoubt, retry }: Pick<Step, 'effect' | 'onDoubt' | 'retry'>): Guarantee {
  return retry.attempts === 1 ? { effects: 'at most one', why: 'it is tried only once' } : guarantees[effect][onDoubt];
}
