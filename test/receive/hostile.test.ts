// What no honest client sends, and what slow ones do.

import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signed, startReceiver, talk, type TestReceiver } from './receiver.ts';

const event = (id: string) => JSON.stringify({ type: 'call.ended', id });

/** A well-formed, signed request with more header lines. */
function whole(body: string, lines: readonly string[] = []): string {
  const headers = Object.entries(signed(body)).map(([name, value]) => `${name}: ${value}`);
  return [
    'POST /webhooks/acme HTTP/1.1',
    'Host: localhost',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    ...lines,
    '',
    body,
  ].join('\r\n');
}

const raw = (start: string, lines: readonly string[], body = '') => [start, ...lines, '', body].join('\r\n');
const post = 'POST /webhooks/acme HTTP/1.1';
const host = 'Host: x';

/** Status of the first answer; null when the connection was closed without one. */
const statusOf = (answer: string) => /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? null;
const hasAnswer = (answer: string) => /\r\n\r\n/.test(answer);

describe('malformed HTTP', () => {
  let receiver: TestReceiver;
  beforeAll(async () => {
    receiver = await startReceiver({ env: { REQUEST_TIMEOUT: '1500ms' } });
  });
  afterAll(() => receiver.stop());

  it.each<[string, string]>([
    ['68 length and chunks', raw(post, [host, 'Content-Length: 4', 'Transfer-Encoding: chunked'], '0\r\n\r\n')],
    ['69 two lengths', raw(post, [host, 'Content-Length: 2', 'Content-Length: 3'], '{}')],
    ['69b a negative length', raw(post, [host, 'Content-Length: -1'], '{}')],
    ['69c a length that is no number', raw(post, [host, 'Content-Length: 2x'], '{}')],
    ['70 bare line feeds', 'POST /webhooks/acme HTTP/1.1\nHost: x\nContent-Length: 2\n\n{}'],
    ['71 a folded header', raw(post, [host, 'X-Acme: a\r\n b', 'Content-Length: 0'])],
    ['72 a blank before the colon', raw(post, [host, 'Content-Length : 2'], '{}')],
    ['73 NUL in a header', raw(post, [host, 'X-Acme: a\u0000b', 'Content-Length: 2'], '{}')],
    ['74 a header of 20 kB', raw(post, [host, `X-Acme: ${'a'.repeat(20_000)}`, 'Content-Length: 2'], '{}')],
    [
      '75 2,000 headers',
      raw(post, [host, ...Array.from({ length: 2000 }, (_, n) => `X-${n}: ${n}`), 'Content-Length: 2'], '{}'),
    ],
    ['79 no host', raw(post, ['Content-Length: 2'], '{}')],
    ['80 CONNECT', raw('CONNECT example.com:443 HTTP/1.1', ['Host: example.com'])],
    ['80b TRACE', raw('TRACE /webhooks/acme HTTP/1.1', [host])],
    ['80c PRI', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['80d a TLS hello', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
    ['81 half an escape', raw('POST /webhooks/%zz HTTP/1.1', [host, 'Content-Length: 2'], '{}')],
    ['82 dots in the path', raw('POST /webhooks/%2e%2e/admin HTTP/1.1', [host, 'Content-Length: 2'], '{}')],
    ['83 two slashes', raw('POST //webhooks/acme HTTP/1.1', [host, 'Content-Length: 2'], '{}')],
    ['83b a slash at the end', raw('POST /webhooks/acme/ HTTP/1.1', [host, 'Content-Length: 2'], '{}')],
    ['83c GET', raw('GET /webhooks/acme HTTP/1.1', [host])],
    ['86 an upgrade', raw(post, [host, 'Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 2'], '{}')],
    ['86b a websocket', raw('GET /webhooks/acme HTTP/1.1', [host, 'Connection: Upgrade', 'Upgrade: websocket'])],
    ['87 an expectation nobody knows', raw(post, [host, 'Expect: tea', 'Content-Length: 2'], '{}')],
    ['88 a name of Latin-1', raw('POST /webhooks/\u00e9 HTTP/1.1', [host, 'Content-Length: 2'], '{}')],
    [
      '89 a signature that is no text',
      raw(post, [host, 'X-Acme-Signature: \u00ff\u00fe', 'X-Acme-Timestamp: 1', 'Content-Length: 2'], '{}'),
    ],
    ['90 a chunk that lies', raw(post, [host, 'Transfer-Encoding: chunked'], 'ffffffffffffffffff\r\n{}\r\n0\r\n\r\n')],
    ['91 a length of many gigabytes', raw(post, [host, 'Content-Length: 999999999999'], '{}')],
  ])('is refused or ignored, never a 5xx: %s', async (_case, bytes) => {
    const before = receiver.store.deliveries.length;
    const status = statusOf(await talk(receiver.url, Buffer.from(bytes, 'latin1'), hasAnswer));
    expect(status === null || /^4\d\d$/.test(status), `answered ${status}`).toBe(true);
    expect(receiver.store.deliveries).toHaveLength(before);
  });

  it('is answered 400 or closed when the body is cut off', async () => {
    const { hostname, port } = new URL(receiver.url);
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true }, () => {
        socket.end(raw(post, [host, 'Content-Length: 100'], 'half'));
      });
      socket.setEncoding('latin1');
      socket.on('data', (chunk: string) => {
        text += chunk;
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
      socket.on('end', () => socket.destroy());
    });
    expect([null, '400', '408']).toContain(statusOf(answer));
  });

  it('leaves the receiver able to take a good request', async () => {
    expect((await receiver.post(event('good'))).status).toBe(204);
  });
});

