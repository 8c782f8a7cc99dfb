// The store contract on the embedded store.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { storeContract } from './store.ts';

storeContract('the embedded store', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hookline-contract-'));
  return {
    open: () => openSqliteStore({ dir }),
    remove: () => rm(dir, { recursive: true }),
  };
});
