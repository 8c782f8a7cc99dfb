// Secrets are in no answer: a whole Hookline whose connector leaks them wherever a connector can, asked every GET there is.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckedConnection, ConnectionsAnswer } from '../../src/console/api/connections.ts';
import type { Happening } from '../../src/core/model.ts';
import { fileOf, startRunning, token, type Running } from '../operate/app.ts';

const canary = 'canary-3f9c2e71-never-in-an-answer';
const viewerToken = 'another-token-that-may-only-look-at-it';
const signInCode = 'a-code-of-this-machine-for-one-browser';
const webhookSecret = 'whsec_0123456789abcdef0123456789abcdef';

/** Puts its token wherever it can: into outputs, errors and their causes, URLs and headers. */
const leaky = `
import { ConnectionError, defineAction, defineConnector, PermanentError, UnknownOutcomeError } from 'hookline/plugin';
const errors = { rejected: PermanentError, doubt: UnknownOutcomeError, credentials: ConnectionError };
const call = defineAction({
  description: 'Leaks.',
  input: { type: 'object', properties: { as: { type: 'string' } }, required: ['as'] },
  output: { type: 'object', additionalProperties: true },
  effect: 'once',
  run: async ({ token, url, fetch }, { as }) => {
    if (as in errors) throw new errors[as]('the token ' + token + ' was refused', { cause: new Error('sent ' + token) });
    const response = await fetch(url + '/?key=' + token, { headers: { authorization: 'Bearer ' + token } });
    return { text: await response.text(), nested: { list: [token], ['by ' + token]: 1 }, base: 'x' + token + 'y' };
  },
});
export default defineConnector({
  name: 'leaky', description: 'Leaks.', secrets: ['token'],
  settings: { type: 'object', properties: { token: { type: 'string' }, url: { type: 'string' } }, required: ['token', 'url'] },
  connect: ({ token, url }, { fetch }) => ({ token, url, fetch }),
  check: async ({ token, url, fetch }) => {
    const response = await fetch(url + '/check?key=' + token);
    if (!response.ok) throw new ConnectionError('no entry with ' + token, { cause: new Error('sent ' + token) });
  },
  actions: { call },
});
`;

const step = (as: string) => `
  ${as}:
    on: truedy:call.ended
    steps:
      - { id: leak, uses: leak-${as}.call, with: { as: ${as} } }
`;
const flows = ['rejected', 'doubt', 'credentials', 'fine'];

let dir: string;
let server: Server;
let running: Running;
let works = false;
const seen: string[] = [];
const bearer = { authorization: `Bearer ${token}` };

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`);
    response.statusCode = (request.url ?? '').startsWith('/check') && !works ? 403 : 200;
    response.setHeader('x-echo', request.headers.authorization ?? '').end(`you sent ${request.url ?? ''}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  dir = mkdtempSync(join(tmpdir(), 'hookline-secrets-'));
  mkdirSync(join(dir, 'plugins'), { recursive: true });
  writeFileSync(join(dir, 'plugins', 'leaky.ts'), leaky);
  const settings = `with: { token: "\${{ secrets.LEAK }}", url: "${url}" }`;
  const connections = flows.map((as) => `  leak-${as}: { uses: leaky, ${settings} }\n`).join('');
  writeFileSync(
    join(dir, 'flows.yaml'),
    fileOf(flows.map(step).join('')).replace('workflows:', `${connections}workflows:`),
  );
  const secret = (name: string) => (name === 'LEAK' ? canary : webhookSecret);
  const options = { file: join(dir, 'flows.yaml'), secret, viewerToken, signInCode };
  running = await startRunning(step('fine').replace('leak-fine', 'toys'), {
    dir,
    options,
    env: { ALLOW_PRIVATE: '127.0.0.1/32', CHECK_EVERY: '1h' },
  });
  await running.post('x', 'call-1', `/webhooks/truedy?token=${canary}`, {
    authorization: `Bearer ${canary}`,
    cookie: `session=${canary}`,
    'x-api-key': canary,
  });
  // Refused: its signature is wrong.
  await fetch(`${running.app.url}/webhooks/truedy`, { method: 'POST', body: '{}', headers: { authorization: canary } });
  const ended = (as: string) => (one: Happening) =>
    one.kind === 'run' && one.workflow === as && ['succeeded', 'failed', 'held'].includes(one.status);
  for (const as of flows) await running.until(ended(as));
});
afterAll(async () => {
  await running.stop();
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true, force: true });
});

const get = async (path: string) => (await running.get(path)).text();
async function post(path: string) {
  const response = await fetch(running.app.adminUrl + path, { method: 'POST', headers: bearer });
  return { status: response.status, text: await response.text() };
}
const hidden = [canary, token, viewerToken, signInCode, webhookSecret];

