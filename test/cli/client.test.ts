// How the commands find a running Hookline, and what they say when there is none.

import { spawnSync } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancel } from '../../src/cli/cancel.ts';
import { events } from '../../src/cli/events.ts';
import { findServer } from '../../src/cli/client.ts';
import { pause } from '../../src/cli/pause.ts';
import { replay } from '../../src/cli/replay.ts';
import { resolve } from '../../src/cli/resolve.ts';
import { resume } from '../../src/cli/resume.ts';
import { retry } from '../../src/cli/retry.ts';
import { runs } from '../../src/cli/runs.ts';
import { sandbox } from '../../src/cli/sandbox.ts';
import { say } from './terminal.ts';

const commands = { events, runs, retry, replay, resolve, cancel, pause, resume, sandbox };

let cwd: string;
const closers: (() => void)[] = [];
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'hookline-cli-'));
});
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await rm(cwd, { recursive: true });
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closers.push(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function writeDev(content: unknown): Promise<void> {
  await mkdir(join(cwd, '.hookline'), { recursive: true });
  await writeFile(join(cwd, '.hookline', 'dev.json'), typeof content === 'string' ? content : JSON.stringify(content));
}

const dev = { url: 'http://127.0.0.1:3000', adminUrl: 'http://127.0.0.1:4001', token: 'dev-token' };
const find = (env: Record<string, string | undefined> = {}) =>
  findServer({ out: () => undefined, err: () => undefined, color: false, env, cwd });

describe('a running Hookline is found', () => {
  it('by HOOKLINE_URL and ADMIN_TOKEN before anything else', async () => {
    await writeDev(dev);
    expect(find({ HOOKLINE_URL: 'http://hook.example:3001/ ', ADMIN_TOKEN: 'given' })).toEqual({
      url: 'http://hook.example:3001',
      token: 'given',
    });
  });

  it('with the token from a file', async () => {
    await writeFile(join(cwd, 'token'), 'from-file\n');
    const env = { HOOKLINE_URL: 'http://hook.example', ADMIN_TOKEN_FILE: join(cwd, 'token') };
    expect(find(env).token).toBe('from-file');
  });

  it('never with the token of this machine at another address', async () => {
    await writeDev(dev);
    expect(() => find({ HOOKLINE_URL: 'http://hook.example' })).toThrow('secret "ADMIN_TOKEN" is not set or empty');
  });

  it('by the file that dev wrote into this folder', async () => {
    await writeDev(dev);
    expect(find({ ADMIN_TOKEN: 'of-serve' })).toEqual({ url: 'http://127.0.0.1:4001', token: 'dev-token' });
  });

  it('not by the file of a dev that has ended', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    await writeDev({ ...dev, pid });
    expect(find({ ADMIN_TOKEN: 'of-serve' })).toEqual({ url: 'http://127.0.0.1:3001', token: 'of-serve' });
    await writeDev({ ...dev, pid: process.pid });
    expect(find({ ADMIN_TOKEN: 'of-serve' }).token).toBe('dev-token');
  });

  it.each(['', '{', 'null', '[]', '{"adminUrl":1,"token":2}'])('although dev.json holds %j', async (content) => {
    await writeDev(content);
    expect(find({ ADMIN_TOKEN: 'of-serve' }).token).toBe('of-serve');
  });

  it('by the token that serve left in the data folder', async () => {
    await mkdir(join(cwd, 'data'));
    await writeFile(join(cwd, 'data', 'admin-token'), 'generated\n');
    expect(find({ ADMIN_PORT: '4444' })).toEqual({ url: 'http://127.0.0.1:4444', token: 'generated' });
    expect(find({ DATA_DIR: join(cwd, 'data') }).token).toBe('generated');
  });
});

describe.each(Object.entries(commands))('hookline %s', (name, command) => {
  const args = ['events', 'runs', 'sandbox'].includes(name) ? [] : ['id'];
  const given = name === 'resolve' ? [...args, '--again'] : args;

  it('says that nobody listens and what to do', async () => {
    const url = await serve(() => undefined);
    for (const close of closers.splice(0)) close();
    expect(await say(command, given, { env: { HOOKLINE_URL: url, ADMIN_TOKEN: 'x' } })).toEqual({
      code: 1,
      out: '',
      err: `no Hookline answers on ${url}.\nStart "hookline dev" or "hookline serve" first, or set HOOKLINE_URL and ADMIN_TOKEN.`,
    });
    expect((await say(command, given, { cwd })).err).toContain('no Hookline answers on http://127.0.0.1:3001');
  });

  it('explains itself without a running Hookline', async () => {
    const { code, out, err } = await say(command, ['--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`^hookline ${name}`));
    expect(out).toContain('--json');
    expect(await say(command, ['-h'])).toEqual({ code, out, err });
  });

  it('refuses an option it does not know, with the nearest one', async () => {
    const { code, out, err } = await say(command, [...given, '--jsn']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(`option "--jsn" does not exist; did you mean "--json"?\nSee "hookline ${name} --help".`);
  });

  it('refuses an argument too many', async () => {
    const { code, err } = await say(command, [...given, 'one', 'two']);
    expect(code).toBe(2);
    expect(err).toMatch(/"(one|two)" is one argument too many; the form is: hookline /);
  });
});

const argumentMissing = /^an argument is missing; the form is: hookline \w+ <\w+>/;
const connectionMissing = /^the name of a connection or "--workflow <name>" is missing/;

describe.each([
  ['retry', retry],
  ['replay', replay],
  ['resolve', resolve],
  ['cancel', cancel],
  ['pause', pause, connectionMissing],
  ['resume', resume, connectionMissing],
] as const)('hookline %s', (_, command, missing: RegExp = argumentMissing) => {
  it('says which argument is missing', async () => {
    const { code, err } = await say(command, []);
    expect(code).toBe(2);
    expect(err).toMatch(missing);
  });
});

describe('an answer', () => {
  const ask = async (listener: RequestListener) => {
    const HOOKLINE_URL = await serve(listener);
    return { url: HOOKLINE_URL, ...(await say(runs, ['run_1'], { env: { HOOKLINE_URL, ADMIN_TOKEN: 'x' } })) };
  };

  it('that is a failure is told with its help and exit code', async () => {
    const error = { code: 'not.found', message: 'run "run_1" does not exist', help: 'List what there is.' };
    const { code, err } = await ask((_, response) => response.writeHead(404).end(JSON.stringify({ error })));
    expect([code, err]).toEqual([1, 'run "run_1" does not exist.\nList what there is.']);
  });

  it.each([
    ['another program', 404, '<html>'],
    ['a broken proxy', 200, '<html>'],
    ['JSON of something else', 500, '{"error":"boom"}'],
    ['null', 500, 'null'],
    ['a redirect', 302, ''],
  ])('of %s is not taken for one of Hookline', async (_, status, body) => {
    const { code, err, url } = await ask((_request, response) =>
      response.writeHead(status, { location: '/else' }).end(body),
    );
    expect(code).toBe(1);
    expect(err).toContain(`"${url}" answers with status ${status}, but not as the admin listener of Hookline`);
  });

  it('that breaks off is nobody answering', async () => {
    const { code, err } = await ask((request) => request.socket.destroy());
    expect([code, err]).toEqual([1, expect.stringContaining('no Hookline answers on')]);
  });
});
