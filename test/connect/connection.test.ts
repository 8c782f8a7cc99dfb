// Connections: checked settings, a client made once, and stand-ins that keep everything on the machine.

import { afterEach, describe, expect, it } from 'vitest';
import http from '../../connectors/http/index.ts';
import { openConnections, type Connections, type OpenConnections } from '../../src/connect/connection.ts';
import { createSending } from '../../src/connect/sending.ts';
import { createRedactor } from '../../src/core/log.ts';
import { defineAction, defineConnector, type Connector, type Sandbox, type Tools } from '../../src/plugin/index.ts';
import { startServer } from './server.ts';

const silent = () => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const nothing = defineAction({
  description: 'Does nothing.',
  input: { type: 'object' },
  output: { type: 'object' },
  effect: 'repeatable',
  run: async () => ({}),
});

interface Client {
  readonly settings: unknown;
  readonly tools: Tools;
}

/** A connector that shows what it was given, and how often it was opened and closed. */
function createShow(overrides: Partial<Connector> = {}) {
  const calls = { connect: 0, close: 0 };
  const connector = defineConnector({
    name: 'show',
    description: 'Shows.',
    settings: {
      type: 'object',
      properties: {
        url: { type: 'string', pattern: '^https?:' },
        port: { type: 'integer' },
        auth: { type: 'object', properties: { token: { type: 'string' } } },
      },
      required: ['url'],
    },
    secrets: ['auth.token'],
    connect: (settings, tools): Client => {
      calls.connect += 1;
      return { settings, tools };
    },
    close: async () => {
      calls.close += 1;
    },
    actions: { nothing },
  });
  return { calls, connector: { ...connector, ...overrides } };
}

async function open(
  configs: { name: string; connector: Connector; settings: unknown }[],
  options: Partial<OpenConnections> = {},
): Promise<Connections> {
  const opened = await openConnections({
    configs,
    sending: createSending(),
    allow: [],
    sandbox: false,
    log,
    now: () => 0,
    redactor: createRedactor(),
    ...options,
  });
  closers.push(() => opened.close());
  return opened;
}

const client = async (connections: Connections, name: string) => (await connections.get(name)?.client()) as Client;

describe('openConnections', () => {
  it('names connection and field of a wrong setting and never shows its value', async () => {
    const { connector } = createShow();
    const settings = { url: 'ftp://SECRET', port: 'SECRET', auth: { token: 7 } };
    const error = await open([{ name: 'crm', connector, settings }]).catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({ code: 'connection.invalid' });
    expect((error as Error).message).toBe(
      'the settings of connection "crm" are refused: setting "url" must match pattern "^https?:"; setting "port" must be integer; setting "auth.token" must be string',
    );
  });

  it('says which setting is missing', async () => {
    const { connector } = createShow();
    await expect(open([{ name: 'crm', connector, settings: {} }])).rejects.toThrow('setting "url" is missing');
  });

  it.each([
    [{ kind: 'bearer' }, 'setting "auth.token" is missing'],
    [{ kind: 'api-key', in: 'cookie', name: 'k', value: 'SECRET' }, 'setting "auth.in" must be equal to one of'],
    [{ kind: 'magic', token: 'SECRET' }, 'setting "auth" has no known form'],
  ])('speaks of the alternative that was meant: %j', async (auth, why) => {
    const configs = [{ name: 'api', connector: http, settings: { baseUrl: 'https://a.example', auth } }];
    const error = (await open(configs).catch((reason: unknown) => reason)) as Error;
    expect(error.message).toContain(`the settings of connection "api" are refused: ${why}`);
    expect(error.message).not.toContain('SECRET');
  });

  it('makes the client at the first use, once, and closes it', async () => {
    const { connector, calls } = createShow();
    const connections = await open([
      { name: 'a', connector, settings: { url: 'http://a' } },
      { name: 'unused', connector, settings: { url: 'http://b' } },
    ]);
    expect(calls).toEqual({ connect: 0, close: 0 });
    const [one, two] = await Promise.all([client(connections, 'a'), client(connections, 'a')]);
    expect(one).toBe(two);
    expect(one.settings).toEqual({ url: 'http://a' });
    await connections.close();
    expect(calls).toEqual({ connect: 1, close: 1 });
  });

  it('does not remember a failed connect', async () => {
    let tries = 0;
    const { connector } = createShow({
      connect: () => {
        tries += 1;
        if (tries === 1) throw new Error('down');
        return { up: true };
      },
    });
    const connections = await open([{ name: 'a', connector, settings: { url: 'http://a' } }]);
    await expect(connections.get('a')?.client()).rejects.toThrow('down');
    await expect(connections.get('a')?.client()).resolves.toEqual({ up: true });
  });

  it('opens the client outside the attempt that needs it first', async () => {
    const sending = createSending();
    let scope: unknown = 'not asked';
    const { connector } = createShow({
      connect: async () => {
        await Promise.resolve();
        scope = sending.current();
      },
    });
    const connections = await open([{ name: 'a', connector, settings: { url: 'http://a' } }], { sending });
    const attempt = { signal: AbortSignal.timeout(1000), tracked: silent, sent: silent };
    await sending.within(attempt, async () => connections.get('a')?.client());
    expect(scope).toBeUndefined();
  });

  it('gives a new fingerprint for changed settings only', async () => {
    const { connector } = createShow();
    const prints = async (settings: unknown) =>
      (await open([{ name: 'a', connector, settings }])).get('a')?.fingerprint ?? '';
    const first = await prints({ url: 'http://a', auth: { token: 'one' } });
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await prints({ auth: { token: 'one' }, url: 'http://a' })).toBe(first);
    expect(await prints({ url: 'http://a', auth: { token: 'two' } })).not.toBe(first);
  });

  it('makes the secrets of the connector known to the redactor', async () => {
    const redactor = createRedactor();
    const { connector } = createShow();
    await open([{ name: 'a', connector, settings: { url: 'http://a', auth: { token: 'tok-123' } } }], { redactor });
    expect(redactor.text('http://a with tok-123')).toBe('http://a with [redacted]');
  });

  it('resolves a check of a connector without one and passes on what a check says', async () => {
    const plain = createShow().connector;
    const checked = createShow({ check: () => Promise.reject(new Error('bad token')) }).connector;
    const settings = { url: 'http://a' };
    const connections = await open([
      { name: 'plain', connector: plain, settings },
      { name: 'checked', connector: checked, settings },
    ]);
    await expect(connections.get('plain')?.check()).resolves.toBeUndefined();
    await expect(connections.get('checked')?.check()).rejects.toThrow('bad token');
  });

  it('guards the fetch it gives to connectors, unless the operator allows the host', async () => {
    const server = await startServer();
    closers.push(() => server.close());
    const { connector } = createShow();
    const setup = [{ name: 'a', connector, settings: { url: 'http://a' } }];
    const guarded = await client(await open(setup), 'a');
    await expect(guarded.tools.fetch(server.url)).rejects.toMatchObject({ code: 'HOOKLINE_BLOCKED_ADDRESS' });
    const allowed = await client(await open(setup, { allow: ['127.0.0.1'] }), 'a');
    expect((await allowed.tools.fetch(server.url)).status).toBe(200);
  });
});

