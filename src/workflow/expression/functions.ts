// The one table of the language's functions and methods, and how they are found by name.

import type { Callable } from './callable.ts';
import { listFunctions } from './list-functions.ts';
import { listMethods } from './list-methods.ts';
import { numberFunctions } from './number-functions.ts';
import { textFunctions } from './text-functions.ts';
import { textMethods } from './text-methods.ts';
import { timeFunctions } from './time-functions.ts';

export const callables: readonly Callable[] = [
  ...timeFunctions,
  ...textFunctions,
  ...numberFunctions,
  ...listFunctions,
  ...textMethods,
  ...listMethods,
];

export const functions: ReadonlyMap<string, Callable> = new Map(
  callables.filter(({ method }) => !method).map((callable) => [callable.name, callable]),
);

/** By name; a name may belong to texts and to lists. */
export const methods: ReadonlyMap<string, readonly Callable[]> = Map.groupBy(
  callables.filter(({ method }) => method),
  ({ name }) => name,
);
