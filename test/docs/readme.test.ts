// The connector of README.md, put into a folder outside the checkout and run by the real product.

import { spawn, type ChildProcess } from 'node:child_process';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../connect/server.ts';
import { completeFile } from './complete.ts';
import { namedFiles, readDocument, root } from './documents.ts';

const run = promisify(execFile);
const main = join(root, 'src/main.ts');

let notes: TestServer;
let folder: string;
let hookline: ChildProcess;
let url: string;

beforeAll(async () => {
  notes = await startServer((response) => {
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"n1"}');
  });
  folder = await mkdtemp(join(tmpdir(), 'hookline-readme-'));
  const readme = readDocument('README.md');
  await mkdir(join(folder, 'plugins'));
  for (const { name, text } of namedFiles(readme)) await writeFile(join(folder, name), text);
  const part = readme.blocks.find(({ info, text }) => info === 'yaml part' && text.includes('notes.write-note'));
  const example = await readFile(join(root, 'workflows.example.yaml'), 'utf8');
  const file = completeFile(part?.text ?? '', example).replace('https://notes.example.com', notes.url);
  await writeFile(join(folder, 'workflows.yaml'), file);
  ({ hookline, url } = await serve());
});
afterAll(async () => {
  const ended = once(hookline, 'exit');
  hookline.kill('SIGTERM');
  await ended;
  await notes.close();
  await rm(folder, { recursive: true, force: true });
});

async function serve(): Promise<{ hookline: ChildProcess; url: string }> {
  const secrets = ['TRUEDY_WEBHOOK_SECRET', 'SF_CLIENT_ID', 'SF_CLIENT_SECRET', 'SMTP_PASSWORD', 'SLACK_BOT_TOKEN'];
  const child = spawn(process.execPath, [main, 'serve'], {
    cwd: folder,
    env: {
      ...Object.fromEntries(secrets.map((name) => [name, 'secret'])),
      PORT: '0',
      ADMIN_PORT: '0',
      ALLOW_PRIVATE: '127.0.0.1',
      DATA_DIR: join(folder, 'data'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const found = await new Promise<string>((resolve) => {
    let text = '';
    child.stdout.on('data', (piece: Buffer) => {
      text += String(piece);
      const receiver = /"receiver":"([^"]+)"/.exec(text)?.[1];
      if (receiver !== undefined) resolve(receiver);
    });
  });
  return { hookline: child, url: found };
}

it('is found, passes the check and does what it says', async () => {
  const args = ['send', 'truedy', 'call.ended', '--url', url];
  const { stdout } = await run(process.execPath, [main, ...args], { env: { HOOKLINE_SECRET: 'secret' } });
  expect(stdout).toContain('accepted');
  await expect.poll(() => notes.requests, { timeout: 10_000 }).toHaveLength(1);
  const [request] = notes.requests;
  expect(request).toMatchObject({ method: 'POST', url: '/notes' });
  expect(JSON.parse(request?.body ?? '')).toEqual({ text: expect.stringContaining('Maria Lopez') });
  expect(request?.headers['idempotency-key']).toMatch(/^[0-9a-f]{64}$/);
});