describe('in a sandbox', () => {
  it('records what a connector without a sandbox sends, whatever the URL, and sends it nowhere', async () => {
    const real = await startServer();
    closers.push(() => real.close());
    const { connector } = createShow();
    const settings = { url: real.url, auth: { token: 'tok-123' } };
    const connections = await open([{ name: 'a', connector, settings }], { sandbox: true, allow: ['127.0.0.1'] });
    const { tools, settings: given } = await client(connections, 'a');
    expect(given).toEqual({ url: real.url, auth: { token: 'sandbox' } });
    const response = await tools.fetch('https://api.example.com/v1/notes?q=1', {
      method: 'POST',
      headers: { authorization: 'Bearer tok-123', 'content-type': 'application/json', 'x-a': 'b' },
      body: '{"a":1}',
    });
    expect(await response.json()).toEqual({});
    await tools.fetch(new Request(real.url, { method: 'PUT', body: 'text' }));
    const items = connections.sandboxes().get('a')?.list() ?? [];
    expect(items.map((item) => item.title)).toEqual(['POST https://api.example.com/v1/notes?q=1', `PUT ${real.url}/`]);
    expect(items[0]).toMatchObject({ kind: 'request', at: '1970-01-01T00:00:00.000Z' });
    expect(items[0]?.fields).toMatchObject({
      method: 'POST',
      url: 'https://api.example.com/v1/notes?q=1',
      headers: { authorization: '[redacted]', 'x-a': 'b' },
      body: { a: 1 },
    });
    expect(JSON.stringify(items)).not.toContain('tok-123');
    expect(real.connections).toBe(0);
  });

  it('refuses a URL that is none for HTTP also there', async () => {
    const { connector } = createShow();
    const connections = await open([{ name: 'a', connector, settings: {} }], { sandbox: true });
    const { tools } = await client(connections, 'a');
    await expect(tools.fetch('file:///etc/passwd')).rejects.toMatchObject({ code: 'HOOKLINE_BLOCKED_URL' });
  });

  it('starts the sandbox of a connector without its secrets, not strict, and opens nothing but its host', async () => {
    const server = await startServer();
    const other = await startServer();
    closers.push(() => other.close());
    let closed = false;
    let asked: unknown;
    const startSandbox = async (options: object): Promise<Sandbox> => {
      asked = options;
      const close = async () => {
        closed = true;
        await server.close();
      };
      return { settings: { url: server.url }, hosts: [server.host], list: () => [], close };
    };
    const { connector } = createShow({ sandbox: async () => ({ startSandbox }) });
    const settings = { url: 'https://real.example.com', auth: { token: 'tok-123' } };
    const connections = await open([{ name: 'a', connector, settings }], { sandbox: true, allow: ['127.0.0.0/8'] });
    expect(asked).toMatchObject({ strict: false, settings: { url: 'https://real.example.com', auth: {} } });
    expect(JSON.stringify(asked)).not.toContain('tok-123');
    const { tools, settings: given } = await client(connections, 'a');
    expect(given).toEqual({ url: server.url });
    expect((await tools.fetch(server.url)).status).toBe(200);
    await expect(tools.fetch(other.url)).rejects.toMatchObject({ code: 'HOOKLINE_BLOCKED_ADDRESS' });
    await expect(tools.fetch('https://real.example.com/')).rejects.toMatchObject({ code: 'HOOKLINE_BLOCKED_ADDRESS' });
    await connections.close();
    expect(closed).toBe(true);
  });

  it('closes the sandboxes that did start when another does not', async () => {
    let closed = false;
    const close = async () => {
      closed = true;
    };
    const good = createShow({
      sandbox: async () => ({ startSandbox: async () => ({ settings: {}, hosts: [], list: () => [], close }) }),
    });
    const bad = createShow({ sandbox: () => Promise.reject(new Error('no port')) });
    const configs = [good, bad].map(({ connector }, at) => ({ name: `c${at}`, connector, settings: {} }));
    await expect(open(configs, { sandbox: true })).rejects.toThrow('no port');
    expect(closed).toBe(true);
  });
});
