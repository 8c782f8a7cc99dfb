// Who may use the admin API, and what it does with requests that nobody should send.

import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accept, holdRun, id, json, openLedger, token, type Ledger } from './ledger.ts';

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger();
  await holdRun(ledger.store);
  for (let number = 2; number <= 6; number++) await accept(ledger.store, number);
});
afterAll(() => ledger.close());

const get = (path: string, headers: Record<string, string> = {}) => fetch(ledger.url + path, { headers });

/** A path as it is, which `fetch` would tidy up. */
function raw(path: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(ledger.url);
    const sent = request({ hostname, port, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject).end();
  });
}

const bearer = { authorization: `Bearer ${token}` };
const paths = [
  '/api/events',
  `/api/events/${id('evt', 1)}`,
  '/api/runs',
  `/api/runs/${id('run', 1)}`,
  '/api/deliveries',
  '/api/connections',
  '/api/sandbox',
  '/api/status',
];

describe('the token', () => {
  it.each([...paths, '/api/nothing', '/api'])('is asked for on %s', async (path) => {
    expect((await get(path)).status).toBe(401);
  });

  it.each([
    ['another of the same length', `Bearer ${'b'.repeat(token.length)}`],
    ['a part of it', `Bearer ${token.slice(0, -1)}`],
    ['more than it', `Bearer ${token}x`],
    ['none', 'Bearer '],
    ['another scheme', `Basic ${Buffer.from(`admin:${token}`).toString('base64')}`],
    ['the bare token', token],
    ['two tokens', `Bearer ${token} ${token}`],
  ])('is refused when it is %s', async (_, authorization) => {
    const response = await get('/api/status', { authorization });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: 'admin.unauthorized' } });
  });

  it('is accepted in the header, whatever the case of the scheme', async () => {
    expect((await get('/api/status', bearer)).status).toBe(200);
    expect((await get('/api/status', { authorization: `bearer ${token}` })).status).toBe(200);
  });

  it('is not read from the URL or a cookie', async () => {
    expect((await get(`/api/status?token=${token}&access_token=${token}`)).status).toBe(401);
    expect((await get('/api/status', { cookie: `token=${token}` })).status).toBe(401);
  });

  it('guards every change, also one that a page of another site posts', async () => {
    const path = `${ledger.url}/api/runs/${id('run', 1)}/cancel`;
    const forged = {
      method: 'POST',
      headers: { origin: 'http://evil.example', 'content-type': 'text/plain' },
      body: '{}',
    };
    expect((await fetch(path, forged)).status).toBe(401);
    expect((await fetch(path, { method: 'OPTIONS', headers: { origin: 'http://evil.example' } })).status).toBe(401);
    expect(ledger.asked).toEqual([]);
  });

  it('when it is empty lets nobody in', async () => {
    const open = await openLedger({ token: '' });
    expect((await fetch(`${open.url}/api/status`, { headers: { authorization: 'Bearer ' } })).status).toBe(401);
    await open.close();
  });

  it('appears in no answer and no log line', async () => {
    for (const path of paths) expect(await (await get(path, bearer)).text()).not.toContain(token);
    await get('/api/status', { authorization: `Bearer ${token}x` });
    expect(JSON.stringify(ledger.logged)).not.toContain(token);
  });
});

