// Contract: counts over time, and the record of what people did.

import { expect, test } from 'vitest';
import type { Audit, Tally } from '../../src/store/store.ts';
import { start } from './rows.ts';
import type { Subject } from './store.ts';

const minute = 60_000;
const row = (over: Partial<Tally> = {}): Tally => ({
  at: start,
  kind: 'delivery',
  name: 'truedy',
  status: 'accepted',
  count: 1,
  ...over,
});

export function tallyContract({ store, reopen }: Subject): void {
  test('adds up the counts of a minute, also over a restart', async () => {
    await store().tally([row(), row({ count: 4 }), row({ status: 'refused' })]);
    const again = await reopen();
    await again.tally([row({ count: 10 }), row({ at: start + minute, kind: 'run', name: 'w', status: 'failed' })]);
    const found = await again.tallies(start);
    expect(found).toHaveLength(3);
    expect(found).toContainEqual(row({ count: 15 }));
    expect(found).toContainEqual(row({ status: 'refused' }));
    expect(found.at(-1)).toEqual(row({ at: start + minute, kind: 'run', name: 'w', status: 'failed' }));
    expect(await again.tallies(start + 1)).toHaveLength(1);
  });

  test('forgets counts after eight days', async () => {
    const kept = { succeededMs: Infinity, failedMs: Infinity, deliveriesMs: Infinity };
    await store().tally([row(), row({ at: start + 9 * 86_400_000 })]);
    while ((await store().prune(start + 9 * 86_400_000, kept)) > 0);
    expect(await store().tallies(0)).toEqual([row({ at: start + 9 * 86_400_000 })]);
  });

  test('keeps what people did, newest first', async () => {
    const entry = (number: number): Audit => ({
      id: `aud_${String(number).padStart(26, '0')}`,
      at: start + number,
      role: 'operator',
      from: '127.0.0.1',
      action: 'retry',
      target: 'run_1',
      ok: number % 2 === 0,
    });
    for (const number of [1, 2, 3]) await store().audit(entry(number));
    expect(await store().audits({ limit: 2 })).toEqual([entry(3), entry(2)]);
    expect(await (await reopen()).audits({ limit: 2, before: entry(2).id })).toEqual([entry(1)]);
  });
}
