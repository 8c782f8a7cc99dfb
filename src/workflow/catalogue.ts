// What a source may send: the types its definition knows, and those the file adds.

import type { Schema, Source } from '../plugin/index.ts';

export interface Catalogue {
  readonly types: readonly string[];
  /** Schema of `event.data` of a type; undefined for an unknown type. The empty schema allows anything. */
  schema(type: string): Schema | undefined;
}

/** `own`: event types of the file; one of the same name takes the place of the source's. */
export function createCatalogue(source: Source, own: ReadonlyMap<string, Schema>): Catalogue {
  const types = [...new Set([...Object.keys(source.events), ...own.keys()])];
  return {
    types,
    schema: (type) => own.get(type) ?? (Object.hasOwn(source.events, type) ? source.events[type]?.data : undefined),
  };
}
