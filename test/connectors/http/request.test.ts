// What the HTTP connector sends: where to, with which credentials, and what it makes of the answer.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import http from '../../../connectors/http/index.ts';
import { createGuardedFetch } from '../../../src/connect/fetch.ts';
import { createSending } from '../../../src/connect/sending.ts';
import { createAttempt } from '../../../src/plugin/testing.ts';
import { startServer, type TestServer } from '../../connect/server.ts';

let server: TestServer;
let other: TestServer;
let answers: [status: number, headers: Record<string, string>, body: string][];
const closers: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  answers = [];
  const answer = (response: Parameters<NonNullable<Parameters<typeof startServer>[0]>>[0]) => {
    const [status, headers, body] = answers.shift() ?? [200, { 'content-type': 'application/json' }, '{"ok":true}'];
    response.writeHead(status, headers).end(body);
  };
  server = await startServer(answer);
  other = await startServer(answer);
  for (const started of [server, other]) closers.push(() => started.close());
});
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function connect(settings: Record<string, unknown>) {
  const fetch = createGuardedFetch({ sending: createSending(), allow: ['127.0.0.1'], openHosts: [] });
  closers.push(() => fetch.close());
  const log = createAttempt().log;
  return http.connect(settings, { fetch, log, now: () => 0 });
}

/** Calls the action with the settings; the output, or the error. */
async function call(settings: Record<string, unknown>, input: Record<string, unknown>): Promise<unknown> {
  const client = await connect(settings);
  return http.actions['request']?.run(client, input, createAttempt());
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => new Error('it worked'),
    (error: unknown) => error as Error & { code?: string },
  );

describe('where a request goes', () => {
  it.each([
    ['/v1', '/notes', '/v1/notes'],
    ['/v1/', 'notes', '/v1/notes'],
    ['', '/notes?a=1', '/notes?a=1'],
    ['/v1', '//evil.example/x', '/v1//evil.example/x'],
    ['/v1', '/@evil.example', '/v1/@evil.example'],
    ['/v1', '', '/v1/'],
    ['/v1', 'https://evil.example/', '/v1/https://evil.example/'],
    ['/v1', '/a%2Fb', '/v1/a%2Fb'],
    ['/v1', '/..a/b..', '/v1/..a/b..'],
  ])('below base "%s", path "%s" is %s', async (base, path, url) => {
    await call({ baseUrl: `${server.url}${base}` }, { method: 'GET', path });
    expect(server.requests[0]?.url).toBe(url);
  });

  it.each(['../x', '/a/../b', '/a/%2e%2e/b', '/a/.', '/a\\..\\b', '..', '/a/.%2E?x'])(
    'refuses the path %s',
    async (path) => {
      const error = await failure(call({ baseUrl: server.url }, { method: 'GET', path }));
      expect(error).toMatchObject({ name: 'PermanentError' });
      expect(server.requests).toHaveLength(0);
    },
  );

  it('adds the query, encoded', async () => {
    const query = { q: 'a&b=c', list: [1, 2], on: true };
    await call({}, { method: 'GET', url: `${server.url}/s?x=1`, query });
    expect(server.requests[0]?.url).toBe('/s?x=1&q=a%26b%3Dc&list=1&list=2&on=true');
  });

  it.each([
    [{}, 'neither "url" nor "path"'],
    [{ path: '/a' }, 'needs a connection with "baseUrl"'],
    [{ url: 'http://a/', path: '/a' }, 'both "url" and "path"'],
    [{ url: 'no url' }, 'is no URL'],
  ])('says what is wrong with %j', async (input, message) => {
    expect((await failure(call({}, { method: 'GET', ...input }))).message).toContain(message);
  });

  it('needs no settings, and goes through the guard', async () => {
    const error = await failure(call({}, { method: 'GET', url: 'http://169.254.169.254/latest/meta-data' }));
    expect(error).toMatchObject({ code: 'HOOKLINE_BLOCKED_ADDRESS', name: 'PermanentError' });
  });
});

