// When the storage will be used up, if it goes on growing as it did in the last day.

import type { Time } from '../core/model.ts';

export interface Filling {
  readonly at: Time;
  readonly used: number;
  /** What it may grow to; null when nobody knows. */
  readonly limit: number | null;
}

export interface Forecast {
  add(filling: Filling): void;
  /** Infinity when nothing grows; null while too little is known. */
  daysLeft(): number | null;
}

const dayMs = 86_400_000;
/** Less says nothing about a day. */
const leastMs = 600_000;

export function createForecast(): Forecast {
  let known: readonly Filling[] = [];
  return {
    add: (filling) => {
      known = [...known.filter(({ at }) => at > filling.at - dayMs), filling];
    },
    daysLeft: () => {
      const [first, last] = [known[0], known.at(-1)];
      if (first === undefined || last === undefined || last.limit === null || last.at - first.at < leastMs) return null;
      const left = last.limit - last.used;
      const growth = (last.used - first.used) / (last.at - first.at);
      if (left <= 0) return 0;
      return growth <= 0 ? Infinity : left / growth / dayMs;
    },
  };
}
