// What every store must do; called once for each adapter.

import { afterEach, beforeEach, describe } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { acceptContract } from './accept.ts';
import { claimContract } from './claim.ts';
import { keepContract } from './keep.ts';
import { planContract } from './plan.ts';
import { pruneContract } from './prune.ts';
import { raiseContract } from './raise.ts';
import { readContract } from './read.ts';
import { recordContract } from './record.ts';
import { restartContract } from './restart.ts';
import { tallyContract } from './tally.ts';

/** One set of data of an adapter. */
export interface StorePlace {
  /** Opens it, again after a close. */
  open(): Promise<Store>;
  /** Removes the data; every store is closed by then. */
  remove(): Promise<void>;
}

/** What the tests of the contract are given. */
export interface Subject {
  readonly store: () => Store;
  /** Closes the store and opens it on the same data. */
  readonly reopen: () => Promise<Store>;
}

export function storeContract(name: string, make: () => Promise<StorePlace>): void {
  describe(name, () => {
    let place: StorePlace;
    let store: Store;
    beforeEach(async () => {
      place = await make();
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });
    const subject: Subject = {
      store: () => store,
      reopen: async () => {
        await store.close();
        store = await place.open();
        return store;
      },
    };
    describe('accepts and refuses deliveries', () => acceptContract(subject));
    describe('plans and replays', () => planContract(subject));
    describe('claims by lane', () => claimContract(subject));
    describe('records what owners write', () => recordContract(subject));
    describe('recovers after a restart', () => restartContract(subject));
    describe('raises events of our own', () => raiseContract(subject));
    describe('reads pages', () => readContract(subject));
    describe('keeps settings and counts', () => keepContract(subject));
    describe('counts over time', () => tallyContract(subject));
    describe('prunes', () => pruneContract(subject));
  });
}
