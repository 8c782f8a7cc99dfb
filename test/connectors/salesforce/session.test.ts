// Logging in by each grant, and what a refused or ended session costs.

import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import salesforce from '../../../connectors/salesforce/index.ts';
import { startSandbox, type SalesforceSandbox } from '../../../connectors/salesforce/sandbox.ts';
import { outcomeSymbol, type Log } from '../../../src/plugin/index.ts';
import { createAttempt, type ProxiedRequest } from '../../../src/plugin/testing.ts';
import { openRig, type RigOptions } from '../../conformance/harness.ts';

const silent = () => undefined;
const log: Log = { debug: silent, info: silent, warn: silent, error: silent };
const input = (value: string) => ({
  object: 'Task',
  externalId: { field: 'Truedy_Call_Id__c', value },
  record: { Subject: 'Call' },
});
const isToken = ({ url }: ProxiedRequest) => url.startsWith('/services/oauth2/');
const isApi = (request: ProxiedRequest) => !isToken(request);
const expired = { status: 401, body: '[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]' };

async function open(settings: RigOptions['settings'] = {}) {
  const rig = await openRig({ connector: salesforce, settings });
  onTestFinished(() => rig.close());
  const upsert = async (value: string, options = {}) =>
    (await rig.call('upsert-record', input(value), options)).outcome;
  const count = (which: typeof isApi) => rig.proxy.seen.filter(which).length;
  return { ...rig, sandbox: rig.sandbox as SalesforceSandbox, upsert, count };
}

/** A sandbox and a connection to it with other settings or another clock. */
async function connect(
  change: Record<string, unknown>,
  options: { sandbox?: Record<string, unknown>; now?: () => number } = {},
) {
  const sandbox = await startSandbox({ strict: true, now: Date.now, log, settings: options.sandbox ?? {} });
  onTestFinished(() => sandbox.close());
  const tools = { fetch, log, now: options.now ?? Date.now };
  return Promise.resolve(salesforce.connect({ ...sandbox.settings, ...change }, tools));
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it should have failed'),
    (error: Error & { code?: string; [outcomeSymbol]?: string }) => error,
  );

