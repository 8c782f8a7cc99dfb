// The store contract on the embedded store.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { storeContract } from './store.ts';

// The store's thread then need not compile its code anew for each test.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'hookline-compile-cache');

storeContract('the embedded store', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hookline-contract-'));
  return {
    open: () => openSqliteStore({ dir }),
    remove: () => rm(dir, { recursive: true }),
  };
});
