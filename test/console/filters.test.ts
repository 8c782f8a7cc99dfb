// The filters of the lists: one grammar for the page, the API and the commands, and no way to ask for too much.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOfId } from '../../src/core/id.ts';
import { accept, holdRun, id, openLedger, start, type Ledger } from './ledger.ts';

let ledger: Ledger;
/** An event that arrived so many seconds after the start, with an id that says so. */
const at = (seconds: number) => `${startOfId('evt', start + seconds * 1000)}${'0'.repeat(16)}`;
const iso = (seconds: number) => new Date(start + seconds * 1000).toISOString();

beforeAll(async () => {
  ledger = await openLedger({ clock: () => start + 3600_000 });
  for (const seconds of [10, 20, 30, 1800, 3590]) {
    const named = { eventId: at(seconds), deliveryId: at(seconds).replace('evt', 'dlv') };
    await accept(ledger.store, seconds, { ...named, receivedAt: start + seconds * 1000 });
  }
  const refused = { receivedAt: start, headers: [], size: 3, body: Buffer.from('abc') };
  await ledger.store.refuse([
    { ...refused, id: id('dlv', 1), source: 'truedy', reason: 'signature.stale' },
    { ...refused, id: id('dlv', 2), source: 'other', reason: 'signature.stale' },
    { ...refused, id: id('dlv', 3), source: 'truedy', reason: 'signature.mismatch' },
  ]);
});
afterAll(() => ledger.close());

async function ids(path: string): Promise<string[]> {
  const { status, answer } = await ledger.call(`/api/${path}`);
  expect(status, path).toBe(200);
  return (answer as { items: { id: string }[] }).items.map((item) => item.id);
}

describe('a list is bounded', () => {
  it('by a time from and a time to, which is not part of it', async () => {
    expect(await ids(`events?from=${iso(20)}&to=${iso(1800)}`)).toEqual([at(30), at(20)]);
    expect(await ids(`events?to=${iso(10)}`)).toEqual([]);
    expect(await ids(`events?from=${iso(3590)}`)).toEqual([at(3590)]);
    expect(await ids('events?from=2026-11-23&to=2026-11-24')).toHaveLength(5);
    expect(await ids(`deliveries?status=accepted&from=${iso(20)}&to=${iso(1800)}`)).toHaveLength(2);
  });

  it('by how long ago', async () => {
    expect(await ids('events?from=15m')).toEqual([at(3590)]);
    expect(await ids('events?from=31m&to=20s')).toEqual([at(1800)]);
    expect(await ids('events?from=7d')).toHaveLength(5);
  });

  it('by an id or what one begins with', async () => {
    expect(await ids(`events?id=${at(30)}`)).toEqual([at(30)]);
    expect(await ids(`events?id=${startOfId('evt', start + 20_000)}`)).toEqual([at(20)]);
    expect(await ids('events?id=run_0')).toEqual([]);
    expect(await ids(`events?id=${at(30)}&from=1m`)).toEqual([]);
  });

  it('in pages that stay inside', async () => {
    const { answer } = await ledger.call(`/api/events?from=${iso(20)}&limit=3`);
    const { next } = answer as { next: string | null };
    expect(next).toBe(at(30));
    expect(await ids(`events?from=${iso(20)}&before=${next}`)).toEqual([at(20)]);
    expect(await ids(`events?to=${iso(20)}&before=${at(3590)}`)).toEqual([at(10)]);
  });
});

describe('a filter', () => {
  it('finds refused deliveries by source and reason', async () => {
    expect(await ids('deliveries?reason=signature.stale')).toEqual([id('dlv', 2), id('dlv', 1)]);
    expect(await ids('deliveries?reason=signature.stale&source=truedy')).toEqual([id('dlv', 1)]);
    expect(await ids('deliveries?status=accepted&reason=signature.stale')).toEqual([]);
  });

  it('finds runs by what holds them and the connection they need', async () => {
    await holdRun(ledger.store);
    expect(await ids('runs?reason=in_doubt')).toEqual([id('run', 1)]);
    expect(await ids('runs?reason=paused')).toEqual([]);
    expect(await ids('runs?connection=mail&status=held')).toEqual([id('run', 1)]);
    expect(await ids('runs?connection=crm')).toEqual([]);
  });

  it.each([
    'events?from=yesterday',
    'events?from=2026-13-45',
    'events?to=9999999d',
    'events?from=-1h',
    "events?id=' or 1=1 --",
    'events?id=evt_%25',
    'events?before=evt_~',
    'runs?reason=bored',
    'events?limit=1e9',
    'events?limit=-1',
  ])('that makes no sense is refused: %s', async (path) => {
    expect((await ledger.call(`/api/${path}`)).status).toBe(400);
  });

  it.each(['events?type=%27%20OR%201%3D1%20--', 'runs?connection=%27%3B', 'deliveries?reason=%27%22'])(
    'is compared, never interpreted: %s',
    async (path) => {
      expect(await ids(path)).toEqual([]);
    },
  );
});
