// The embedded store gives the space of what is gone back to the disk; a database server keeps it for what comes.

import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { day, delivery, start } from '../contract/rows.ts';
import { folder } from './folder.ts';

test('gives the space of pruned events back', async () => {
  const store = await openSqliteStore({ dir: await folder() });
  const items = Array.from({ length: 1000 }, () => delivery({ body: new Uint8Array(8000) }));
  await store.accept(items);
  await store.plan(items.map(({ eventId }) => ({ eventId, runs: [] })));
  const full = (await store.stats()).bytes;
  const retention = { succeededMs: 30 * day, failedMs: 30 * day, deliveriesMs: 30 * day };
  while ((await store.prune(start + 31 * day, retention)) > 0);
  expect((await store.stats()).bytes).toBeLessThan(full / 4);
  await store.close();
});
