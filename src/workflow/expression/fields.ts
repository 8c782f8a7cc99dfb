// The fields of an object type. Narrowing one copies only those narrowed before: a large event is narrowed at every condition.

/** `T`: the type of a field. */
export interface Fields<T> {
  get(name: string): T | undefined;
  keys(): Iterable<string>;
}

interface Narrowed<T> extends Fields<T> {
  readonly base: ReadonlyMap<string, T>;
  readonly own: ReadonlyMap<string, T>;
}

/** More narrowed fields than this are put into one map with the others. */
const mostOwn = 8;

/** The same fields but for one. */
export function withOne<T>(fields: Fields<T>, name: string, type: T): Fields<T> {
  const { base, own } = isNarrowed(fields)
    ? fields
    : { base: fields as ReadonlyMap<string, T>, own: new Map<string, T>() };
  // A name of its own can only come with an open object.
  if (own.size === mostOwn || !base.has(name)) return new Map([...base, ...own, [name, type]]);
  return narrowed(base, new Map(own).set(name, type));
}

function narrowed<T>(base: ReadonlyMap<string, T>, own: ReadonlyMap<string, T>): Narrowed<T> {
  return { base, own, get: (name) => own.get(name) ?? base.get(name), keys: () => base.keys() };
}

function isNarrowed<T>(fields: Fields<T>): fields is Narrowed<T> {
  return 'own' in fields;
}
