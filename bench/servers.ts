// Starts a server of the benchmarks as a process of its own and waits for the line that says where it listens.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { benchSecret } from './load.ts';

export interface Server {
  readonly url: string;
  /** Of a Hookline: where its admin listener is. */
  readonly admin: string;
  readonly pid: number;
  /** Of a Hookline, `look` is called with its folder when it has ended. */
  stop(look?: (dir: string) => Promise<void>): Promise<void>;
  /** The same, and its folder stays. */
  end(): Promise<void>;
}

export async function startBare(env: Record<string, string> = {}): Promise<Server> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./bare.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  const line = await firstLine(child, (found) => found['msg'] === 'ready');
  return { url: String(line['url']), admin: '', pid: child.pid ?? 0, stop: () => stop(child), end: () => stop(child) };
}

/** A `hookline serve` with this workflow file on a folder of its own, or on the store in `dir`. */
export async function startHookline(
  workflows: string,
  env: Record<string, string> = {},
  dir = mkdtempSync(join(tmpdir(), 'hookline-bench-')),
): Promise<Server> {
  writeFileSync(join(dir, 'workflows.yaml'), workflows);
  const main = fileURLToPath(new URL('../bin/hookline.js', import.meta.url));
  const child = spawn(process.execPath, [main, 'serve'], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      ADMIN_PORT: '0',
      DATA_DIR: 'data',
      ALLOW_PRIVATE: '127.0.0.1',
      TRUEDY_WEBHOOK_SECRET: benchSecret,
      ...env,
    },
  });
  const line = await firstLine(child, (found) => found['msg'] === 'Hookline is ready');
  const close = async (look?: (dir: string) => Promise<void>) => {
    await stop(child);
    await look?.(join(dir, 'data'));
    rmSync(dir, { recursive: true, force: true });
  };
  return {
    url: String(line['receiver']),
    admin: String(line['admin']),
    pid: child.pid ?? 0,
    stop: close,
    end: () => stop(child),
  };
}

/** Processor time of the process so far by thread, in milliseconds: `main`, `store`, and `other` for compiler and collector. Linux only. */
export function cpuOf(pid: number): Record<'main' | 'store' | 'other', number> {
  const used = { main: 0, store: 0, other: 0 };
  const tasks = `/proc/${pid}/task`;
  for (const task of readdirSync(tasks)) {
    const name = readFileSync(`${tasks}/${task}/comm`, 'utf8').trim();
    const kind = task === String(pid) ? 'main' : name === 'store' ? 'store' : 'other';
    used[kind] += Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  }
  return used;
}

function firstLine(
  child: ChildProcess,
  accepts: (line: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    if (!child.stdout) return reject(new Error('no output'));
    const { stdout } = child;
    const lines = createInterface({ input: stdout });
    lines.on('line', (text) => {
      const line = JSON.parse(text) as Record<string, unknown>;
      if (!accepts(line)) return;
      lines.close();
      // What it logs from now on is thrown away.
      stdout.resume();
      resolve(line);
    });
    child.on('close', () => reject(new Error('the server ended before it was ready')));
    return undefined;
  });
}

async function stop(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.on('close', resolve));
  child.kill('SIGTERM');
  await closed;
}
