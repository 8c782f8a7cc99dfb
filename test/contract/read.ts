// Contract: lists come in pages, newest first, that neither repeat nor skip a row.

import { expect, test } from 'vitest';
import type { Page, Store } from '../../src/store/store.ts';
import { acceptOne, claimOne, day, delivery, newRun, plannedRun, refusal, runOf, start, update } from './rows.ts';
import type { Subject } from './store.ts';

/** Reads every page, while `between` changes the store after each. */
async function readAll(read: (page: Page) => Promise<readonly { id: string }[]>, between = async () => {}) {
  const ids: string[] = [];
  for (let before: string | undefined; ; before = ids.at(-1)) {
    const rows = await read({ limit: 3, before });
    if (rows.length === 0) return ids;
    ids.push(...rows.map(({ id }) => id));
    await between();
  }
}

async function acceptMany(store: Store, count: number, given: Parameters<typeof delivery>[0] = {}): Promise<string[]> {
  const items = Array.from({ length: count }, () => delivery(given));
  await store.accept(items);
  return items.map(({ eventId }) => eventId).toReversed();
}

export function readContract({ store }: Subject): void {
  test('pages through events while new ones arrive', async () => {
    const ids = await acceptMany(store(), 8);
    const seen = await readAll(
      (page) => store().events({}, page),
      async () => void (await acceptOne(store())),
    );
    expect(seen).toEqual(ids);
  });

  test('filters events by type, source and status', async () => {
    await acceptMany(store(), 4);
    const started = await acceptMany(store(), 4, { type: 'call.started' });
    const other = await acceptMany(store(), 4, { type: 'call.started', source: 'other' });
    const type = 'call.started';
    expect(await readAll((page) => store().events({ type }, page))).toEqual([...other, ...started]);
    expect(await readAll((page) => store().events({ type, source: 'truedy' }, page))).toEqual(started);
    await store().plan(started.map((eventId) => ({ eventId, runs: [] })));
    expect(await readAll((page) => store().events({ status: 'ignored' }, page))).toEqual(started);
    expect(await readAll((page) => store().events({ status: 'pending', source: 'other' }, page))).toEqual(other);
    expect(await store().events({ type: "' or 1=1 --" }, { limit: 10 })).toEqual([]);
  });

  test('lists events without their bodies, with how long those are', async () => {
    const ids = await acceptMany(store(), 5, { body: Buffer.from('{"a":"é"}') });
    await store().plan([{ eventId: ids[0] ?? '', runs: [], config: 'hash' }]);
    const rows = await store().eventRows({}, { limit: 10 });
    const whole = await store().events({}, { limit: 10 });
    expect(rows).toEqual(whole.map(({ body, ...event }) => ({ ...event, size: body.byteLength })));
    expect(rows[0]).toMatchObject({ status: 'ignored', config: 'hash', size: 10 });
    expect(await readAll((page) => store().eventRows({ status: 'pending' }, page))).toEqual(ids.slice(1));
  });

  test('ends a list at the id that bounds it', async () => {
    const ids = await acceptMany(store(), 8);
    const [newest = '', , , , , oldest = ''] = ids;
    const between = (page: Page) => ({ ...page, from: oldest });
    expect(await readAll((page) => store().eventRows({}, between(page)))).toEqual(ids.slice(0, 6));
    expect(await readAll((page) => store().events({}, { ...between(page), before: page.before ?? newest }))).toEqual(
      ids.slice(1, 6),
    );
    const delivered = await readAll((page) => store().deliveries({}, page));
    expect(await readAll((page) => store().deliveries({}, { ...page, from: delivered[3] }))).toEqual(
      delivered.slice(0, 4),
    );
    expect(await store().eventRows({}, { limit: 5, from: 'evt~' })).toEqual([]);
  });

  test('filters refused deliveries by source and reason', async () => {
    const [stale, other, mismatch] = [
      refusal({ reason: 'signature.stale' }),
      refusal({ reason: 'signature.stale', source: 'other' }),
      refusal({ reason: 'signature.mismatch' }),
    ];
    await acceptOne(store());
    await store().refuse([stale, other, mismatch]);
    const status = 'refused';
    const read = (filter: object) => readAll((page) => store().deliveries({ status, ...filter }, page));
    expect(await read({ reason: 'signature.stale' })).toEqual([other.id, stale.id].toSorted().toReversed());
    expect(await read({ reason: 'signature.stale', source: 'other' })).toEqual([other.id]);
    expect(await read({ source: 'nobody' })).toEqual([]);
    expect(await readAll((page) => store().deliveries({ source: 'other' }, page))).toEqual([other.id]);
  });

  test('lists deliveries in one order, whether or not they are named like their events', async () => {
    const items = Array.from({ length: 9 }, (_, index) => {
      const item = delivery();
      return index % 3 === 0 ? item : { ...item, deliveryId: `dlv${item.eventId.slice(3)}` };
    });
    const [first] = items;
    await store().accept(items);
    await store().accept([delivery({ key: first?.key ?? '' })]);
    await store().refuse([refusal()]);
    const ids = items
      .map(({ deliveryId }) => deliveryId)
      .sort()
      .toReversed();
    expect(await readAll((page) => store().deliveries({ status: 'accepted' }, page))).toEqual(ids);
    const all = await readAll((page) => store().deliveries({}, page));
    expect(all).toEqual(all.toSorted().toReversed());
    expect(all).toHaveLength(11);
    expect((await store().stats()).deliveries).toEqual({ accepted: 9, duplicate: 1, refused: 1 });
    for (const { deliveryId: id, eventId, headers, body } of items) {
      const found = [{ id, eventId, status: 'accepted', headers, size: body.byteLength, body: null, reason: null }];
      expect(await store().deliveries({ id }, { limit: 5 })).toMatchObject(found);
      expect((await store().deliveries({ eventId, status: 'accepted' }, { limit: 5 })).map((one) => one.id)).toEqual([
        id,
      ]);
      expect(await store().deliveries({ id, status: 'duplicate' }, { limit: 5 })).toEqual([]);
    }
    expect(await store().deliveries({ id: first?.eventId }, { limit: 5 })).toEqual([]);
  });

  test('pages through deliveries by event and status', async () => {
    const eventId = await acceptOne(store(), { key: 'k' });
    const repeats = Array.from({ length: 5 }, () => delivery({ key: 'k' }));
    await store().accept(repeats);
    await store().refuse([refusal(), refusal()]);
    await acceptOne(store());
    const duplicates = repeats.map(({ deliveryId }) => deliveryId).toReversed();
    expect(await readAll((page) => store().deliveries({ status: 'duplicate' }, page))).toEqual(duplicates);
    expect(await readAll((page) => store().deliveries({ eventId }, page))).toHaveLength(6);
    expect(await readAll((page) => store().deliveries({ eventId, status: 'accepted' }, page))).toHaveLength(1);
    expect(await readAll((page) => store().deliveries({}, page))).toHaveLength(9);
    const [repeat = ''] = duplicates;
    expect(await store().deliveries({ id: repeat }, { limit: 5 })).toMatchObject([
      { id: repeat, status: 'duplicate', eventId },
    ]);
    expect(await store().deliveries({ id: 'dlv_none' }, { limit: 5 })).toEqual([]);
  });

  test('pages through runs by event, workflow and status', async () => {
    const runs = [];
    for (let index = 0; index < 5; index++) runs.push(await plannedRun(store(), { workflow: `w${index % 2}` }));
    const ids = runs.map(({ id }) => id).toReversed();
    expect(await readAll((page) => store().runs({}, page))).toEqual(ids);
    expect(await readAll((page) => store().runs({ workflow: 'w1' }, page))).toEqual([ids[1], ids[3]]);
    const again = await store().replay(newRun(runs[0]?.eventId ?? '', { workflow: 'w0' }));
    const eventId = again.eventId;
    expect(await readAll((page) => store().runs({ eventId }, page))).toEqual([again.id, runs[0]?.id]);
    expect(await readAll((page) => store().runs({ status: 'held' }, page))).toEqual([]);
    expect(await readAll((page) => store().runs({ status: 'pending', workflow: 'w1' }, page))).toHaveLength(2);
    const lane = runs[0]?.lane ?? '';
    expect(await readAll((page) => store().runs({ lane, workflow: 'w1' }, page))).toEqual([ids[1], ids[3]]);
    expect(await readAll((page) => store().runs({ lane: 'nobody' }, page))).toEqual([]);
    expect(await readAll((page) => store().runs({ reason: 'in_doubt' }, page))).toEqual([]);
  });

  test('pages through what a connection still has to do, and with a status through what it was the last to do', async () => {
    const due = await plannedRun(store(), { dueAt: start + day });
    const claimed = await plannedRun(store());
    expect((await claimOne(store())).run.id).toBe(claimed.id);
    const held = await plannedRun(store(), { status: 'held', reason: 'paused', dueAt: null });
    // One of its steps is held, another waits.
    const both = await plannedRun(store(), { status: 'held', reason: 'in_doubt', dueAt: start + day });
    const over = await plannedRun(store(), { status: 'failed', dueAt: null, endedAt: start });
    await plannedRun(store(), { lane: 'mail' });
    const [lane, workflow] = [due.lane, due.workflow];
    const ids = [both, held, claimed, due].map(({ id }) => id);
    expect(await readAll((page) => store().runs({ lane }, page))).toEqual(ids);
    expect(await readAll((page) => store().runs({ lane, workflow }, page))).toEqual(ids);
    expect(await readAll((page) => store().runs({ lane, status: 'held' }, page))).toEqual([both.id, held.id]);
    expect(await readAll((page) => store().runs({ lane, status: 'running' }, page))).toEqual([claimed.id]);
    expect(await readAll((page) => store().runs({ lane, reason: 'paused' }, page))).toEqual([held.id]);
    expect(await readAll((page) => store().runs({ lane, eventId: due.eventId }, page))).toEqual([due.id]);
    expect(await readAll((page) => store().runs({ lane, status: 'failed' }, page))).toEqual([over.id]);
    const bounded = { limit: 5, before: both.id, from: claimed.id };
    expect((await store().runs({ lane }, bounded)).map(({ id }) => id)).toEqual([held.id, claimed.id]);
  });

  test('gives no more than 500 rows, and at least one, whatever is asked', async () => {
    const items = Array.from({ length: 510 }, () => delivery());
    await store().accept(items);
    for (const [limit, found] of [
      [10_000, 500],
      [1, 1],
      [0, 1],
      [-5, 1],
    ] as const) {
      expect(await store().events({}, { limit })).toHaveLength(found);
    }
  });

  test('continues from a row that is gone', async () => {
    const ids = await acceptMany(store(), 4);
    const before = `${(ids[1] ?? '').slice(0, -1)}~`;
    expect((await store().events({}, { limit: 2, before })).map(({ id }) => id)).toEqual([ids[1], ids[2]]);
  });

  test('answers null for what does not exist', async () => {
    expect(await store().event('evt_none')).toBeNull();
    expect(await store().run('run_none')).toBeNull();
  });

  test('shows a write to every read that follows it', async () => {
    await plannedRun(store());
    const { run, fence } = await claimOne(store());
    for (let index = 0; index < 20; index++) {
      const given = update(run, { startedAt: start + index });
      await store().record([{ runId: run.id, fence, update: given, release: false }]);
      expect((await runOf(store(), run.id)).run.startedAt).toBe(start + index);
    }
  });
}
