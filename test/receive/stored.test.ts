// The receiver together with the embedded store.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { startReceiver, type TestReceiver } from './receiver.ts';

const text = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString();
const page = { limit: 500 };

describe('a receiver on the embedded store', () => {
  let dir: string;
  let store: Store;
  let receiver: TestReceiver;

  const open = async (maxBytes?: number) => {
    store = await openSqliteStore({ dir, ...(maxBytes === undefined ? {} : { maxBytes }) });
    receiver = await startReceiver({ store });
  };
  const close = async () => {
    await receiver.stop();
    await store.close();
  };
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'hookline-receive-'));
    await open();
  });
  afterEach(async () => {
    await close();
    await rm(dir, { recursive: true });
  });

  it('makes one event of 1,000 copies at the same time', async () => {
    const body = JSON.stringify({ type: 'call.ended', id: 'same', data: {} });
    const answers = await Promise.all(Array.from({ length: 1000 }, () => receiver.post(body)));
    const outcomes = answers.map(({ status, headers }) => `${status} ${headers.get('hookline-delivery')}`);
    expect(outcomes.filter((outcome) => outcome === '204 accepted')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === '204 duplicate')).toHaveLength(999);
    expect(new Set(answers.map(({ headers }) => headers.get('hookline-event'))).size).toBe(1);
    expect(await store.events({}, page)).toHaveLength(1);
    const { deliveries } = await store.stats();
    expect(deliveries).toMatchObject({ accepted: 1, duplicate: 999 });
  });

  it('keeps bodies byte for byte over a restart, whatever is in them', async () => {
    const bodies = [
      '{"type":"a","id":"1","__proto__":{"x":1}}',
      '{"type":"z","type":"a","id":"2"}',
      '{"type":"a","id":"3","n":9007199254740993}',
      '{"type":"a","id":"4","s":"\\ud800"}',
      '{"type":"a","id":"x\\u0000y"}',
      '{"type":"a","id":"\\udc00"}',
      `{"type":"a","id":"${'x'.repeat(10_240)}"}`,
      '{\n  "type": "a",\n  "id": "5"\n}\n',
    ];
    const ids: string[] = [];
    for (const body of bodies) {
      const response = await receiver.post(body);
      expect([response.status, response.headers.get('hookline-delivery')], body).toEqual([204, 'accepted']);
      ids.push(response.headers.get('hookline-event') ?? '');
    }
    await close();
    await open();
    for (const [index, body] of bodies.entries()) {
      expect(text((await store.event(ids[index] ?? ''))?.body)).toBe(body);
      expect((await receiver.post(body)).headers.get('hookline-delivery')).toBe('duplicate');
    }
  });

  it('keeps the first body when the same id comes with another, and the other beside it', async () => {
    const first = '{"type":"a","id":"1","n":1}';
    const second = '{"type":"a","id":"1","n":2}';
    const id = (await receiver.post(first)).headers.get('hookline-event') ?? '';
    expect((await receiver.post(second)).headers.get('hookline-event')).toBe(id);
    expect(text((await store.event(id))?.body)).toBe(first);
    const deliveries = await store.deliveries({ eventId: id }, page);
    expect(deliveries.map(({ status, body }) => [status, text(body)])).toEqual([
      ['duplicate', second],
      ['accepted', ''],
    ]);
  });

  it('keeps refused deliveries with their reason', async () => {
    await receiver.post('{"a":1}', { secret: 'another secret' });
    await receiver.stop();
    const [refused] = await store.deliveries({ status: 'refused' }, page);
    expect(refused).toMatchObject({ source: 'acme', reason: 'signature.mismatch', size: 7, eventId: null });
    expect(text(refused?.body)).toBe('{"a":1}');
  });

  it('answers 503 when the disk is full, 204 again when it is not, and loses nothing it acknowledged', async () => {
    const { bytes } = await store.stats();
    await close();
    await open(bytes + 200_000);
    const large = (id: string) => JSON.stringify({ type: 'a', id, data: 'x'.repeat(20_000) });
    const acknowledged: string[] = [];
    let status = 204;
    for (let count = 0; status === 204 && count < 200; count++) {
      const response = await receiver.post(large(`l${count}`));
      status = response.status;
      if (status === 204) acknowledged.push(response.headers.get('hookline-event') ?? '');
      else expect(response.headers.get('retry-after')).toBe('10');
    }
    expect(status).toBe(503);
    await close();
    await open();
    expect((await receiver.post(large('after'))).status).toBe(204);
    const events = new Set((await store.events({}, page)).map(({ id }) => id));
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.filter((id) => !events.has(id))).toEqual([]);
  });
});
