// Finds the running Hookline and talks to its admin listener.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HostError, hostErrors, type HostErrorCode } from '../core/errors.ts';
import { readSecret } from '../core/settings.ts';

/** What a command is given of the world. */
export interface Io {
  out(line: string): void;
  err(line: string): void;
  readonly color: boolean;
  readonly env: Record<string, string | undefined>;
  readonly cwd: string;
  /** Milliseconds since 1970; the system's clock when absent. */
  readonly clock?: () => number;
  /** So many random bytes; the system's when absent. */
  readonly random?: (size: number) => Uint8Array;
}

export interface Client {
  readonly url: string;
  /** `query`: undefined values are left out. Rejects with a HostError or an AnswerError. */
  get(path: string, query?: Readonly<Record<string, string | undefined>>): Promise<unknown>;
  post(path: string, body?: unknown): Promise<unknown>;
  /** The lines of an answer that has many, as they come. Throws like `get`, also when the answer breaks off. */
  lines(path: string, query?: Readonly<Record<string, string | undefined>>): AsyncIterable<string>;
}

/** A failure as the running Hookline told it. */
export class AnswerError extends Error {
  readonly code: string;
  readonly help: string;
  readonly exit: number;

  constructor(code: string, message: string, help: string) {
    super(message);
    this.name = 'AnswerError';
    this.code = code;
    this.help = help;
    this.exit = code in hostErrors ? hostErrors[code as HostErrorCode].exit : 1;
  }
}

/** The first of: HOOKLINE_URL, a `hookline dev` of this folder, the admin port of this machine. */
export function findServer(io: Io): { readonly url: string; readonly token: string } {
  const { env } = io;
  if (set(env['HOOKLINE_URL'])) return { url: trimUrl(env['HOOKLINE_URL']), token: readSecret(env, 'ADMIN_TOKEN') };
  const dev = readDev(io.cwd);
  if (dev !== undefined) return dev;
  const url = `http://127.0.0.1:${set(env['ADMIN_PORT']) ? env['ADMIN_PORT'] : '3001'}`;
  if (set(env['ADMIN_TOKEN']) || set(env['ADMIN_TOKEN_FILE'])) return { url, token: readSecret(env, 'ADMIN_TOKEN') };
  const token = readText(join(resolve(io.cwd, set(env['DATA_DIR']) ? env['DATA_DIR'] : './data'), 'admin-token'));
  if (token === undefined) throw new HostError('admin.unreachable', { url });
  return { url, token: token.trim() };
}

export function createClient(server: { readonly url: string; readonly token: string }): Client {
  const { url, token } = server;
  const ask = async (method: string, path: string, limitMs: number, body?: string): Promise<Response> => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const headers = { authorization: `Bearer ${token}`, ...json };
    const signal = AbortSignal.timeout(limitMs);
    try {
      return await fetch(url + path, { method, headers, body: body ?? null, redirect: 'manual', signal });
    } catch (error) {
      throw new HostError('admin.unreachable', { url }, { cause: error });
    }
  };
  const call = async (method: string, path: string, body?: string) =>
    readAnswer(url, await ask(method, path, 30_000, body));
  return {
    url,
    get: (path, query) => call('GET', path + searchOf(query)),
    post: (path, body = {}) => call('POST', path, JSON.stringify(body)),
    lines: async function* (path, query) {
      const response = await ask('GET', path + searchOf(query), 600_000);
      if (response.ok && response.body !== null) yield* readLines(url, response.body);
      else await readAnswer(url, response);
    },
  };
}

function searchOf(query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const search = new URLSearchParams(Object.fromEntries(given)).toString();
  return search === '' ? '' : `?${search}`;
}

async function* readLines(url: string, body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw new HostError('admin.unreachable', { url }, { cause: error });
  }
  if (rest !== '') yield rest;
}

async function readAnswer(url: string, response: Response): Promise<unknown> {
  let answer: unknown;
  try {
    answer = await response.json();
  } catch {
    answer = undefined;
  }
  if (response.ok && answer !== undefined) return answer;
  const { code, message, help } = (answer as { error?: Record<string, unknown> } | null | undefined)?.error ?? {};
  if (typeof code === 'string' && typeof message === 'string') {
    throw new AnswerError(code, message, typeof help === 'string' ? help : '');
  }
  throw new AnswerError(
    'admin.unreachable',
    `"${url}" answers with status ${response.status}, but not as the admin listener of Hookline`,
    'Set HOOKLINE_URL to the address of the admin listener, by default http://127.0.0.1:3001.',
  );
}

/** What `hookline dev` wrote for the commands beside it; nothing when that process has ended. */
function readDev(cwd: string): { url: string; token: string } | undefined {
  const text = readText(join(cwd, '.hookline', 'dev.json'));
  if (text === undefined) return undefined;
  try {
    const { adminUrl, token, pid } = JSON.parse(text) as Record<string, unknown>;
    if (typeof adminUrl !== 'string' || typeof token !== 'string') return undefined;
    if (typeof pid === 'number' && !isAlive(pid)) return undefined;
    return { url: trimUrl(adminUrl), token };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function set(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}

function trimUrl(url: string): string {
  return url.trim().replace(/\/+$/, '');
}