describe('answers', () => {
  it.each(['/api/events', '/api/nothing', '/'])('of %s are not kept, framed or sniffed', async (path) => {
    const { headers } = await get(path, bearer);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('name an unknown address without following it', async () => {
    for (const path of ['/api/events/..%2f..%2fpackage.json', '/api/../package.json', '//api/events', '/api/%zz']) {
      const { status, text } = await raw(path, bearer);
      expect([path, status]).toEqual([path, expect.toSatisfy((code: number) => code === 400 || code === 404)]);
      expect(text).not.toContain('dependencies');
    }
  });

  it('do not say what went wrong inside, the log does', async () => {
    const broken = await openLedger({
      status: () => Promise.reject(new Error('the password is hunter2')),
    });
    const { status, answer } = await broken.call('/api/status');
    expect(status).toBe(500);
    expect(answer).toMatchObject({ error: { code: 'internal' } });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    expect(broken.logged).toContainEqual([
      'error',
      expect.any(String),
      expect.objectContaining({ error: 'the password is hunter2' }),
    ]);
    await broken.close();
  });
});

describe('reads', () => {
  it.each(['retry', 'cancel', 'resolve'])('cannot %s a run', async (verb) => {
    expect((await get(`/api/runs/${id('run', 1)}/${verb}`, bearer)).status).toBe(404);
    expect(ledger.asked).toEqual([]);
  });

  it.each(['0', '-1', '201', '1e9', '1000000000', 'all', '', '1.5'])('refuse a page of %s rows', async (limit) => {
    const { status, answer } = await ledger.call(`/api/events?limit=${limit}`);
    expect(status).toBe(400);
    expect(answer).toMatchObject({
      error: { message: 'filter "limit" is not valid: expected a whole number from 1 to 200' },
    });
  });

  it.each(["evt_1' OR 1=1 --", '../..', 'evt_', '%00', 'EVT_1', `evt_${'1'.repeat(200)}`])(
    'refuse the tampered cursor %s',
    async (before) => {
      const { status, answer } = await ledger.call(`/api/events?before=${encodeURIComponent(before)}`);
      expect(status).toBe(400);
      expect(answer).toMatchObject({ error: { code: 'input.invalid' } });
    },
  );

  it('take a cursor of a row that is gone', async () => {
    const { answer } = await ledger.call(`/api/events?before=${id('evt', 3).replace(/.$/, '2z')}`);
    expect(answer).toMatchObject({ items: [{ id: id('evt', 2) }, { id: id('evt', 1) }] });
  });

  it.each(["' OR 1=1 --", '%', '*', 'call.ended\u0000', '__proto__'])(
    'compare the filter %s as it is',
    async (type) => {
      const { status, answer } = await ledger.call(`/api/events?type=${encodeURIComponent(type)}`);
      expect([status, answer]).toEqual([200, { items: [], next: null }]);
    },
  );

  it('refuse a filter that does not exist, is repeated or is no status', async () => {
    const messages = [];
    for (const query of ['tpye=a', 'type=a&type=b', 'status=done', 'type=']) {
      const { status, answer } = await ledger.call(`/api/events?${query}`);
      expect(status).toBe(400);
      messages.push((answer as { error: { message: string } }).error.message);
    }
    expect(messages).toEqual([
      'filter "tpye" does not exist',
      'filter "type" is not valid: expected text of 1 to 200 characters',
      'filter "status" is not valid: expected one of pending, matched, ignored',
      'filter "type" is not valid: expected text of 1 to 200 characters',
    ]);
  });
});

describe('bodies', () => {
  const path = `/api/runs/${id('run', 1)}/resolve`;
  const post = (body: string, type = 'application/json') =>
    ledger.call(path, { method: 'POST', headers: { 'content-type': type }, body });

  it.each([
    ['no JSON', '{', 'application/json', 400],
    ['a list', '[]', 'application/json', 400],
    ['text instead of a boolean', '{"happened":"false"}', 'application/json', 400],
    ['an unknown field', '{"happened":true,"outptu":1}', 'application/json', 400],
    ['nothing', '', 'application/json', 400],
    ['plain text', '{"happened":true}', 'text/plain', 415],
    ['a prototype', '{"happened":true,"__proto__":{"step":"x"}}', 'application/json', 400],
    ['too large', JSON.stringify({ happened: true, output: 'x'.repeat(1_100_000) }), 'application/json', 413],
  ])('are refused when they are %s', async (_, body, type, expected) => {
    const { status, answer } = await post(body, type);
    expect([status, answer]).toEqual([expected, { error: expect.objectContaining({ code: 'input.invalid' }) }]);
    expect(ledger.asked).toEqual([]);
  });

  it('name the field that is wrong', async () => {
    const { answer } = await ledger.call(path, json({ happened: 1 }));
    expect(answer).toMatchObject({ error: { message: 'field "happened" is not valid: expected true or false' } });
    expect((await ledger.call(path, json({}))).answer).toMatchObject({
      error: { message: 'field "happened" is missing' },
    });
  });
});

describe('start and stop', () => {
  it('names the port that is taken and its setting', async () => {
    const port = Number(new URL(ledger.url).port);
    await expect(openLedger({ settings: { host: '127.0.0.1', port } })).rejects.toMatchObject({
      code: 'port.taken',
      message: `port ${port} on 127.0.0.1 is already in use`,
      help: expect.stringContaining('ADMIN_PORT') as string,
    });
  });

  it('lets a request under way finish and closes its connection', async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const stopped = await openLedger({
      status: async () => {
        asked.resolve();
        await answer.promise;
        return {};
      },
    });
    const response = stopped.call('/api/status');
    await asked.promise;
    const closed = stopped.admin.stop();
    answer.resolve();
    const { status, headers } = await response;
    expect([status, headers.get('connection')]).toEqual([200, 'close']);
    await closed;
    await stopped.close();
  });

  it('does not wait for a sender that never ends its request', async () => {
    const slow = await openLedger();
    const { hostname, port } = new URL(slow.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).write('GET /api/status HTTP/1.1\r\nhost: a\r\n');
    await slow.call('/api/status');
    const ended = new Promise((resolve) => socket.once('close', resolve));
    await slow.close();
    await ended;
  });
});
