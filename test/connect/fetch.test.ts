// The guarded fetch: what it refuses, what it limits, and what it tells the attempt.

import { createServer } from 'node:net';
import type { LookupFunction, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGuardedFetch, type GuardedFetch, type GuardedFetchOptions } from '../../src/connect/fetch.ts';
import { createSending, type Sending } from '../../src/connect/sending.ts';
import { startFaultProxy } from '../../src/plugin/testing.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
let sending: Sending;
let closers: (() => Promise<unknown>)[];

beforeEach(async () => {
  closers = [];
  sending = createSending();
  server = await startServer();
  closers.push(() => server.close());
});
afterEach(async () => {
  for (const close of closers.toReversed()) await close();
});

function open(options: Partial<GuardedFetchOptions> = {}): GuardedFetch {
  const fetch = createGuardedFetch({ sending, allow: [], openHosts: [], ...options });
  closers.push(() => fetch.close());
  return fetch;
}

/** Resolves every name to these addresses, one list per call; the last one stays. */
function names(...answers: string[][]): LookupFunction {
  return (_, options, callback) => {
    const list = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
    const found = list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all === true) callback(null, found);
    else callback(null, found[0]?.address ?? '', found[0]?.family ?? 4);
  };
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    (): Error & { code?: string } => new Error('it worked'),
    (error: Error & { code?: string }) => error,
  );

/** Runs a call as an attempt does and tells what was reported. */
async function watched(call: () => Promise<unknown>, signal = new AbortController().signal) {
  const told: string[] = [];
  const scope = { signal, tracked: () => void told.push('tracked'), sent: () => void told.push('sent') };
  const error = await failure(sending.within(scope, call));
  return { told, error };
}

describe('addresses', () => {
  const literals = `
    127.0.0.1 127.1 2130706433 0x7f.1 0177.0.0.1 0.0.0.0 %31%32%37.0.0.1 １２７.0.0.1
    [::1] [::] [::ffff:127.0.0.1] [::127.0.0.1] [fe80::1] [fd00::1] [64:ff9b::7f00:1] [2002:7f00:1::]
    169.254.169.254 [::ffff:169.254.169.254] [fd00:ec2::254] 100.64.0.1 10.0.0.1 192.168.1.1
    172.16.0.1 224.0.0.1 255.255.255.255 localhost LOCALHOST
  `;
  it.each(literals.trim().split(/\s+/))('refuses http://%s/ and sends nothing', async (host) => {
    const { told, error } = await watched(() => open()(`http://${host}:${server.port}/`));
    expect(error).toMatchObject({ code: 'HOOKLINE_BLOCKED_ADDRESS', name: 'PermanentError' });
    expect(told).toEqual(['tracked']);
    expect(server.connections).toBe(0);
  });

  it('refuses an address with a zone as no URL at all', async () => {
    const error = await failure(open()('http://[fe80::1%25eth0]/'));
    expect(error).toMatchObject({ code: 'ERR_INVALID_URL' });
  });

  it('refuses a name that resolves to private addresses and names it', async () => {
    const fetch = open({ lookup: names(['127.0.0.1', '::1']) });
    const error = await failure(fetch(`http://crm.example:${server.port}/`));
    expect(error).toMatchObject({ code: 'HOOKLINE_BLOCKED_ADDRESS' });
    expect(error.message).toBe(
      '"crm.example" resolves to 127.0.0.1, ::1, not a public address; add "crm.example" to ALLOW_PRIVATE if connectors may reach it',
    );
    expect(server.connections).toBe(0);
  });

  it('connects to the address it checked, so a name that changes in between gains nothing', async () => {
    const fetch = open({ lookup: names(['203.0.114.7'], ['127.0.0.1']), timeouts: { connectMs: 50 } });
    const first = await failure(fetch(`http://rebind.example:${server.port}/`));
    const second = await failure(fetch(`http://rebind.example:${server.port}/`));
    expect(first.message).toBe('fetch failed');
    expect(second).toMatchObject({ code: 'HOOKLINE_BLOCKED_ADDRESS' });
    expect(server.connections).toBe(0);
  });

  it('uses the permitted ones of several addresses', async () => {
    const fetch = open({ lookup: names(['10.0.0.1', '127.0.0.1']), allow: ['127.0.0.0/8'] });
    expect((await fetch(`http://mixed.example:${server.port}/`)).status).toBe(200);
  });

  it.each([
    ['the host', ['crm.internal'], 'crm.internal'],
    ['the host in another case', ['CRM.internal'], 'crm.INTERNAL.'],
    ['the host with its port', ['crm.internal:{port}'], 'crm.internal'],
    ['the range', ['127.0.0.0/8'], 'crm.internal'],
    ['the address', ['127.0.0.1'], '127.0.0.1'],
  ])('reaches a private address where %s is allowed', async (_, allow, host) => {
    const list = allow.map((entry) => entry.replace('{port}', String(server.port)));
    const fetch = open({ allow: list, lookup: names(['127.0.0.1']) });
    expect((await fetch(`http://${host}:${server.port}/`)).status).toBe(200);
  });

  it.each([['crm.internal:1'], ['other.internal'], ['10.0.0.0/8'], ['::1']])(
    'does not take the allowed "%s" for another',
    async (entry) => {
      const fetch = open({ allow: [entry], lookup: names(['127.0.0.1']) });
      expect(await failure(fetch(`http://crm.internal:${server.port}/`))).toMatchObject({
        code: 'HOOKLINE_BLOCKED_ADDRESS',
      });
    },
  );

  it('reaches only the sandbox where nothing else is open, not even a public address', async () => {
    const fetch = open({
      openHosts: [server.host],
      onlyOpen: true,
      allow: ['127.0.0.0/8'],
      lookup: names(['8.8.8.8']),
    });
    expect((await fetch(server.url)).status).toBe(200);
    for (const url of ['http://example.com/', 'http://8.8.8.8/', 'http://127.0.0.1:1/']) {
      expect(await failure(fetch(url))).toMatchObject({ code: 'HOOKLINE_BLOCKED_ADDRESS' });
    }
  });
});

