// On an older Node the launcher runs the copy that was installed, and passes on what it is told.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const launcher = fileURLToPath(new URL('../../bin/hookline.js', import.meta.url));
const older = "data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.0.0' })";

let folder: string;
let temporary: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookline-launcher-'));
  temporary = join(folder, 'tmp');
  mkdirSync(temporary);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function launch(...args: readonly string[]) {
  const env = { ...process.env, PORT: '0', ADMIN_PORT: '0', ADMIN_TOKEN: '', TMPDIR: temporary };
  return spawn(process.execPath, ['--import', older, launcher, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

it.each(['SIGTERM', 'SIGHUP'] as const)('stops what it started at %s, and leaves nothing behind', async (signal) => {
  const child = launch('dev', '--no-sample');
  const ended = once(child, 'exit');
  const dev = join(folder, '.hookline', 'dev.json');
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      if (text.includes('what happened')) resolve();
    });
  });
  expect(existsSync(dev)).toBe(true);
  const stores = () => readdirSync(temporary).filter((name) => name.startsWith('hookline-dev-'));
  expect(stores()).toHaveLength(1);
  child.kill(signal);
  if (signal === 'SIGHUP') child.kill(signal);
  expect(await ended).toEqual([0, null]);
  expect(existsSync(dev)).toBe(false);
  expect(stores()).toEqual([]);
});

it('goes on when nobody reads what it says any more', async () => {
  const child = launch('help');
  child.stdout.destroy();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it('ends with the exit code of the command, which says what was meant', async () => {
  const child = launch('chekc');
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(said).toBe('"chekc" is no command; did you mean "check"?\nRun "hookline help" for the list.\n');
  expect(code).toBe(2);
});
