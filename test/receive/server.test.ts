import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { HostError } from '../../src/core/errors.ts';
import { readyAcme, secret, signed, startReceiver, talk, type StartOptions, type TestReceiver } from './receiver.ts';

let running: TestReceiver[] = [];
afterEach(async () => {
  await Promise.all(running.map((receiver) => receiver.stop()));
  running = [];
});

async function start(options: StartOptions = {}): Promise<TestReceiver> {
  const receiver = await startReceiver(options);
  running.push(receiver);
  return receiver;
}

const event = (id: string) => JSON.stringify({ type: 'call.ended', id, data: { n: 1 } });
const reasonOf = async (response: Response) => ((await response.json()) as { reason: string }).reason;

describe('an accepted delivery', () => {
  it('is answered 204 with the event, once stored byte for byte', async () => {
    const { post, store, happenings, remembered } = await start();
    const body = JSON.stringify({ type: 'call.ended', id: 'e1' }, null, 4);
    const response = await post(body, { headers: { 'content-type': 'application/json', 'user-agent': 'sender/1' } });
    const [stored] = store.deliveries;
    expect(response.status).toBe(204);
    expect(response.headers.get('hookline-delivery')).toBe('accepted');
    expect(response.headers.get('hookline-event')).toBe(stored?.eventId);
    expect(Buffer.from(stored?.body ?? []).toString()).toBe(body);
    expect(stored).toMatchObject({ source: 'acme', type: 'call.ended', key: 'call.ended:e1', rule: 'id' });
    expect(remembered.get(stored?.eventId ?? '')).toEqual({
      data: { type: 'call.ended', id: 'e1' },
      body: { type: 'call.ended', id: 'e1' },
    });
    expect(happenings).toEqual([
      {
        kind: 'delivery',
        status: 'accepted',
        source: 'acme',
        deliveryId: stored?.deliveryId,
        eventId: stored?.eventId,
        type: 'call.ended',
        reason: null,
      },
    ]);
  });

  it('is a duplicate of the first when its key is known, and says so', async () => {
    const { post, store } = await start();
    const first = await post(event('e1'));
    const second = await post(event('e1'));
    expect(second.status).toBe(204);
    expect(second.headers.get('hookline-delivery')).toBe('duplicate');
    expect(second.headers.get('hookline-event')).toBe(first.headers.get('hookline-event'));
    expect(store.events.size).toBe(1);
  });

  it('is answered only after the commit', async () => {
    const { post, store } = await start();
    let commit = () => undefined as void;
    const reached = new Promise<void>((entered) => {
      store.before = () => {
        entered();
        return new Promise((resolve) => {
          commit = resolve;
        });
      };
    });
    let answered = false;
    const answer = post(event('e1')).then((response) => {
      answered = true;
      return response.status;
    });
    await reached;
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    commit();
    expect(await answer).toBe(204);
  });

  it('makes one event of 1,000 copies at the same time', async () => {
    const { url, store } = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 200 });
    const body = event('same');
    const statuses = await Promise.all(
      Array.from(
        { length: 1000 },
        () =>
          new Promise<number | undefined>((resolve, reject) => {
            const sent = httpRequest(
              `${url}/webhooks/acme`,
              { method: 'POST', agent, headers: signed(body) },
              (answer) => {
                answer.resume().on('end', () => resolve(answer.statusCode));
              },
            );
            sent.on('error', reject);
            sent.end(body);
          }),
      ),
    );
    agent.destroy();
    expect(new Set(statuses)).toEqual(new Set([204]));
    expect(store.deliveries).toHaveLength(1000);
    expect(store.events.size).toBe(1);
  });

  it.each<[string, string]>([
    ['__proto__', '{"type":"a","id":"1","__proto__":{"x":1},"constructor":{"prototype":{"y":1}}}'],
    ['equal keys', '{"type":"a","type":"b","id":"1"}'],
    ['2^53+1', '{"type":"a","id":"1","n":9007199254740993}'],
    ['a lone surrogate', '{"type":"a","id":"1","s":"\\ud800"}'],
    ['blanks everywhere', '  {\n\t"type" : "a" , "id":"1" }\r\n'],
  ])('is stored byte for byte with %s', async (_case, body) => {
    const { post, store } = await start();
    expect((await post(body)).status).toBe(204);
    expect(Buffer.from(store.deliveries[0]?.body ?? []).toString()).toBe(body);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it.each([
    'application/json; charset=x',
    'text/plain',
    'json',
    'application/octet-stream',
    ';',
    'application/vnd.acme+json',
  ])('may have the content type %j', async (type) => {
    const { post } = await start();
    expect((await post(event('e1'), { headers: { 'content-type': type } })).status).toBe(204);
  });

  it('may have another status that its sender wants', async () => {
    const { post } = await start({ source: { status: 200 } });
    expect((await post(event('e1'))).status).toBe(200);
  });

  it('is stored with its headers, but without what lets somebody in', async () => {
    const { post, store } = await start({
      source: { scheme: { algorithm: 'token', signature: { header: 'X-Letmein' } } },
    });
    const headers = {
      'x-letmein': secret,
      authorization: 'Basic c2VjcmV0',
      cookie: 'session=c2VjcmV0',
      'x-api-key': 'c2VjcmV0',
      'x-acme-signature': 'c2VjcmV0',
      'x-amz-security-token': 'c2VjcmV0',
      'strange-header': 'c2VjcmV0',
      'x-request-id': 'r-1',
      'user-agent': 'sender/1',
    };
    expect((await post(event('e1'), { headers, signed: false })).status).toBe(204);
    const stored = store.deliveries[0]?.headers ?? [];
    expect(JSON.stringify(stored)).not.toMatch(/c2VjcmV0|a-secret/);
    expect(stored).toEqual(
      expect.arrayContaining([
        ['x-request-id', 'r-1'],
        ['user-agent', 'sender/1'],
      ]),
    );
  });

  it('keeps its answer when a watcher fails', async () => {
    const { post, log } = await start({
      notify: () => {
        throw new Error('no terminal');
      },
    });
    expect((await post(event('e1'))).status).toBe(204);
    expect(log.lines.map(({ message }) => message)).toEqual(['a watcher of deliveries failed']);
  });
});

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

