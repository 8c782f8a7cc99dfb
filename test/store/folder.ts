// A temporary folder for a test, and child processes that work on it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

// Processes and threads then need not compile their code anew for each test.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'hookline-compile-cache');

/** Removed when the test ends. */
export async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'hookline-store-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

export interface Child {
  /** Lines it has written so far. */
  readonly lines: readonly string[];
  /** Resolves at the line that the test looks for; rejects when the child ends without it. */
  until(found: (lines: readonly string[]) => boolean): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** How it ended, and what it wrote on stderr. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; errors: string }>;
}

const script = fileURLToPath(new URL('./child.ts', import.meta.url));

/** Runs `child.ts`; `blocks` limits the size of every file it writes, in units of 512 bytes. */
export function startChild(args: readonly string[], given: { failpoint?: string; blocks?: number } = {}): Child {
  const command = [process.execPath, script, ...args];
  const limited = given.blocks === undefined ? command : limitFiles(given.blocks, command);
  const env = { ...process.env, HOOKLINE_FAILPOINT: given.failpoint ?? '' };
  const [file = '', ...rest] = limited;
  const child = spawn(file, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  let errors = '';
  const output = createInterface(child.stdout);
  output.on('line', (line) => lines.push(line));
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    errors,
  }));
  return {
    lines,
    kill: (signal) => void child.kill(signal),
    ended,
    until: async (found) => {
      while (!found(lines)) {
        const more = await Promise.race([once(output, 'line').then(() => true), ended.then(() => false)]);
        if (!more && !found(lines)) throw new Error(`the child ended early: ${errors}`);
      }
    },
  };
}

function limitFiles(blocks: number, command: readonly string[]): string[] {
  return ['sh', '-c', `ulimit -S -f ${blocks} && exec "$0" "$@"`, ...command];
}