describe('unusual but right HTTP', () => {
  let receiver: TestReceiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.stop());

  it.each<[string, string]>([
    ['another host', whole(event('host'), ['X-Forwarded-For: 10.0.0.1', 'X-Forwarded-Host: evil.example'])],
    ['an expectation to go on', whole(event('expect'), ['Expect: 100-continue'])],
    ['a length and no type', whole(event('plain'))],
  ])('is accepted with %s', async (_case, bytes) => {
    const answer = await talk(receiver.url, bytes, (text) => text.includes('HTTP/1.1 204'));
    expect(answer).toContain('HTTP/1.1 204');
  });

  it('answers each of 1,000 pipelined requests', async () => {
    const before = receiver.store.deliveries.length;
    const bytes = Array.from({ length: 1000 }, (_, n) => whole(event(`p${n}`))).join('');
    const count = (text: string) => text.split('HTTP/1.1 204').length - 1;
    const answer = await talk(receiver.url, bytes, (text) => count(text) === 1000);
    expect(count(answer)).toBe(1000);
    expect(receiver.store.deliveries.length - before).toBe(1000);
  });
});

/** Sends a little at a time; resolves with how long the other side bore it, in milliseconds. */
function drip(url: string, head: string, each: string, cut?: AbortSignal): Promise<number> {
  const { hostname, port } = new URL(url);
  const started = performance.now();
  return new Promise((resolve) => {
    const socket: Socket = connect(Number(port), hostname, () => socket.write(head));
    const timer = setInterval(() => socket.write(each), 100);
    cut?.addEventListener('abort', () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve(performance.now() - started);
    });
  });
}

describe('slow senders', () => {
  let receiver: TestReceiver;
  beforeAll(async () => {
    receiver = await startReceiver({ env: { REQUEST_TIMEOUT: '1s' } });
  });
  afterAll(() => receiver.stop());

  it('of bodies, headers, chunks and nothing at all are closed after the limit; good ones are answered meanwhile', async () => {
    const kinds: readonly (readonly [head: string, each: string])[] = [
      [raw(post, [host, 'Content-Length: 100000']), 'x'],
      [`${post}\r\nHost: x\r\n`, 'X-A: b\r\n'],
      [raw(post, [host, 'Transfer-Encoding: chunked']), '1\r\nx\r\n'],
      ['', ''],
    ];
    const statuses: number[] = [];
    const state = { closed: false };
    const slow = Array.from({ length: 200 }, (_, n) => drip(receiver.url, ...(kinds[n % kinds.length] ?? ['', ''])));
    const done = Promise.all(slow).finally(() => {
      state.closed = true;
    });
    while (!state.closed) statuses.push((await receiver.post(event(`g${statuses.length}`))).status);
    const times = await done;
    expect(new Set(statuses)).toEqual(new Set([204]));
    // The limit and two rounds of Node's check, on a busy machine.
    expect(Math.max(...times)).toBeLessThan(6000);
    expect(Math.min(...times)).toBeGreaterThan(900);
  });

  it('are borne as long as the limit says, which is what closed the others', async () => {
    const patient = await startReceiver({ env: { REQUEST_TIMEOUT: '60s' } });
    const cut = new AbortController();
    const head = raw(post, [host, 'Content-Length: 100000']);
    let open = true;
    const borne = drip(patient.url, head, 'x', cut.signal).finally(() => {
      open = false;
    });
    await drip(receiver.url, head, 'x');
    expect(open).toBe(true);
    cut.abort();
    await borne;
    await patient.stop();
  });
});
