// What becomes of a delivery that is not taken: its fault, or ours.

import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { HostError } from '../../src/core/errors.ts';
import { event, reasonOf, secret, talk, trackReceivers, type StartOptions } from './receiver.ts';

const running = trackReceivers();
afterEach(running.stop);
const { start } = running;

describe('a refused delivery', () => {
  it('is answered 401 with its reason, and kept with its first bytes and without its signature', async () => {
    const { post, refused, happenings } = await start();
    const body = JSON.stringify({ long: 'x'.repeat(5000) });
    const response = await post(body, { secret: 'another secret' });
    expect(response.status).toBe(401);
    expect(await reasonOf(response)).toBe('signature.mismatch');
    const [kept] = await refused();
    expect(kept).toMatchObject({ source: 'acme', reason: 'signature.mismatch', size: body.length });
    expect(Buffer.from(kept?.body ?? []).toString()).toBe(body.slice(0, 1024));
    expect(kept?.headers.map(([name]) => name)).not.toContain('x-acme-signature');
    expect(happenings[0]).toMatchObject({ status: 'refused', reason: 'signature.mismatch', deliveryId: kept?.id });
  });

  it('never says what was expected', async () => {
    const { post } = await start();
    const text = await (await post(event('e1'), { secret: 'another secret' })).text();
    expect(text).not.toContain(secret);
    expect(text).not.toMatch(/[0-9a-f]{32}/);
  });

  it.each<[string, number, string, string | Uint8Array, Record<string, string>?]>([
    ['no JSON', 400, 'body.malformed', '{"a":'],
    ['nothing', 400, 'body.malformed', ''],
    ['JSON and rubbish', 400, 'body.malformed', '{} x'],
    ['invalid UTF-8', 400, 'body.malformed', Buffer.from([0x22, 0xff, 0x22])],
    ['100,000 levels', 400, 'body.depth', '['.repeat(100_000)],
    ['a form', 415, 'body.type', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['several parts', 415, 'body.type', '--x', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['a compressed body', 415, 'body.encoding', gzipSync('{}'), { 'content-encoding': 'gzip' }],
    ['a body said to be compressed', 415, 'body.encoding', '{}', { 'content-encoding': 'br' }],
  ])('although truly signed, for %s', async (_case, status, reason, body, headers = {}) => {
    const { post, store, refused } = await start();
    const response = await post(body, { headers });
    expect([response.status, await reasonOf(response)]).toEqual([status, reason]);
    expect(store.deliveries).toEqual([]);
    expect(await refused()).toHaveLength(1);
  });

  it('is answered 404 for a source that does not exist, whatever its name', async () => {
    const { post } = await start();
    for (const source of ['other', '__proto__', 'constructor', '%2e%2e', 'acme/', 'acme%2f', 'x'.repeat(90)]) {
      expect((await post(event('e1'), { source })).status).toBe(404);
    }
    expect((await post(event('e1'), { source: 'x'.repeat(200) })).status).toBe(414);
    expect((await post(event('e1'))).status).toBe(204);
  });

  it('is answered 413 at one byte more than the limit, announced or not', async () => {
    const { post, url, store, refused } = await start({ env: { BODY_LIMIT: '1000' } });
    const body = (size: number) => `{"id":"${'x'.repeat(size - 9)}"}`;
    expect((await post(body(1000))).status).toBe(204);
    const response = await post(body(1001));
    expect([response.status, await reasonOf(response)]).toEqual([413, 'body.too-large']);
    const chunk = `3e9\r\n${'x'.repeat(1001)}\r\n`;
    const chunked = await talk(
      url,
      `POST /webhooks/acme HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`,
    );
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
    expect(store.deliveries).toHaveLength(1);
    expect((await refused()).map(({ reason, size }) => [reason, size])).toEqual([
      ['body.too-large', 1001],
      ['body.too-large', 0],
    ]);
  });

  it('is kept at most 50 times a second; more are told and counted', async () => {
    const { post, store, refused, happenings, receiver, log } = await start();
    await Promise.all(Array.from({ length: 120 }, () => post('{}', { signed: false })));
    await refused();
    await receiver.stop();
    expect(happenings).toHaveLength(120);
    // The 120 may fall into two seconds.
    expect(store.refused.length).toBeGreaterThanOrEqual(50);
    expect(store.refused.length).toBeLessThanOrEqual(100);
    const left = log.lines.reduce((sum, { fields }) => sum + Number(fields['onlyCounted'] ?? 0), 0);
    expect(store.refused.length + left).toBe(120);
  });

  it('is answered also when it cannot be kept', async () => {
    const { post, store, refused, log } = await start();
    store.before = () => {
      throw new Error('disk full');
    };
    expect((await post('{}', { signed: false })).status).toBe(401);
    await refused();
    expect(log.lines.map(({ message }) => message)).toEqual(['refused deliveries could not be kept']);
  });
});

describe('a delivery that is our fault', () => {
  it('is answered 503 with Retry-After when the store takes no write, and 204 once it does again', async () => {
    const { post, store, happenings, log } = await start();
    store.before = () => {
      throw new HostError('store.unavailable', { why: 'disk full' });
    };
    for (let count = 0; count < 3; count++) {
      const response = await post(event('e1'));
      expect([response.status, response.headers.get('retry-after'), await reasonOf(response)]).toEqual([
        503,
        '10',
        'store.unavailable',
      ]);
    }
    expect(happenings.at(-1)).toMatchObject({ status: 'refused', reason: 'store.unavailable', eventId: null });
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    store.before = () => undefined;
    expect((await post(event('e1'))).status).toBe(204);
  });

  it('stands alone when only its row is bad', async () => {
    const { post, store } = await start();
    const { accept } = store;
    store.accept = async (batch) => {
      const settled = await accept(batch);
      return settled.map((item, index) =>
        batch[index]?.key === 'call.ended:bad' ? { ok: false, error: new Error('bad row') } : item,
      );
    };
    const statuses = await Promise.all(['one', 'bad', 'two'].map(async (id) => (await post(event(id))).status));
    expect(statuses).toEqual([204, 503, 204]);
  });

  it.each<[string, StartOptions]>([
    ['no secret', { secrets: [] }],
    ['an empty secret', { secrets: [''] }],
    ['an empty secret beside a good one', { secrets: [secret, ' '] }],
    [
      'a scheme that cannot work',
      { source: { scheme: { algorithm: 'hmac-sha256', signature: { header: 'S' }, content: '{id}{body}' } } },
    ],
    [
      'settings that throw',
      {
        source: {
          scheme: () => {
            throw new Error('bad settings');
          },
        },
      },
    ],
  ])('is answered 503 for a source with %s', async (_case, options) => {
    const { post, log } = await start(options);
    const response = await post(event('e1'), { secret: 'x' });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10']);
    expect(await reasonOf(response)).toBe('source.fault');
    expect(log.lines[0]?.message).toContain('source "acme" is answered 503');
    expect(JSON.stringify(log.lines)).not.toContain(secret);
  });

  it('is answered 503 when code of a source throws', async () => {
    const { post } = await start({
      source: {
        identify: () => {
          throw new Error('bug');
        },
      },
    });
    expect((await post(event('e1'))).status).toBe(503);
  });

  it('is refused when a source that verifies by code throws', async () => {
    const { post } = await start({
      source: {
        verify: () => {
          throw new Error('bug');
        },
      },
    });
    expect((await post(event('e1'))).status).toBe(401);
  });
});