describe('a handshake', () => {
  const handshake: StartOptions = {
    source: {
      handshake: ({ body }) => {
        const { challenge } = body as { challenge?: string };
        return challenge === undefined ? null : { status: 200, contentType: 'text/plain', body: challenge };
      },
    },
  };

  it('is answered and not stored when it is truly signed', async () => {
    const { post, store } = await start(handshake);
    const response = await post('{"challenge":"abc"}');
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'text/plain',
      'abc',
    ]);
    expect(store.deliveries).toEqual([]);
    expect((await post(event('e1'))).status).toBe(204);
  });

  it('is never answered on a wrong signature', async () => {
    const { post } = await start(handshake);
    const response = await post('{"challenge":"abc"}', { secret: 'another secret' });
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain('abc');
  });
});

describe('the server', () => {
  it('tells whether it lives and whether it is ready', async () => {
    let ok = true;
    const { url } = await start({ ready: async () => ({ ok, detail: { store: ok ? 'ok' : 'full' } }) });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, store: 'ok' }]);
    ok = false;
    const unready = await fetch(`${url}/readyz`);
    expect([unready.status, await unready.json()]).toEqual([503, { ready: false, store: 'full' }]);
  });

  it('is not ready when nobody can say', async () => {
    const { url } = await start({ ready: () => Promise.reject(new Error('gone')) });
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
  });

  it('takes new sources and secrets while it runs', async () => {
    const { post, receiver } = await start();
    receiver.setSources(new Map([['acme', readyAcme({ secrets: ['new secret', secret] })]]));
    expect((await post(event('e1'), { secret: 'new secret' })).status).toBe(204);
    expect((await post(event('e2'))).status).toBe(204);
    receiver.setSources(new Map());
    expect((await post(event('e3'))).status).toBe(404);
  });

  it('says which setting to change when its port is taken', async () => {
    const { url } = await start();
    await expect(startReceiver({ env: { PORT: new URL(url).port } })).rejects.toMatchObject({ code: 'port.taken' });
  });

  it('finishes the requests under way when it stops, and takes no more', async () => {
    const { post, store, receiver, url } = await startReceiver();
    let commit = () => undefined as void;
    const reached = new Promise<void>((entered) => {
      store.before = () => {
        entered();
        return new Promise((resolve) => {
          commit = resolve;
        });
      };
    });
    const answer = post(event('e1'));
    await reached;
    const stopped = receiver.stop();
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
    commit();
    expect((await answer).status).toBe(204);
    await stopped;
  });

  it('does not wait for ever for a request that is never finished when it stops', async () => {
    const { receiver, url } = await startReceiver({ env: { SHUTDOWN_GRACE: '200ms' } });
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('POST /webhooks/acme HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
    await fetch(`${url}/livez`);
    const closed = once(socket, 'close');
    await receiver.stop();
    await closed;
  });
});
