// A database handle whose statements are prepared once and kept.

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

export type Value = SQLInputValue;

export interface Sql {
  /** For statements without values and results: transactions, pragmas, schema. */
  exec(text: string): void;
  /** Number of rows changed. */
  run(text: string, ...values: Value[]): number;
  get(text: string, ...values: Value[]): object | undefined;
  all(text: string, ...values: Value[]): object[];
  /** Reads row by row; stop early by leaving the loop. */
  each(text: string, ...values: Value[]): Iterable<object>;
}

/** `text` must come from a fixed set: each one stays prepared. */
export function createSql(database: DatabaseSync): Sql {
  const kept = new Map<string, StatementSync>();
  const statement = (text: string) => {
    let found = kept.get(text);
    if (found === undefined) {
      found = database.prepare(text);
      kept.set(text, found);
    }
    return found;
  };
  return {
    exec: (text) => database.exec(text),
    run: (text, ...values) => Number(statement(text).run(...values).changes),
    get: (text, ...values) => statement(text).get(...values),
    all: (text, ...values) => statement(text).all(...values),
    each: (text, ...values) => statement(text).iterate(...values),
  };
}
