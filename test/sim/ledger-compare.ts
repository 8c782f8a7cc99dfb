// Asks a store and the model the same and expects the same answer.

import { expect } from 'vitest';
import type { ClaimedRun, Store } from '../../src/store/store.ts';
import { start } from '../contract/rows.ts';
import type { Ledger } from './tables.ts';

export interface Model {
  readonly ledger: Ledger;
  now: number;
  readonly events: string[];
  readonly runs: string[];
  /** What was claimed and perhaps is no more: late writes come from here. */
  readonly claimed: ClaimedRun[];
  readonly begun: Map<string, string>;
}

export interface Real {
  readonly store: () => Store;
  readonly reopen: () => Promise<void>;
}

export const freshModel = (ledger: Ledger): Model => ({
  ledger,
  now: start,
  events: [],
  runs: [],
  claimed: [],
  begun: new Map(),
});

type Verb = Exclude<keyof Ledger, 'close'>;

/** Asks both the same and expects the same answer, or an error from both. */
export async function ask<V extends Verb>(
  model: Model,
  real: Real,
  verb: V,
  ...args: Parameters<Store[V]>
): Promise<unknown> {
  const call = (verbs: unknown) => (verbs as Record<Verb, (...args: readonly unknown[]) => unknown>)[verb](...args);
  const [expected, found] = await Promise.all(
    [model.ledger, real.store()].map(async (verbs) => {
      try {
        return { value: await call(verbs) };
      } catch (error) {
        return { failed: (error as { code?: string }).code ?? 'error' };
      }
    }),
  );
  expect(plain(found), `${verb} ${JSON.stringify(args)}`).toEqual(plain(expected));
  return (expected as { value?: unknown }).value;
}

/** Bytes as text, and nothing that only one of the two has. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (_, item: unknown) =>
      item instanceof Uint8Array ? Buffer.from(item).toString('hex') : item,
    ),
  );
}

/** Every page, every run with its attempts, and the counts. */
export async function compareAll(model: Model, store: Store): Promise<void> {
  const real: Real = { store: () => store, reopen: async () => undefined };
  await comparePages(model, real);
  for (const id of model.runs) await compareRun(model, real, id);
  const [counted, expected] = [await store.stats(), model.ledger.stats()];
  expect({ ...counted, bytes: 0 }).toEqual(expected);
}

export async function comparePages(model: Model, real: Real): Promise<void> {
  const page = { limit: 500 };
  await ask(model, real, 'events', {}, page);
  await ask(model, real, 'deliveries', {}, page);
  await ask(model, real, 'runs', {}, page);
  await ask(model, real, 'lanes');
  await ask(model, real, 'nextDue', ['crm', 'mail', '*']);
}

export async function compareRun(model: Model, real: Real, id: string): Promise<void> {
  await ask(model, real, 'run', id);
  await ask(model, real, 'attempts', id);
}