describe('URLs', () => {
  it.each([
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'data:text/plain,x',
    'unix:/var/run/docker.sock',
    'http://ok@example.com/',
    'http://example.com:22/',
    'http://example.com:25/',
    'http://example.com:6379/',
  ])('refuses %s', async (url) => {
    const { told, error } = await watched(() => open({ lookup: names(['8.8.8.8']) })(url));
    expect(error).toMatchObject({ code: 'HOOKLINE_BLOCKED_URL', name: 'PermanentError' });
    expect(told).toEqual(['tracked']);
  });

  it.each([`http://ok#@evil.example/`, `http://ok\\@evil.example/`])(
    'asks the host that %s really names',
    async (url) => {
      const asked: string[] = [];
      const lookup: LookupFunction = (host, _, callback) => {
        asked.push(host);
        callback(null, [{ address: '127.0.0.1', family: 4 }]);
      };
      expect(await failure(open({ lookup })(url))).toMatchObject({ code: 'HOOKLINE_BLOCKED_ADDRESS' });
      expect(asked).toEqual(['ok']);
    },
  );

  it('does not read the proxy of the environment', async () => {
    const proxy = await startServer();
    closers.push(() => proxy.close());
    const before = { ...process.env };
    Object.assign(process.env, { HTTP_PROXY: proxy.url, http_proxy: proxy.url, ALL_PROXY: proxy.url, NO_PROXY: '' });
    try {
      expect((await open({ openHosts: [server.host] })(server.url)).status).toBe(200);
    } finally {
      process.env = before;
    }
    expect(proxy.connections).toBe(0);
  });
});

