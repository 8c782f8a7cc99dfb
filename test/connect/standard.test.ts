// The guarded fetch beside the standard one: the same call sends the same request, and the same answer reads the same.

import { createServer, type AddressInfo } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGuardedFetch, type GuardedFetch } from '../../src/connect/fetch.ts';
import { createSending } from '../../src/connect/sending.ts';

/** What the server reads and answers, byte by byte. */
interface Wire {
  readonly url: string;
  readonly host: string;
  answer: Buffer | string;
  /** True: the connection is cut after the answer. */
  cut: boolean;
  /** The last request. */
  request: string;
  close(): Promise<void>;
}

let wire: Wire;
let guarded: GuardedFetch;

beforeAll(async () => {
  wire = await startWire();
  guarded = createGuardedFetch({ sending: createSending(), allow: [], openHosts: [wire.host] });
});
afterAll(async () => {
  await guarded.close();
  await wire.close();
});

async function startWire(): Promise<Wire> {
  const started = { answer: '', cut: false, request: '' } as Wire;
  const server = createServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (!isWhole(text)) return;
      started.request = text;
      text = '';
      socket.write(started.answer);
      if (started.cut) socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return Object.assign(started, { host, url: `http://${host}`, close });
}

function isWhole(text: string): boolean {
  const [head = '', body] = text.split(/\r\n\r\n(.*)/s);
  if (body === undefined) return false;
  if (/transfer-encoding: chunked/i.test(head)) return body.endsWith('0\r\n\r\n');
  return body.length >= Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
}

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** The request as a server understands it: its lines in one order, names in lower case. */
function understood(request: string) {
  const [head = '', body = ''] = request.split(/\r\n\r\n(.*)/s);
  const [line, ...headers] = head.split('\r\n');
  const named = headers.map((header) => header.replace(/^[^:]+/, (name) => name.toLowerCase()));
  const unboundary = (text: string) => text.replaceAll(/-+formdata-[a-z0-9-]+/gi, 'boundary');
  const kept = named.filter((header) => !/^(user-agent|connection|content-length):/.test(header));
  return { line, headers: kept.map(unboundary).toSorted(), body: unboundary(dechunk(named, body)) };
}

function dechunk(headers: readonly string[], body: string): string {
  return headers.includes('transfer-encoding: chunked') ? body.replaceAll(/(^|\r\n)[0-9a-f]+\r\n/g, '') : body;
}

type Call = () => [string, RequestInit?] | [Request] | [URL, RequestInit?];

async function both<T>(look: (fetch: typeof globalThis.fetch) => Promise<T>): Promise<[T, T]> {
  return [await look(guarded), await look(globalThis.fetch)];
}

const told = (error: unknown) => {
  const { name, message } = error as Error;
  return { name, message };
};

