// Signing in: which cookie lets whom in, what another site can do with it, and when it ends.

import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAccess } from '../../src/console/api/access.ts';
import { json, openLedger, sandbox, start, token, type Ledger } from './ledger.ts';

const viewerToken = 'another-token-that-may-only-look-at-it';
const signInCode = 'a-code-of-this-machine-for-one-browser';

let now: number;
let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger({ viewerToken, signInCode, clock: () => now });
});
beforeEach(() => {
  now = start;
  ledger.asked.length = 0;
  ledger.logged.length = 0;
});
afterAll(() => ledger.close());

/** Without the token of `ledger.call`. */
const ask = (path: string, init: RequestInit = {}) => fetch(ledger.url + path, init);
const ours = () => ({ 'x-hookline-console': '1', origin: ledger.url, 'content-type': 'application/json' });
const signIn = (given: string, headers: Record<string, string> = ours()) =>
  ask('/api/session', { method: 'POST', headers, body: JSON.stringify({ token: given }) });
async function cookieOf(given: string): Promise<string> {
  const [cookie = ''] = ((await signIn(given)).headers.get('set-cookie') ?? '').split(';');
  return cookie;
}
const pause = (headers: Record<string, string>) =>
  ask('/api/connections/crm/pause', { ...json({}), headers: { 'content-type': 'application/json', ...headers } }).then(
    ({ status }) => status,
  );

describe('a browser', () => {
  it.each([
    ['the token', token, 'operator'],
    ['the code of dev', signInCode, 'operator'],
    ['the viewer token', viewerToken, 'viewer'],
  ])('is signed in by %s', async (_, given, role) => {
    const response = await signIn(given);
    expect([response.status, await response.json()]).toEqual([200, { role, sandbox: false }]);
    const set = response.headers.get('set-cookie') ?? '';
    for (const word of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(set).toContain(word);
    expect(set).not.toContain(given);
    const cookie = await cookieOf(given);
    expect(await (await ask('/api/session', { headers: { cookie } })).json()).toMatchObject({ role });
    expect((await ask('/api/events', { headers: { cookie } })).status).toBe(200);
    expect(await pause({ ...ours(), cookie })).toBe(role === 'operator' ? 200 : 403);
  });

  it.each(['', 'wrong', token.slice(1), `${token} `])('is not signed in by "%s"', async (given) => {
    const response = await signIn(given);
    expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null]);
    expect(JSON.stringify(ledger.logged)).not.toContain(given || '"token"');
  });

  it('is signed out by the end of its session, and by its own wish', async () => {
    const cookie = await cookieOf(token);
    now += 12 * 3_600_000;
    expect((await ask('/api/events', { headers: { cookie } })).status).toBe(200);
    now += 1;
    expect((await ask('/api/events', { headers: { cookie } })).status).toBe(401);
    const ended = await ask('/api/session/end', { ...json({}), headers: ours() });
    expect(ended.headers.get('set-cookie')).toContain('Max-Age=0');
  });

  it('is told that everything is a sandbox', async () => {
    const dev = await openLedger({ sandboxes: () => new Map([['crm', sandbox([])]]) });
    expect(await (await fetch(`${dev.url}/api/session`)).json()).toEqual({ role: null, sandbox: true });
    await dev.close();
  });
});

describe('a cookie', () => {
  const role = async (cookie: string) =>
    ((await (await ask('/api/session', { headers: { cookie } })).json()) as { role: string | null }).role;
  const signed = (text: string, key: string) =>
    `hookline_session=${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;

  it('that is forged lets nobody in; the real one does', async () => {
    const real = await cookieOf(viewerToken);
    expect(await role(real)).toBe('viewer');
    const later = String(now + 99 * 3_600_000);
    const forged = [
      real.replace('viewer', 'operator'),
      real.replace(/\.\d+\./, `.${later}.`),
      real.slice(0, -1),
      `${real}x`,
      real.replace(/[\w-]+$/, ''),
      signed(`operator.${later}`, token),
      signed(`operator.${later}`, ''),
      signed(`admin.${later}`, token),
      `hookline_session=operator.${later}.`,
      'hookline_session=',
      `x${real}`,
    ];
    for (const cookie of forged) expect([cookie, await role(cookie)]).toEqual([cookie, null]);
    expect(await role(`theme=dark; ${real}; other=1`)).toBe('viewer');
  });

  it('of another token lets nobody in, a restart with the same one does', () => {
    const of = (operator: string) => createAccess({ operator, viewer: '', code: '' }, () => start);
    const [cookie = ''] = of(token).cookieFor('operator').split(';');
    const read = (operator: string) => of(operator).roleOf({ method: 'GET', headers: { cookie } });
    expect([read(token), read(`${token}2`), read('')]).toEqual(['operator', null, null]);
  });

  it('does not stand in for a wrong bearer token', async () => {
    const cookie = await cookieOf(token);
    expect((await ask('/api/events', { headers: { cookie, authorization: 'Bearer wrong' } })).status).toBe(401);
  });
});

describe('another site', () => {
  it('changes nothing with the cookie of a person, whatever it sends', async () => {
    const cookie = await cookieOf(token);
    const { port } = new URL(ledger.url);
    const foreign = [
      { cookie },
      { cookie, 'x-hookline-console': '1' },
      { cookie, origin: ledger.url },
      { cookie, 'x-hookline-console': '1', origin: 'http://evil.example' },
      { cookie, 'x-hookline-console': '1', origin: `http://evil.example:${port}` },
      { cookie, 'x-hookline-console': '1', origin: 'http://127.0.0.1:1' },
      { cookie, 'x-hookline-console': '1', origin: 'null' },
      { cookie, 'x-hookline-console': '0', origin: ledger.url },
    ];
    for (const headers of foreign) expect([headers, await pause(headers)]).toEqual([headers, 401]);
    expect(ledger.asked).toEqual([]);
    expect(await pause({ ...ours(), cookie })).toBe(200);
  });

  it('signs nobody in', async () => {
    expect((await signIn(token, { 'content-type': 'application/json' })).status).toBe(401);
    expect((await signIn(token, { ...ours(), origin: 'http://evil.example' })).status).toBe(401);
    expect((await signIn(token)).status).toBe(200);
  });

  it('is of no concern to a program with a token', async () => {
    const headers = { authorization: `Bearer ${token}`, origin: 'http://evil.example' };
    expect(await pause(headers)).toBe(200);
  });
});

describe('a viewer', () => {
  it('looks at everything and changes nothing', async () => {
    const headers = { authorization: `Bearer ${viewerToken}`, 'content-type': 'application/json' };
    for (const path of ['/api/events', '/api/runs', '/api/audit', '/api/overview', '/api/openapi.json'])
      expect([path, (await ask(path, { headers })).status]).toEqual([path, 200]);
    const { paths } = (await (await ask('/api/openapi.json', { headers })).json()) as {
      paths: Record<string, Record<string, object>>;
    };
    const changes = Object.entries(paths).flatMap(([path, verbs]) => ('post' in verbs ? [path] : []));
    const reads = changes.filter((path) => path.startsWith('/api/playground/') || path === '/api/bulk/count');
    const open = changes.filter((path) => path.startsWith('/api/session'));
    const guarded = changes.filter((path) => ![...reads, ...open].includes(path));
    expect(guarded.length).toBeGreaterThan(8);
    for (const path of guarded) {
      const { status } = await ask(path.replace(/\{\w+\}/, 'x'), { ...json({}), headers });
      expect([path, status]).toEqual([path, 403]);
    }
    expect(ledger.asked).toEqual([]);
  });
});