describe('answers', () => {
  it('returns a redirect as it is, also when asked to follow', async () => {
    const redirecting = await startServer((response) => response.writeHead(302, { location: server.url }).end());
    closers.push(() => redirecting.close());
    const fetch = open({ openHosts: [redirecting.host, server.host] });
    const response = await fetch(redirecting.url, { redirect: 'follow' });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(server.url);
    expect(await failure(fetch(redirecting.url, { redirect: 'error' }))).toMatchObject({ name: 'TypeError' });
    expect(server.requests).toHaveLength(0);
  });

  it('keeps status, headers, URL and body', async () => {
    const given = await startServer((response) =>
      response.writeHead(201, { 'set-cookie': ['a=1', 'b=2'], 'x-a': 'b' }).end('text'),
    );
    closers.push(() => given.close());
    const response = await open({ openHosts: [given.host] })(`${given.url}/p?q=1`);
    expect([response.status, response.ok, response.url]).toEqual([201, true, `${given.url}/p?q=1`]);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('text');
  });

  it('stops a body above the limit, counted after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(2_000_000));
    expect(bomb.length).toBeLessThan(5000);
    const big = await startServer((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    closers.push(() => big.close());
    const small = await open({ openHosts: [big.host], maxBytes: 1_000_000 })(big.url);
    expect(await failure(small.text())).toMatchObject({
      code: 'HOOKLINE_RESPONSE_TOO_LARGE',
      name: 'UnknownOutcomeError',
    });
    const enough = await open({ openHosts: [big.host], maxBytes: 2_000_000 })(big.url);
    expect((await enough.arrayBuffer()).byteLength).toBe(2_000_000);
  });
});

describe('requests', () => {
  it.each([
    [
      'a form',
      () => ({ body: new URLSearchParams({ a: 'b' }) }),
      'application/x-www-form-urlencoded;charset=UTF-8',
      'a=b',
    ],
    ['text', () => ({ body: 'é' }), 'text/plain;charset=UTF-8', 'é'],
    ['a blob', () => ({ body: new Blob(['x'], { type: 'text/x' }) }), 'text/x', 'x'],
    ['bytes', () => ({ body: new Uint8Array([65]), headers: { 'content-type': 'a/b' } }), 'a/b', 'A'],
  ])('sends %s as the standard fetch does', async (_, init, type, body) => {
    await open({ openHosts: [server.host] })(server.url, { method: 'POST', ...init() });
    expect(server.requests[0]?.headers).toMatchObject({ 'content-type': type, 'user-agent': 'hookline' });
    expect(server.requests[0]?.body).toBe(body);
  });

  it('sends a FormData and a Request of the platform, which undici alone would not', async () => {
    const fetch = open({ openHosts: [server.host] });
    const form = new FormData();
    form.set('file', new Blob(['content']), 'a.txt');
    await fetch(server.url, { method: 'POST', body: form });
    await fetch(
      new Request(`${server.url}/r`, { method: 'PUT', body: 'x', headers: { 'x-a': 'b', 'user-agent': 'u' } }),
    );
    expect(server.requests[0]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(server.requests[0]?.body).toContain('content');
    expect(server.requests[1]).toMatchObject({ method: 'PUT', url: '/r', body: 'x' });
    expect(server.requests[1]?.headers).toMatchObject({ 'x-a': 'b', 'user-agent': 'u' });
  });
});

describe('what the attempt is told', () => {
  it('reports a request that was written', async () => {
    const { told } = await watched(() => open({ openHosts: [server.host] })(server.url));
    expect(told).toEqual(['tracked', 'sent']);
  });

  it('reports nothing sent when the connection is refused', async () => {
    const gone = await startServer();
    await gone.close();
    const { told, error } = await watched(() => open({ openHosts: [gone.host] })(gone.url, { method: 'POST' }));
    expect(told).toEqual(['tracked']);
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('reports nothing sent when the name does not resolve', async () => {
    const lookup: LookupFunction = (host, _, callback) =>
      callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }), '', 0);
    const { told, error } = await watched(() => open({ lookup })('https://nowhere.example/'));
    expect(told).toEqual(['tracked']);
    expect(error.cause).toMatchObject({ code: 'ENOTFOUND' });
  });

  it('reports nothing sent when TLS fails, though TCP connected', async () => {
    const { told } = await watched(() => open({ openHosts: [server.host] })(`https://${server.host}/`));
    expect(told).toEqual(['tracked']);
    expect(server.connections).toBe(1);
  });

  it('reports nothing sent when aborted while connecting', async () => {
    const silent = createServer((socket) => socket.setTimeout(200, () => socket.destroy()));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => silent.close(resolve)));
    const host = `127.0.0.1:${(silent.address() as { port: number }).port}`;
    const fetch = open({ openHosts: [host] });
    const { told, error } = await watched(() => fetch(`https://${host}/`), AbortSignal.timeout(50));
    expect(told).toEqual(['tracked']);
    expect(error.name).toBe('TimeoutError');
  });

  it('closes a connection that is still being made', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(silent.address() as { port: number }).port}`;
    const fetch = open({ openHosts: [host] });
    const accepted = new Promise<Socket>((resolve) => silent.once('connection', resolve));
    const call = failure(fetch(`https://${host}/`));
    const socket = await accepted;
    const ended = new Promise((resolve) => socket.resume().once('close', resolve));
    await fetch.close();
    await ended;
    expect((await call).name).toBe('TypeError');
    await new Promise((resolve) => silent.close(resolve));
  });

  it('reports a request on a kept connection too', async () => {
    const fetch = open({ openHosts: [server.host] });
    for (let i = 0; i < 4; i++) {
      const { told } = await watched(async () => (await fetch(server.url, { method: 'POST', body: 'x' })).text());
      expect(told).toEqual(['tracked', 'sent']);
    }
    expect(server.connections).toBeLessThan(4);
  });

  it('does not put another attempt on record for a connection they share', async () => {
    const fetch = open({ openHosts: [server.host] });
    const both = await Promise.all([1, 2].map(() => watched(() => fetch(server.url))));
    expect(both.map((one) => one.told)).toEqual([
      ['tracked', 'sent'],
      ['tracked', 'sent'],
    ]);
  });
});