describe('a login', () => {
  it.each([
    ['client credentials', {}, 'client_credentials'],
    ['a JWT', { username: 'calls@example.com' }, 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
    ['a refresh token', { refreshToken: 'from the file' }, 'refresh_token'],
  ])('by %s gives a session that works, and is renewed the same way', async (_, settings, grant) => {
    const { sandbox, proxy, upsert, count } = await open(settings);
    expect(await upsert('in-1')).toMatchObject({ status: 'succeeded' });
    sandbox.expireSessions();
    expect(await upsert('in-2')).toMatchObject({ status: 'succeeded' });
    const grants = proxy.seen.filter(isToken).map(({ body }) => new URLSearchParams(body).get('grant_type'));
    expect(grants).toEqual([grant, grant]);
    expect(count(isApi)).toBe(3);
  });

  it.each([
    ['a wrong secret', {}, { clientSecret: 'guessed-secret' }, 'invalid_client'],
    ['a wrong client', {}, { clientId: 'nobody' }, 'invalid_client_id'],
    ['a wrong refresh token', { refreshToken: 'x' }, { refreshToken: 'guessed-token' }, 'invalid_grant'],
    ['another user', { username: 'calls@example.com' }, { username: 'root@example.com' }, 'invalid_grant'],
  ])('with %s is the credentials, and shows none of them', async (_, sandbox, change, code) => {
    const error = await failure(connect(change, { sandbox }));
    expect(error).toMatchObject({ [outcomeSymbol]: 'credentials', code });
    expect(inspect(error, { depth: 9 })).not.toContain('guessed');
  });

  it('with a key that the org does not know is the credentials, and does not show the key', async () => {
    const other = await startSandbox({ strict: true, now: Date.now, log, settings: { username: 'u' } });
    await other.close();
    const error = await failure(connect({ privateKey: other.settings['privateKey'] }, { sandbox: { username: 'u' } }));
    expect(error).toMatchObject({ [outcomeSymbol]: 'credentials', code: 'invalid_grant' });
    expect(inspect(error, { depth: 9 })).not.toContain('PRIVATE KEY');
  });

  it('takes a private key whose line breaks are written out', async () => {
    const sandbox = await startSandbox({ strict: true, now: Date.now, log, settings: { username: 'u' } });
    onTestFinished(() => sandbox.close());
    const privateKey = String(sandbox.settings['privateKey']).replaceAll('\n', '\\n');
    await salesforce.connect({ ...sandbox.settings, privateKey }, { fetch, log, now: Date.now });
    const error = await failure(connect({ username: 'u', privateKey: 'no key at all' }));
    expect(error).toMatchObject({ [outcomeSymbol]: 'credentials' });
    expect(inspect(error, { depth: 9 })).not.toContain('no key at all');
  });

  it('by a JWT from a clock that is far off is the credentials', async () => {
    const options = { sandbox: { username: 'calls@example.com' }, now: () => Date.now() - 600_000 };
    expect(await failure(connect({}, options))).toMatchObject({
      [outcomeSymbol]: 'credentials',
      code: 'invalid_grant',
    });
  });

  it.each([
    ['no credentials', { clientSecret: undefined }],
    ['a user without a key', { clientSecret: undefined, username: 'calls@example.com' }],
    ['an address without TLS', { loginUrl: 'http://login.salesforce.com' }],
    ['no address', { loginUrl: 'login.salesforce.com' }],
    ['an instance without TLS', { instanceUrl: 'http://acme.my.salesforce.com' }],
  ])('with %s is refused in a sentence', async (_, change) => {
    const error = await failure(connect(change));
    expect(error).toMatchObject({ [outcomeSymbol]: 'credentials' });
    expect(error.message).toMatch(/; set /);
  });

  it.each([
    ['is cut', 'cut-after' as const, 'retryable'],
    ['is answered with a page', 'html-200' as const, 'retryable'],
    ['is answered 503', { status: 503 }, 'retryable'],
    ['is redirected', { redirect: 'http://127.0.0.1:9/' }, 'credentials'],
    [
      'is answered without a token',
      { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' },
      'credentials',
    ],
  ])('that %s never leaves a call in doubt', async (_, fault, outcome) => {
    const { sandbox, proxy, client } = await open();
    sandbox.expireSessions();
    proxy.fail(fault, 1, isToken);
    const call = salesforce.actions['create-record']?.run(client, { object: 'Task', record: {} }, createAttempt());
    expect(await failure(Promise.resolve(call))).toMatchObject({ [outcomeSymbol]: outcome });
    expect(sandbox.list()).toEqual([]);
  });
});

describe('a refused session', () => {
  it('costs three requests when the new one is refused too', async () => {
    const { proxy, upsert, count } = await open();
    proxy.fail(expired, Infinity, isApi);
    expect(await upsert('loop')).toMatchObject({ status: 'rejected', credentials: true });
    expect([count(isApi), count(isToken)]).toEqual([2, 2]);
  });

  it('is renewed once for calls at the same time', async () => {
    const { sandbox, upsert, count } = await open();
    sandbox.expireSessions();
    const ends = await Promise.all(Array.from({ length: 10 }, (_, index) => upsert(`many-${index}`)));
    expect(ends.map((end) => end.status)).toEqual(ends.map(() => 'succeeded'));
    expect(sandbox.list()).toHaveLength(10);
    expect(count(isToken)).toBe(2);
    expect(count(isApi)).toBe(20);
  });

  it('stays within its budget for calls at the same time that are refused for ever', async () => {
    const { proxy, upsert, count } = await open();
    proxy.fail(expired, Infinity, isApi);
    const ends = await Promise.all(Array.from({ length: 5 }, (_, index) => upsert(`stuck-${index}`)));
    expect(ends).toEqual(ends.map(() => expect.objectContaining({ status: 'rejected', credentials: true }) as unknown));
    expect(count(isApi)).toBeLessThanOrEqual(10);
    expect(count(isToken)).toBeLessThanOrEqual(6);
  });

  it('is forgotten once the vendor takes the connection again', async () => {
    const { proxy, upsert } = await open();
    proxy.fail(expired, 2, isApi);
    expect(await upsert('back')).toMatchObject({ status: 'rejected', credentials: true });
    expect(await upsert('back')).toMatchObject({ status: 'succeeded' });
  });

  it('shows neither token nor secret', async () => {
    const { proxy, upsert, sandbox } = await open();
    proxy.fail(expired, Infinity, isApi);
    const text = inspect(await upsert('secret'), { depth: 9 });
    expect(text).toContain('INVALID_SESSION_ID');
    expect(text).not.toContain('sandbox.session');
    expect(text).not.toContain(sandbox.settings['clientSecret']);
  });

  it('whose renewal is stopped leaves no call in doubt', async () => {
    const { sandbox, proxy, upsert } = await open();
    sandbox.expireSessions();
    proxy.fail('hang-headers', 1, isToken);
    const [first, second] = [upsert('stop-1', { timeoutMs: 300 }), upsert('stop-2', { timeoutMs: 5000 })];
    expect(await first).toMatchObject({ status: 'retryable', sent: true });
    expect(await second).toMatchObject({ status: 'retryable' });
    expect(await upsert('stop-2')).toMatchObject({ status: 'succeeded' });
  });
});

describe('a stopped call', () => {
  const stopped = createAttempt({ signal: AbortSignal.abort() });
  const create = (client: unknown, record: object) =>
    failure(Promise.resolve(salesforce.actions['create-record']?.run(client, { object: 'Task', record }, stopped)));

  it('that was answered all the same ends as the answer says', async () => {
    const { client } = await open();
    const error = await create(client, { Subjekt: 'x' });
    expect(error).toMatchObject({ [outcomeSymbol]: 'rejected', code: 'INVALID_FIELD' });
  });

  it('without an answer is left to the host, which knows whether anything was sent', async () => {
    const { client, proxy } = await open();
    proxy.fail('cut-before');
    const error = await create(client, { Subject: 'x' });
    expect(error).toBeInstanceOf(TypeError);
    expect(error[outcomeSymbol]).toBeUndefined();
  });
});

describe('a check', () => {
  it('passes on a live connection and renews an ended session', async () => {
    const { sandbox, client } = await open();
    await salesforce.check?.(client);
    sandbox.expireSessions();
    await expect(salesforce.check?.(client)).resolves.toBeUndefined();
  });

  it('fails as the credentials when Salesforce refuses them', async () => {
    const { proxy, client } = await open();
    proxy.fail({ status: 403, body: '[{"errorCode":"API_DISABLED_FOR_ORG","message":"no API"}]' });
    const error = await failure(Promise.resolve(salesforce.check?.(client)));
    expect(error).toMatchObject({ [outcomeSymbol]: 'credentials', code: 'API_DISABLED_FOR_ORG' });
  });
});

describe('the API calls of the org', () => {
  it('are warned of once when nearly used up, and refused late when used up', async () => {
    const sandbox = await startSandbox({ strict: true, now: Date.now, log, settings: {} });
    onTestFinished(() => sandbox.close());
    const warn = vi.fn<Log['warn']>();
    const client = await salesforce.connect(sandbox.settings, { fetch, log: { ...log, warn }, now: Date.now });
    const call = (value: string) =>
      Promise.resolve(salesforce.actions['upsert-record']?.run(client, input(value), createAttempt()));
    await call('quota-1');
    expect(warn).not.toHaveBeenCalled();
    sandbox.usage.used = sandbox.usage.limit - 2;
    await call('quota-2');
    await call('quota-3');
    expect(warn).toHaveBeenCalledOnce();
    expect(await failure(call('quota-4'))).toMatchObject({ [outcomeSymbol]: 'retryable', retryAfterMs: 3_600_000 });
  });
});