describe('credentials', () => {
  const kinds: [string, Record<string, unknown>, Record<string, string>, string][] = [
    ['none', { kind: 'none' }, {}, '/'],
    ['bearer', { kind: 'bearer', token: 'T' }, { authorization: 'Bearer T' }, '/'],
    ['basic', { kind: 'basic', user: 'ü', password: 'p:w' }, { authorization: 'Basic w7w6cDp3' }, '/'],
    ['a key in a header', { kind: 'api-key', in: 'header', name: 'X-Key', value: 'K' }, { 'x-key': 'K' }, '/'],
    ['a key in the query', { kind: 'api-key', in: 'query', name: 'key', value: 'a&b' }, {}, '/?key=a%26b'],
  ];
  it.each(kinds)('sends %s to the origin of the base and to no other', async (_, auth, headers, url) => {
    const settings = { baseUrl: server.url, auth, headers: { 'x-default': 'd' } };
    await call(settings, { method: 'GET', path: '/' });
    await call(settings, { method: 'GET', url: `${server.url}/` });
    await call(settings, { method: 'GET', url: `${other.url}/` });
    for (const request of server.requests) {
      expect(request.headers).toMatchObject({ ...headers, 'x-default': 'd' });
      expect(request.url).toBe(url);
    }
    expect(server.requests).toHaveLength(2);
    for (const name of ['authorization', 'x-key', 'x-default'])
      expect(other.requests[0]?.headers).not.toHaveProperty(name);
    expect(other.requests[0]?.url).toBe('/');
  });

  it('needs a base for credentials', async () => {
    const error = await failure(call({ auth: { kind: 'bearer', token: 'T' } }, { method: 'GET', url: server.url }));
    expect(error.message).toContain('no "baseUrl"');
  });

  it('sends default headers everywhere when there is no base', async () => {
    await call({ headers: { 'x-default': 'd' } }, { method: 'GET', url: server.url, headers: { 'x-own': 'o' } });
    expect(server.requests[0]?.headers).toMatchObject({ 'x-default': 'd', 'x-own': 'o' });
  });

  it('takes 401 without credentials of ours for a plain refusal', async () => {
    answers = [[401, {}, '']];
    const error = await failure(call({}, { method: 'GET', url: server.url }));
    expect(error).toMatchObject({ name: 'PermanentError', code: 'HTTP_401' });
  });

  it('shows no query in its errors', async () => {
    answers = [[404, {}, 'no such thing']];
    const auth = { kind: 'api-key', in: 'query', name: 'key', value: 'SECRET' };
    const error = await failure(call({ baseUrl: server.url, auth }, { method: 'GET', path: '/a', query: { q: 'x' } }));
    expect(error.message).toBe(`GET ${server.url}/a was answered 404: no such thing`);
  });
});