describe('time limits', () => {
  it.each(['hang-headers', 'hang-body'] as const)('ends at the signal of the attempt: %s', async (fault) => {
    const proxy = await startFaultProxy(server.url);
    closers.push(() => proxy.close());
    proxy.fail(fault);
    const fetch = open({ openHosts: [proxy.host] });
    const read = async () => (await fetch(proxy.url)).text();
    const { told, error } = await watched(read, AbortSignal.timeout(150));
    expect(error.name).toBe('TimeoutError');
    expect(told).toEqual(['tracked', 'sent']);
  });

  it.each(['hang-headers', 'hang-body'] as const)('has a limit of its own outside an attempt: %s', async (fault) => {
    const proxy = await startFaultProxy(server.url);
    closers.push(() => proxy.close());
    proxy.fail(fault);
    const fetch = open({ openHosts: [proxy.host], timeouts: { totalMs: 150 } });
    const error = await failure(fetch(proxy.url).then((response) => response.text()));
    expect(error.name).toBe('TimeoutError');
    expect(await (await fetch(proxy.url)).text()).toBe('{"ok":true}');
  });

  it.each([
    ['hang-headers', { headersMs: 100 }, 'UND_ERR_HEADERS_TIMEOUT'],
    ['hang-body', { bodyMs: 100 }, 'UND_ERR_BODY_TIMEOUT'],
  ] as const)('ends %s by %j', async (fault, timeouts, code) => {
    const proxy = await startFaultProxy(server.url);
    closers.push(() => proxy.close());
    proxy.fail(fault);
    const fetch = open({ openHosts: [proxy.host], timeouts });
    const error = await failure(fetch(proxy.url).then((response) => response.text()));
    expect(error.cause).toMatchObject({ code });
  });

  it('obeys the signal of the caller beside that of the attempt', async () => {
    const proxy = await startFaultProxy(server.url);
    closers.push(() => proxy.close());
    proxy.fail('hang-headers');
    const fetch = open({ openHosts: [proxy.host] });
    const { error } = await watched(() => fetch(proxy.url, { signal: AbortSignal.timeout(50) }));
    expect(error.name).toBe('TimeoutError');
  });
});