describe('requests', () => {
  const post =
    (init: RequestInit): Call =>
    () => [`${wire.url}/p?q=1#h`, { method: 'POST', ...init }];
  const stream = () =>
    new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(Buffer.from('one'));
        controller.enqueue(Buffer.from('two'));
        controller.close();
      },
    });
  const form = () => {
    const data = new FormData();
    data.set('a', 'é');
    data.set('file', new Blob(['x'], { type: 'text/x' }), 'x.txt');
    return data;
  };
  const calls: [string, Call][] = [
    ['a URL alone', () => [wire.url]],
    ['a URL object with a question mark', () => [new URL(`${wire.url}/a?`)]],
    ['a URL that ends with a hash sign', () => [`${wire.url}/a#`]],
    ['text', post({ body: 'é✓' })],
    ['an empty text', post({ body: '' })],
    ['no body', post({})],
    ['a form', post({ body: new URLSearchParams({ a: 'b c', d: '✓' }) })],
    ['a FormData', () => post({ body: form() })()],
    ['a Blob', post({ body: new Blob(['x'], { type: 'text/x' }) })],
    ['an ArrayBuffer', post({ body: new Uint8Array([65, 66]).buffer })],
    ['a part of a buffer', post({ body: new Uint8Array([65, 66, 67]).subarray(1, 2) })],
    ['a DataView', post({ body: new DataView(new Uint8Array([65]).buffer) })],
    ['a stream', () => post({ body: stream(), duplex: 'half' })()],
    ['a type of its own', post({ body: 'x', headers: { 'Content-Type': 'a/b' } })],
    [
      'a list of headers',
      post({
        body: 'x',
        headers: [
          ['x-a', ' 1 '],
          ['X-A', '2'],
        ],
      }),
    ],
    ['Headers', post({ body: 'x', headers: new Headers({ accept: 'a/b', 'Accept-Language': 'de' }) })],
    ['a range', () => [wire.url, { headers: { range: 'bytes=0-1' } }]],
    ['a header of bytes above 127', post({ headers: { 'x-a': 'é' } })],
    ['a host of its own', post({ headers: { host: 'other.example' } })],
    ['a method in lower case', () => [wire.url, { method: 'put', body: 'x' }]],
    ['patch in lower case, which is no method that a fetch knows', () => [wire.url, { method: 'patch', body: 'x' }]],
    ['DELETE with a body', () => [wire.url, { method: 'DELETE', body: 'x' }]],
    ['OPTIONS', () => [wire.url, { method: 'OPTIONS' }]],
    ['HEAD', () => [wire.url, { method: 'HEAD' }]],
    ['a Request', () => [new Request(`${wire.url}/r`, { method: 'PUT', body: 'x', headers: { 'x-a': 'b' } })]],
  ];

  it.each(calls)('are the same for %s', async (_, call) => {
    wire.answer = call()[1]?.method === 'HEAD' ? 'HTTP/1.1 200 OK\r\n\r\n' : ok;
    const [ours, standard] = await both(async (fetch) => {
      await (await fetch(...(call() as [string]))).arrayBuffer();
      return understood(wire.request);
    });
    expect(ours).toEqual(standard);
    expect(ours.line).toContain('HTTP/1.1');
  });

  it('tells two different ones apart', async () => {
    wire.answer = ok;
    await (await guarded(wire.url, { method: 'POST', body: 'a' })).text();
    const first = understood(wire.request);
    await (await guarded(wire.url, { method: 'POST', body: 'b' })).text();
    expect(understood(wire.request)).not.toEqual(first);
  });

  it.each<[string, RequestInit]>([
    ['a body on GET', { body: 'x' }],
    ['a body on HEAD', { method: 'HEAD', body: '' }],
    ['a method that is forbidden', { method: 'TRACE' }],
    ['a method that is none', { method: 'A B' }],
    ['a name that is none', { headers: { 'a b': 'c' } }],
    ['a line break in a value', { headers: { a: 'b\r\nc: d' } }],
    ['a character beyond bytes in a value', { headers: { a: '✓' } }],
    ['a stream without duplex', { method: 'POST', body: stream() }],
    ['a header that is the connection’s', { headers: { 'transfer-encoding': 'chunked' } }],
  ])('are refused alike with %s', async (_, init) => {
    wire.request = '';
    const failures = await both((fetch) =>
      fetch(wire.url, init).then(
        () => 'it worked',
        (error: Error) => error.name,
      ),
    );
    expect(failures).toEqual(['TypeError', 'TypeError']);
    expect(wire.request).toBe('');
  });

  it('are refused with a length that is not that of the body, where undici itself would never answer', async () => {
    wire.request = '';
    const call = guarded(wire.url, { method: 'POST', body: 'abc', headers: { 'content-length': '2' } });
    await expect(call).rejects.toThrow('fetch failed');
    expect(wire.request).toBe('');
  });

  it.each([0, 20])(
    'let go of a body given as a stream when the signal comes, after %i pieces of it',
    async (pieces) => {
      const stop = new AbortController();
      const canceled = Promise.withResolvers<unknown>();
      let pulled = 0;
      const endless = new ReadableStream({
        pull: async (controller) => {
          controller.enqueue(Buffer.from('x'));
          pulled += 1;
          if (pulled > pieces) stop.abort(new Error('enough'));
          await new Promise((resolve) => setImmediate(resolve));
        },
        cancel: canceled.resolve,
      });
      wire.answer = ok;
      const init = { method: 'POST', body: endless, duplex: 'half', signal: stop.signal } as RequestInit;
      const call = guarded(wire.url, init).then(() => 'it worked', told);
      expect(await call).toEqual({ name: 'Error', message: 'enough' });
      await canceled.promise;
    },
  );
});

