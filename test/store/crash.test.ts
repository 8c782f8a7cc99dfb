// A process that is killed at any moment has kept everything it acknowledged.

import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { delivery } from '../contract/rows.ts';
import { folder, startChild } from './folder.ts';

/** Ids among these that the store does not have whole. */
async function lost(store: Store, ids: readonly string[]): Promise<string[]> {
  const events = await Promise.all(ids.map((id) => store.event(id)));
  return ids.filter((_, index) => events[index]?.body.byteLength !== 700);
}

test('loses nothing acknowledged when it is killed under load', async () => {
  const dir = await folder();
  for (let round = 1; round <= 3; round++) {
    const child = startChild(['accept', dir]);
    await child.until((lines) => lines.length >= 200 * round);
    child.kill('SIGKILL');
    expect((await child.ended).signal).toBe('SIGKILL');
    const store = await openSqliteStore({ dir });
    expect(await lost(store, child.lines)).toEqual([]);
    const { events, deliveries } = await store.stats();
    expect(deliveries.accepted, 'an event and its delivery are one').toBe(events.pending);
    expect(events.pending).toBeGreaterThanOrEqual(child.lines.length);
    await store.close();
  }
});

test('keeps nothing of a commit that was cut before it was made, and acknowledged nothing of it', async () => {
  const dir = await folder();
  const child = startChild(['accept-one', dir], { failpoint: 'after-insert-before-commit:20' });
  expect((await child.ended).signal).toBe('SIGKILL');
  const store = await openSqliteStore({ dir });
  expect(child.lines).toHaveLength(19);
  expect(await lost(store, child.lines)).toEqual([]);
  expect((await store.stats()).events.pending, 'no more than was acknowledged').toBe(19);
  expect(await store.accept([delivery()])).toMatchObject([{ ok: true }]);
  await store.close();
});

test('would notice a process that acknowledges before the commit', async () => {
  const dir = await folder();
  const child = startChild(['accept-one-early', dir], { failpoint: 'after-insert-before-commit:20' });
  expect((await child.ended).signal).toBe('SIGKILL');
  const store = await openSqliteStore({ dir });
  expect(child.lines).toHaveLength(20);
  expect(await lost(store, child.lines)).toEqual(child.lines.slice(-1));
  await store.close();
});

test('refuses to start with a failpoint that does not exist', async () => {
  const child = startChild(['hold', await folder()], { failpoint: 'after-lunch' });
  const { code, errors } = await child.ended;
  expect(code).not.toBe(0);
  expect(errors).toContain('"after-lunch" names no failpoint');
});
