// Contract: deliveries become events once, byte for byte, and a bad one harms no other.

import { expect, test } from 'vitest';
import type { AcceptDelivery } from '../../src/store/store.ts';
import { acceptOne, bytes, day, delivery, eventOf, makeId, refusal, start } from './rows.ts';
import type { Subject } from './store.ts';

export function acceptContract({ store, reopen }: Subject): void {
  test('keeps an event as it was received, also over a restart', async () => {
    const item = delivery({
      headers: [
        ['x-one', 'a'],
        ['x-one', 'b'],
      ],
    });
    expect(await store().accept([item])).toEqual([
      { ok: true, value: { status: 'accepted', eventId: item.eventId, differs: false } },
    ]);
    const kept = await reopen();
    const { eventId: id, source, type, key, rule, time, receivedAt, body } = item;
    const event = { id, source, type, key, rule, time, receivedAt, body };
    expect(await kept.event(id)).toEqual({ ...event, status: 'pending', matched: [] });
    expect(await kept.deliveries({}, { limit: 10 })).toEqual([
      {
        id: item.deliveryId,
        source,
        status: 'accepted',
        receivedAt,
        headers: item.headers,
        reason: null,
        eventId: id,
        size: body.byteLength,
        body: null,
      },
    ]);
  });

  const bodies: readonly (readonly [string, Uint8Array])[] = [
    ['nothing', new Uint8Array(0)],
    ['invalid UTF-8 and every byte', Uint8Array.from({ length: 256 }, (_, index) => index)],
    ['an escaped lone surrogate', bytes('{"id":"\\ud800"}')],
    ['an encoded lone surrogate', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ['NUL, a byte order mark and line ends', bytes('\ufeff{"a":\u0000}\r\n\n')],
    ['a mebibyte', new Uint8Array(1024 * 1024).fill(0xff)],
    ['a part of a larger buffer', Buffer.from('before {"a":1} after').subarray(7, 14)],
  ];
  test.each(bodies)('returns the same bytes: %s', async (_, body) => {
    const id = await acceptOne(store(), { body });
    expect(Buffer.compare((await eventOf(store(), id)).body, body)).toBe(0);
  });

  test('keeps an event that nobody wants as ignored, and leaves nothing of it to plan', async () => {
    const [wanted, apart] = [delivery(), delivery({ ignoredBy: 'h2' })];
    const named = makeId('evt').slice(3);
    const alike = delivery({ eventId: `evt${named}`, deliveryId: `dlv${named}`, ignoredBy: 'h1' });
    const answers = await store().accept([alike, wanted, apart]);
    expect(answers.map((answer) => answer.ok && answer.value.status)).toEqual(['accepted', 'accepted', 'accepted']);
    expect((await store().pending(10)).map(({ id }) => id)).toEqual([wanted.eventId]);
    const kept = await reopen();
    expect(await eventOf(kept, alike.eventId)).toMatchObject({ status: 'ignored', matched: [], config: 'h1' });
    expect(await eventOf(kept, apart.eventId)).toMatchObject({ status: 'ignored', matched: [], config: 'h2' });
    expect((await kept.events({ status: 'ignored' }, { limit: 10 })).map(({ id }) => id).sort()).toEqual(
      [alike.eventId, apart.eventId].sort(),
    );
  });

  test('makes one event of many deliveries with one key', async () => {
    const first = delivery({ key: 'k' });
    const again = delivery({ key: 'k', body: first.body });
    const other = delivery({ key: 'k', body: bytes('{}') });
    await store().accept([first]);
    expect(await store().accept([again, other])).toEqual([
      { ok: true, value: { status: 'duplicate', eventId: first.eventId, differs: false } },
      { ok: true, value: { status: 'duplicate', eventId: first.eventId, differs: true } },
    ]);
    expect(await store().events({}, { limit: 10 })).toHaveLength(1);
    const [latest, earlier] = await store().deliveries({ status: 'duplicate' }, { limit: 10 });
    expect(latest).toMatchObject({ id: other.deliveryId, eventId: first.eventId, body: bytes('{}'), size: 2 });
    expect(earlier).toMatchObject({ id: again.deliveryId, body: null, size: first.body.byteLength });
    expect(await store().event(other.eventId)).toBeNull();
  });

  test('finds equal keys inside one batch and among concurrent batches', async () => {
    const items = Array.from({ length: 40 }, () => delivery({ key: 'k' }));
    const answers = await Promise.all([store().accept(items.slice(0, 20)), store().accept(items.slice(20))]);
    const values = answers.flat().map((settled) => (settled.ok ? settled.value : null));
    expect(values.filter((value) => value?.status === 'accepted')).toHaveLength(1);
    expect(new Set(values.map((value) => value?.eventId)).size).toBe(1);
  });

  test('tells keys apart exactly', async () => {
    const keys = ['k', 'K', 'k ', 'k\u0000', 'k\u0000x', '\ud800', '\ud801', '\ufffd', 'é', 'e\u0301', ''];
    const settled = await store().accept(keys.map((key) => delivery({ key })));
    expect(settled.map((item) => item.ok && item.value.status)).toEqual(keys.map(() => 'accepted'));
    const elsewhere = await store().accept([delivery({ key: 'k', source: 'other' })]);
    expect(elsewhere).toMatchObject([{ value: { status: 'accepted' } }]);
  });

  test('refuses a bad row alone', async () => {
    const taken = delivery();
    await store().accept([taken]);
    const good = [delivery(), delivery()] as const;
    const sameDelivery = delivery({ deliveryId: taken.deliveryId });
    const sameEvent = delivery({ eventId: taken.eventId });
    const batch: AcceptDelivery[] = [good[0], sameDelivery, sameEvent, good[1]];
    const settled = await store().accept(batch);
    expect(settled.map(({ ok }) => ok)).toEqual([true, false, false, true]);
    expect(await store().event(good[0].eventId)).not.toBeNull();
    expect(await store().event(good[1].eventId)).not.toBeNull();
    expect(await store().event(sameDelivery.eventId), 'nothing is left of a refused row').toBeNull();
    const retried = await store().accept([{ ...sameDelivery, deliveryId: makeId('dlv') }]);
    expect(retried, 'its key was not taken').toMatchObject([{ value: { status: 'accepted' } }]);
  });

  test('takes a key again once its mark has expired', async () => {
    await acceptOne(store(), { key: 'k', receivedAt: start, keepUntil: start + day });
    const before = delivery({ key: 'k', receivedAt: start + day - 1 });
    const after = delivery({ key: 'k', receivedAt: start + day });
    const settled = await store().accept([before, after]);
    expect(settled.map((item) => item.ok && item.value.status)).toEqual(['duplicate', 'accepted']);
  });

  test('keeps refused deliveries with their reason', async () => {
    const item = refusal({ body: Uint8Array.of(0, 255) });
    await store().refuse([item, refusal({ reason: 'signature.stale' })]);
    const { id, source, receivedAt, reason, headers, size, body } = item;
    const listed = await store().deliveries({ status: 'refused' }, { limit: 10 });
    expect(listed).toHaveLength(2);
    const kept = { id, source, receivedAt, reason, headers, size, body };
    expect(listed[1]).toEqual({ ...kept, status: 'refused', eventId: null });
    expect(await store().events({}, { limit: 10 })).toHaveLength(0);
  });
}