describe('redirects', () => {
  const to = (status: number, location: string): (typeof answers)[number] => [status, { location }, ''];
  const settings = () => ({ baseUrl: server.url, auth: { kind: 'bearer', token: 'T' }, headers: { 'x-default': 'd' } });

  it('follows none by default', async () => {
    answers = [to(302, '/next')];
    const error = await failure(call(settings(), { method: 'GET', path: '/' }));
    expect(error).toMatchObject({ name: 'PermanentError', code: 'HTTP_302' });
    expect(server.requests).toHaveLength(1);
  });

  it('follows as many as asked, and keeps credentials on the same origin', async () => {
    answers = [to(302, '/two'), to(307, '/three'), to(301, '/four')];
    const output = await call(settings(), { method: 'GET', path: '/one', followRedirects: 3 });
    expect(output).toMatchObject({ status: 200 });
    expect(server.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual(
      ['/one', '/two', '/three', '/four'].map((url) => [url, 'Bearer T']),
    );
    answers = [to(302, '/two'), to(302, '/three')];
    const error = await failure(call(settings(), { method: 'GET', path: '/one', followRedirects: 1 }));
    expect(error).toMatchObject({ code: 'HTTP_302' });
  });

  it('drops credentials for another origin, and does not take them up again on the way back', async () => {
    answers = [to(307, `${other.url}/there`), to(307, `${server.url}/back`)];
    const headers = { cookie: 'c', 'x-signature': 's', 'x-plain': 'p' };
    await call(settings(), { method: 'POST', path: '/', text: 'x', headers, followRedirects: 2 });
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer T', cookie: 'c', 'x-default': 'd' });
    for (const request of [other.requests[0], server.requests[1]]) {
      expect(request).toMatchObject({ method: 'POST', body: 'x' });
      expect(request?.headers).toMatchObject({ 'x-plain': 'p' });
      for (const name of ['authorization', 'cookie', 'x-signature', 'x-default']) {
        expect(request?.headers).not.toHaveProperty(name);
      }
    }
  });

  it('follows only 307 and 308 when something is sent', async () => {
    answers = [to(302, '/next')];
    const input = { method: 'POST', path: '/', json: {}, followRedirects: 3 };
    expect(await failure(call(settings(), input))).toMatchObject({ name: 'UnknownOutcomeError', code: 'HTTP_302' });
    answers = [to(308, '/next')];
    await call(settings(), input);
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /', 'POST /', 'POST /next']);
  });

  it.each(['http://169.254.169.254/', 'http://10.0.0.1/', 'http://[::1]/'])('guards each hop: %s', async (location) => {
    answers = [to(302, location)];
    const error = await failure(call(settings(), { method: 'GET', path: '/', followRedirects: 1 }));
    expect(error).toMatchObject({ code: 'HOOKLINE_BLOCKED_ADDRESS' });
  });

  it('does not follow to another scheme', async () => {
    answers = [to(302, 'file:///etc/passwd')];
    const error = await failure(call(settings(), { method: 'GET', path: '/', followRedirects: 1 }));
    expect(error).toMatchObject({ code: 'HOOKLINE_BLOCKED_URL' });
  });
});

describe('what is sent', () => {
  it.each([
    [{ json: { a: [1, null] } }, 'application/json', '{"a":[1,null]}'],
    [{ json: 'text' }, 'application/json', '"text"'],
    [{ form: { a: 'x&y', b: [1, 2] } }, 'application/x-www-form-urlencoded', 'a=x%26y&b=1&b=2'],
    [{ text: '<a/>', headers: { 'Content-Type': 'text/xml' } }, 'text/xml', '<a/>'],
    [{ text: 'é' }, 'text/plain; charset=utf-8', 'é'],
  ])('sends %j', async (input, type, body) => {
    await call({}, { method: 'POST', url: server.url, ...input });
    expect(server.requests[0]?.headers['content-type']).toBe(type);
    expect(server.requests[0]?.body).toBe(body);
  });

  it('sends a POST without a body as one', async () => {
    await call({}, { method: 'POST', url: server.url });
    expect(server.requests[0]?.headers['content-length']).toBe('0');
  });

  it.each([
    [{ headers: { 'x-a': 'b\r\nx-evil: 1' } }, 'line break'],
    [{ headers: { 'x-a': 'naïve ☎' } }, 'cannot carry'],
    [{ headers: { 'x a': 'b' } }, 'no name of a header'],
    [{ headers: { 'x-a\r\nx-evil': 'b' } }, 'no name of a header'],
    [{ headers: { Host: 'evil.example' } }, 'set by Hookline'],
    [{ headers: { 'transfer-encoding': 'chunked' } }, 'set by Hookline'],
    [{ json: {}, text: '' }, 'several of'],
  ])('refuses %j before anything is sent', async (input, message) => {
    const error = await failure(call({}, { method: 'POST', url: server.url, ...input }));
    expect(error).toMatchObject({ name: 'PermanentError' });
    expect(error.message).toContain(message);
    expect(server.connections).toBe(0);
  });

  it('refuses a body on a GET', async () => {
    const error = await failure(call({}, { method: 'GET', url: server.url, json: {} }));
    expect(error.message).toContain('carries no body');
  });

  it('sends the key under the name the connection gives it', async () => {
    await call({ idempotencyHeader: 'X-Request-Id' }, { method: 'POST', url: server.url, idempotent: true });
    expect(server.requests[0]?.headers['x-request-id']).toBe(createAttempt().key);
  });
});

describe('the answer', () => {
  it.each([
    ['application/json', '{"a":[1]}', { a: [1] }],
    ['application/problem+json; charset=utf-8', '{"a":1}', { a: 1 }],
    ['application/json', '{"id":9007199254740993,"n":1.5,"e":1e400}', { id: '9007199254740993', n: 1.5, e: '1e400' }],
    ['application/json', 'not json', 'not json'],
    ['text/plain', '{"a":1}', '{"a":1}'],
    ['application/json', '', ''],
  ])('with type "%s" and body %s is read as %j', async (type, text, body) => {
    answers = [[200, { 'content-type': type, 'Set-Cookie': 's=1', 'X-A': 'b' }, text]];
    const output = await call({}, { method: 'GET', url: server.url });
    expect(output).toMatchObject({ status: 200, headers: { 'x-a': 'b', 'content-type': type }, body });
    expect((output as { headers: object }).headers).not.toHaveProperty('set-cookie');
  });

  it('may be empty', async () => {
    answers = [[204, {}, '']];
    expect(await call({}, { method: 'DELETE', url: server.url })).toMatchObject({ status: 204, body: '' });
  });

  it('that is too large is in doubt after a write, and refused after a read', async () => {
    const input = { url: server.url, maxResponseBytes: 100 };
    answers = [
      [200, {}, 'x'.repeat(101)],
      [200, {}, 'x'.repeat(101)],
      [200, {}, 'x'.repeat(100)],
    ];
    expect(await failure(call({}, { method: 'POST', ...input }))).toMatchObject({ name: 'UnknownOutcomeError' });
    expect(await failure(call({}, { method: 'GET', ...input }))).toMatchObject({ name: 'PermanentError' });
    expect(await call({}, { method: 'GET', ...input })).toMatchObject({ status: 200 });
  });
});

describe('effect', () => {
  it.each([
    [{ method: 'GET' }, 'repeatable'],
    [{ method: 'HEAD' }, 'repeatable'],
    [{ method: 'PUT' }, 'repeatable'],
    [{ method: 'DELETE' }, 'repeatable'],
    [{ method: 'POST' }, 'once'],
    [{ method: 'PATCH' }, 'once'],
    [{}, 'once'],
    [{ method: 'POST', idempotent: true }, 'keyed'],
    [{ method: 'POST', idempotent: false }, 'once'],
  ])('of %j is %s', (input, word) => {
    const effect = http.actions['request']?.effect;
    expect(typeof effect === 'function' ? effect(input, {}) : effect).toBe(word);
  });
});

describe('check', () => {
  const auth = { kind: 'bearer', token: 'T' };

  it('asks the check path with the credentials', async () => {
    await http.check?.(await connect({ baseUrl: `${server.url}/v1`, auth, checkPath: '/me' }));
    expect(server.requests[0]).toMatchObject({ method: 'GET', url: '/v1/me' });
    expect(server.requests[0]?.headers.authorization).toBe('Bearer T');
  });

  it('fails when the credentials are refused', async () => {
    answers = [[401, {}, '']];
    const client = await connect({ baseUrl: server.url, auth, checkPath: '/me' });
    await expect(http.check?.(client)).rejects.toMatchObject({ name: 'ConnectionError' });
  });

  it('asks nothing without a check path and says that it cannot tell', async () => {
    const client = await connect({ baseUrl: server.url, auth });
    await expect(http.check?.(client)).rejects.toThrow('checkPath');
    expect(server.connections).toBe(0);
  });
});
