// The fields of an object type. Narrowing one copies only those narrowed before: a large event is narrowed at every condition.

import type { Type } from './types.ts';

export interface Fields {
  get(name: string): Type | undefined;
  keys(): Iterable<string>;
}

interface Narrowed extends Fields {
  readonly base: ReadonlyMap<string, Type>;
  readonly own: ReadonlyMap<string, Type>;
}

/** More narrowed fields than this are put into one map with the others. */
const mostOwn = 8;

/** The same fields but for one. */
export function withOne(fields: Fields, name: string, type: Type): Fields {
  const { base, own } = isNarrowed(fields) ? fields : { base: fields as ReadonlyMap<string, Type>, own: nothing };
  // A name of its own can only come with an open object.
  if (own.size === mostOwn || !base.has(name)) return new Map([...base, ...own, [name, type]]);
  return narrowed(base, new Map(own).set(name, type));
}

const nothing: ReadonlyMap<string, Type> = new Map();

function narrowed(base: ReadonlyMap<string, Type>, own: ReadonlyMap<string, Type>): Narrowed {
  return { base, own, get: (name) => own.get(name) ?? base.get(name), keys: () => base.keys() };
}

function isNarrowed(fields: Fields): fields is Narrowed {
  return 'own' in fields;
}