describe('answers', () => {
  const body = Buffer.from('{"a":"é"}');
  const encoded = (encoding: string, bytes: Buffer) =>
    Buffer.concat([
      Buffer.from(`HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${bytes.length}\r\n\r\n`),
      bytes,
    ]);
  const large = Buffer.alloc(300_000, 'abc');
  const answers: [string, Buffer | string][] = [
    ['a short one', ok],
    ['an empty one', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'],
    ['one in pieces', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n'],
    ['a large one', Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${large.length}\r\n\r\n`), large])],
    [
      'several cookies',
      'HTTP/1.1 200 OK\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\nx-a: 1\r\nX-A: 2\r\ncontent-length: 0\r\n\r\n',
    ],
    [
      'a header of bytes above 127',
      Buffer.from('HTTP/1.1 200 \xe9\r\nx-a: \xe9\r\ncontent-length: 0\r\n\r\n', 'latin1'),
    ],
    ['no reason', 'HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n'],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['205', 'HTTP/1.1 205 Reset Content\r\ncontent-length: 3\r\n\r\nabc'],
    ['304', 'HTTP/1.1 304 Not Modified\r\netag: "a"\r\n\r\n'],
    ['404', 'HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno'],
    ['599', 'HTTP/1.1 599 X\r\ncontent-length: 2\r\n\r\nno'],
    ['one after 103', `HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n${ok}`],
    ['gzip', encoded('gzip', gzipSync(body))],
    ['GZIP', encoded('GZIP', gzipSync(body))],
    ['x-gzip', encoded('x-gzip', gzipSync(body))],
    ['deflate', encoded('deflate', deflateSync(body))],
    ['deflate without its head', encoded('deflate', deflateRawSync(body))],
    ['br', encoded('br', brotliCompressSync(body))],
    ['zstd', encoded('zstd', zstdCompressSync(body))],
    ['two encodings', encoded('deflate, gzip', gzipSync(deflateSync(body)))],
    ['a large one in gzip', encoded('gzip', gzipSync(large))],
    ['gzip that is cut off', encoded('gzip', gzipSync(large).subarray(0, 200))],
    ['an encoding that nobody knows', encoded('gzip, secret', gzipSync(body))],
    [
      'gzip on 404',
      Buffer.concat([
        Buffer.from(`HTTP/1.1 404 No\r\ncontent-encoding: gzip\r\ncontent-length: ${gzipSync(body).length}\r\n\r\n`),
        gzipSync(body),
      ]),
    ],
    ['gzip without a body', 'HTTP/1.1 204 No Content\r\ncontent-encoding: gzip\r\n\r\n'],
  ];
  const read = async (response: Response) => ({
    status: response.status,
    ok: response.ok,
    statusText: response.statusText,
    headers: [...response.headers],
    cookies: response.headers.getSetCookie(),
    url: response.url,
    redirected: response.redirected,
    hasBody: response.body !== null,
    body: Buffer.from(await response.arrayBuffer()).toString('latin1'),
    used: response.bodyUsed,
  });

  it.each(answers)('read the same: %s', async (_, answer) => {
    wire.answer = answer;
    const [ours, standard] = await both(async (fetch) => read(await fetch(`${wire.url}/p?q#h`)));
    expect(ours).toEqual(standard);
    expect(ours.url).toBe(`${wire.url}/p?q`);
  });

  it.each<[string, Buffer | string, boolean]>([
    ['a body that breaks off', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc', true],
    ['pieces that break off', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab', true],
    ['gzip that is none', encoded('gzip', Buffer.from('not gzip')), false],
    ['a second encoding that is none', encoded('deflate, gzip', gzipSync('not deflate')), false],
  ])('fail the same while they are read: %s', async (_, answer, cut) => {
    Object.assign(wire, { answer, cut });
    try {
      const [ours, standard] = await both(async (fetch) => {
        const response = await fetch(wire.url);
        return response.text().then(
          () => 'it worked',
          (error: Error) => [told(error), told(error.cause)],
        );
      });
      expect(ours).toEqual(standard);
      expect(ours).toMatchObject([{ message: 'terminated' }, {}]);
    } finally {
      wire.cut = false;
    }
  });

  it.each<[string, Buffer | string, boolean]>([
    ['nothing', '', true],
    ['no HTTP', 'hello\r\n\r\n', true],
    ['six encodings', encoded('gzip, gzip, gzip, gzip, gzip, gzip', body), false],
  ])('fail the same at once: %s', async (_, answer, cut) => {
    Object.assign(wire, { answer, cut });
    try {
      const [ours, standard] = await both((fetch) => fetch(wire.url).then(() => 'it worked', told));
      expect(ours).toEqual(standard);
      expect(ours).toEqual({ name: 'TypeError', message: 'fetch failed' });
    } finally {
      wire.cut = false;
    }
  });

  it('are those of the platform, which can be cloned and read by its own means', async () => {
    wire.answer = ok;
    const response = await guarded(wire.url);
    expect(response).toBeInstanceOf(Response);
    expect(await Promise.all([response.clone().text(), response.text()])).toEqual(['ok', 'ok']);
    await expect(response.text()).rejects.toThrow(TypeError);
  });

  it('carry a number that is no status as it is', async () => {
    wire.answer = 'HTTP/1.1 999 Denied\r\ncontent-length: 2\r\n\r\nno';
    const response = await guarded(wire.url);
    expect([response.status, response.ok, response.statusText, await response.text()]).toEqual([
      999,
      false,
      'Denied',
      'no',
    ]);
  });

  it('are held back while nobody reads them, and let go when they are canceled', async () => {
    const sent = await startFlood();
    const fetch = createGuardedFetch({ sending: createSending(), allow: [], openHosts: [sent.host], maxBytes: 1e12 });
    try {
      const response = await fetch(`http://${sent.host}/`);
      const reader = response.body?.getReader();
      await reader?.read();
      // It stops by itself once the buffers on the way are full.
      await sent.stalled();
      const before = sent.bytes();
      for (let read = 0; read < 4_000_000; ) read += (await reader?.read())?.value?.byteLength ?? 0;
      await sent.stalled();
      expect(sent.bytes()).toBeGreaterThan(before);
      await reader?.cancel();
      await sent.closed;
    } finally {
      await fetch.close();
      await sent.close();
    }
  });

  it('take no more of a signal than its reason, however many share it', async () => {
    wire.answer = ok;
    const warnings: Error[] = [];
    const warn = (warning: Error) => void warnings.push(warning);
    process.on('warning', warn);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 30 }, async () => (await guarded(wire.url, { signal })).text()));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });

  it('are not begun after the signal', async () => {
    wire.request = '';
    const failures = await both((fetch) =>
      fetch(wire.url, { signal: AbortSignal.abort(new Error('before')) }).then(() => 'it worked', told),
    );
    expect(failures).toEqual([
      { name: 'Error', message: 'before' },
      { name: 'Error', message: 'before' },
    ]);
    expect(wire.request).toBe('');
  });

  it('end with the signal while they are read', async () => {
    wire.answer = 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc';
    const failures = await both(async (fetch) => {
      const stop = new AbortController();
      const reader = (await fetch(wire.url, { signal: stop.signal })).body?.getReader();
      const first = await reader?.read();
      stop.abort(new Error('enough'));
      return [first?.value?.byteLength, await reader?.read().then(() => 'it worked', told)];
    });
    expect(failures[0]).toEqual([3, { name: 'Error', message: 'enough' }]);
    expect(failures[1]).toEqual(failures[0]);
  });
});

/** A server whose answer never ends; it writes as fast as it is read. */
async function startFlood() {
  const closed = Promise.withResolvers<void>();
  let written = 0;
  let full = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    const piece = Buffer.alloc(65_536, 'x');
    const write = () => {
      full = Promise.withResolvers();
      while (socket.writable && socket.write(piece)) written += piece.byteLength;
      full.resolve();
    };
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      write();
    });
    socket
      .on('drain', write)
      .on('error', () => undefined)
      .on('close', () => closed.resolve());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    closed: closed.promise,
    bytes: () => written,
    stalled: () => full.promise,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
