// The embedded store does what the model in memory does, whatever is asked in whatever order.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { createLedger } from './ledger.ts';
import { commands, quarrels } from './ledger-commands.ts';
import { compareAll, freshModel } from './ledger-compare.ts';
import type { Ledger } from './tables.ts';

// The store's thread then need not compile its code anew each time.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'hookline-compile-cache');

async function compare(ledger: () => Ledger, list: typeof commands, runs: number): Promise<void> {
  const property = fc.asyncProperty(list, async (list) => {
    const dir = mkdtempSync(join(tmpdir(), 'hookline-ledger-'));
    let store = await openSqliteStore({ dir });
    const reopen = async () => {
      await store.close();
      store = await openSqliteStore({ dir });
    };
    try {
      const model = freshModel(ledger());
      await fc.asyncModelRun(() => ({ model, real: { store: () => store, reopen } }), list);
      await compareAll(model, store);
    } finally {
      await store.close();
      rmSync(dir, { recursive: true, force: true });
    }
  });
  await fc.assert(property, { numRuns: runs, endOnFailure: true, seed: 20_311_104 });
}

it('holds for the embedded store', { timeout: 60_000 }, async () => {
  await compare(createLedger, commands, 20);
});

it.each<readonly [string, (ledger: Ledger) => Ledger]>([
  [
    'that forgets keys',
    (ledger) => ({
      ...ledger,
      accept: (batch) => ledger.accept(batch.map((item) => ({ ...item, keepUntil: item.receivedAt }))),
    }),
  ],
  [
    'without fences',
    (ledger) => ({
      ...ledger,
      record: (batch) =>
        ledger.record(batch.map((item) => ({ ...item, fence: ledger.run(item.runId)?.fence ?? item.fence }))),
    }),
  ],
  ['that leaves what an owner had', (ledger) => ({ ...ledger, recover: () => 0 })],
])('would tell a store %s from one that is right', { timeout: 60_000 }, async (_, change) => {
  await expect(compare(() => change(createLedger()), quarrels, 60)).rejects.toThrow();
});
