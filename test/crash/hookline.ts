// A real `hookline serve` process on a folder of its own, for tests that kill it.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import source from '../../connectors/truedy/source.ts';
import { signRequest } from '../../src/plugin/signature.ts';

const main = fileURLToPath(new URL('../../bin/hookline.js', import.meta.url));
export const secret = 'whsec_0123456789abcdef0123456789abcdef';

export interface Line {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface Hookline {
  readonly url: string;
  readonly adminUrl: string;
  /** Resolves with the first log line, past or future, that the test accepts; rejects when the process ends first. */
  waitFor(accepts: (line: Line) => boolean): Promise<Line>;
  /** GET on the admin listener. */
  api(path: string): Promise<unknown>;
  post(path: string, body?: unknown): Promise<number>;
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  stderr(): string;
}

export interface Folder {
  readonly dir: string;
  readonly dataDir: string;
  /** `under`: a command that runs the process, such as a tracer. */
  start(env?: Record<string, string>, under?: readonly string[]): Promise<Hookline>;
  /** The same without waiting until it is ready. */
  spawn(env?: Record<string, string>, under?: readonly string[]): Started;
  remove(): void;
}

/** A folder with a workflow file and plugins; its data may be kept elsewhere. */
export function createFolder(workflows: string, plugins: Record<string, string>, dataDir?: string): Folder {
  const dir = mkdtempSync(join(tmpdir(), 'hookline-crash-'));
  mkdirSync(join(dir, 'plugins'));
  writeFileSync(join(dir, 'workflows.yaml'), workflows);
  for (const [name, text] of Object.entries(plugins)) writeFileSync(join(dir, 'plugins', name), text);
  const data = dataDir ?? join(dir, 'data');
  const launch = (env: Record<string, string> = {}, under: readonly string[] = []) =>
    spawnServe(dir, { DATA_DIR: data, ...env }, under);
  return {
    dir,
    dataDir: data,
    start: (env, under) => untilReady(launch(env, under)),
    spawn: launch,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

export const token = 'a'.repeat(40);

export type Started = Pick<Hookline, 'waitFor' | 'ended' | 'stderr' | 'kill' | 'pid'>;

function spawnServe(dir: string, env: Record<string, string>, under: readonly string[]): Started {
  const [file, ...args] = [...under, process.execPath, main, 'serve'] as const;
  const child = spawn(file, args, {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      ADMIN_PORT: '0',
      ADMIN_TOKEN: token,
      ALLOW_PRIVATE: '127.0.0.1',
      TRUEDY_WEBHOOK_SECRET: secret,
      RETRY_FIRST_DELAY: '50ms',
      ...env,
    },
  });
  return { ...readLines(child), pid: child.pid ?? 0, kill: (signal) => void child.kill(signal) };
}

async function untilReady(started: Started): Promise<Hookline> {
  const ready = await started.waitFor((line) => line.msg === 'Hookline is ready');
  const adminUrl = String(ready['admin']);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return {
    ...started,
    url: String(ready['receiver']),
    adminUrl,
    api: async (path) => (await fetch(`${adminUrl}/api${path}`, { headers })).json(),
    post: async (path, body = {}) =>
      (await fetch(`${adminUrl}/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).status,
  };
}

function readLines(child: ChildProcess) {
  const seen: Line[] = [];
  const waiting = new Set<(line: Line) => void>();
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      seen.push(line);
      for (const look of waiting) look(line);
    });
  }
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'));
  });
  const waitFor = (accepts: (line: Line) => boolean) =>
    new Promise<Line>((resolve, reject) => {
      const past = seen.find(accepts);
      if (past) return resolve(past);
      const look = (line: Line) => {
        if (!accepts(line)) return;
        waiting.delete(look);
        resolve(line);
      };
      waiting.add(look);
      void ended.then((how) => reject(new Error(`the process ended (${how}) before that line:\n${errors}`)));
      return undefined;
    });
  return { waitFor, ended, stderr: () => errors };
}

/** The body of an event of this call. */
export function bodyOf(callId: string): Buffer {
  const sample = source.events['call.ended']?.samples['nested'];
  return Buffer.from(JSON.stringify(sample?.({ id: callId, at: '2026-11-23T12:00:00.000Z' })));
}

/** Posts a signed event of this call; the status, or null when the connection broke without an answer. */
export async function postCall(url: string, callId: string, now = Date.now()): Promise<number | null> {
  const body = bodyOf(callId);
  const target = `${url}/webhooks/truedy`;
  if (typeof source.scheme !== 'object') throw new Error('the scheme is declarative');
  const signed = signRequest(source.scheme, {
    body,
    secret,
    now,
    id: callId,
    url: '/webhooks/truedy',
    method: 'POST',
  });
  const headers = { 'content-type': 'application/json', ...signed };
  try {
    return (await fetch(target, { method: 'POST', headers, body })).status;
  } catch {
    return null;
  }
}