/** Every GET of the OpenAPI document, each `:id` and `:name` filled in with all there are. */
async function everyGet(): Promise<readonly string[]> {
  const { paths } = JSON.parse(await get('/api/openapi.json')) as { paths: Record<string, Record<string, object>> };
  const ids = async (list: string) =>
    (JSON.parse(await get(`${list}?limit=200`)) as { items: { id: string }[] }).items.map(({ id }) => id);
  const known: [RegExp, readonly string[]][] = [
    [/^\/api\/events\/\{id\}/, await ids('/api/events')],
    [/^\/api\/runs\/\{id\}/, await ids('/api/runs')],
    [/^\/api\/deliveries\/\{id\}/, await ids('/api/deliveries')],
    [/^\/api\/workflows\/\{name\}/, flows],
  ];
  const gets = Object.entries(paths).flatMap(([path, verbs]) => ('get' in verbs ? [path] : []));
  const others = ['/api/openapi.json', '/api/session', '/metrics', '/livez', '/readyz', '/'];
  return [...gets.filter((path) => path !== '/api/changes'), ...others].flatMap((path) => {
    const fill = known.find(([pattern]) => pattern.test(path))?.[1];
    if (fill === undefined) return [path];
    return fill.map((value) => path.replace(/\{\w+\}/, value));
  });
}

describe('secrets', () => {
  it('are sent to the vendor: the connector really has them', () => {
    expect(seen.some((line) => line.includes(`key=${canary}`) && line.includes(`Bearer ${canary}`))).toBe(true);
  });

  it('are in no answer of any GET', async () => {
    const paths = await everyGet();
    expect(paths.length).toBeGreaterThan(25);
    const leaks: string[] = [];
    for (const path of paths) {
      expect(path).not.toContain('{');
      const text = await get(path);
      for (const secret of hidden) if (text.includes(secret)) leaks.push(`${path}: ${secret}`);
    }
    expect(leaks).toEqual([]);
    // What was put around them is there, so the answers do hold what leaked.
    const { items } = JSON.parse(await get('/api/runs?workflow=fine')) as { items: { id: string }[] };
    const shown = await get(`/api/runs/${items[0]?.id ?? ''}`);
    for (const word of ['you sent', 'nested']) expect(shown).toContain(word);
    expect(await get('/api/connections')).toContain('was refused');
  });

  it('are in no answer of a check, of a failure and of an unknown address', async () => {
    const answers = [
      await post('/api/connections/leak-credentials/check'),
      await post(`/api/connections/${canary.slice(0, 6)}/check`),
      await post('/api/reload'),
      await post('/api/workflows/fine/pause'),
      await post('/api/workflows/fine/resume'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 200, 200, 200]);
    for (const { text } of answers) for (const secret of hidden) expect(text).not.toContain(secret);
  });

  it('are in no line of the log', () => {
    for (const secret of hidden) expect(running.logged.join('\n')).not.toContain(secret);
  });
});

describe('a check of a connection', () => {
  const states = async () =>
    new Map((JSON.parse(await get('/api/connections')) as ConnectionsAnswer).items.map((one) => [one.name, one]));

  it('that fails says why, and leaves the pause and its runs as they are', async () => {
    works = false;
    const { status, text } = await post('/api/connections/leak-credentials/check');
    expect([status, JSON.parse(text) as CheckedConnection]).toMatchObject([
      200,
      {
        ok: false,
        error: { name: 'ConnectionError', message: expect.stringContaining('no entry with') as string },
        connection: { status: 'paused', reason: 'credentials' },
      },
    ]);
    expect((await states()).get('leak-credentials')).toMatchObject({ held: 1, checkable: true });
  });

  it('that is good lifts the pause for refused credentials, and its runs are tried again', async () => {
    works = true;
    const held = () => running.happenings.filter((one) => one.kind === 'run' && one.workflow === 'credentials').length;
    const before = held();
    const { text } = await post('/api/connections/leak-credentials/check');
    expect(JSON.parse(text)).toMatchObject({ ok: true, error: null, connection: { status: 'ok' } });
    await expect.poll(held).toBeGreaterThan(before);
  });

  it('does not lift the pause of a person', async () => {
    works = true;
    await post('/api/connections/leak-fine/pause');
    expect(JSON.parse((await post('/api/connections/leak-fine/check')).text)).toMatchObject({
      ok: true,
      connection: { status: 'paused', reason: 'paused' },
    });
    await post('/api/connections/leak-fine/resume');
  });

  it('is refused for a connector without one, and for a connection that is not there', async () => {
    expect((await post('/api/connections/toys/check')).text).toContain('has no check');
    expect((await post('/api/connections/toys/check')).status).toBe(400);
    expect((await post('/api/connections/nobody/check')).status).toBe(404);
    expect((await states()).get('toys')).toMatchObject({ checkable: false, connector: 'toy' });
  });

  it('tells what a connection is busy with, and its last error', async () => {
    expect((await states()).get('leak-rejected')).toMatchObject({
      connector: 'leaky',
      underWay: 0,
      waiting: 0,
      held: 0,
      rate: null,
      lastError: { error: { message: expect.stringContaining('was refused') as string } },
    });
    expect((await states()).get('leak-fine')).toMatchObject({ lastError: null });
    expect((await states()).get('leak-doubt')).toMatchObject({ held: 1 });
  });
});
