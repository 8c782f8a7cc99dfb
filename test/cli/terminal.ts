// Runs a command as a terminal would and keeps what it says.

import type { Io } from '../../src/cli/client.ts';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function say(
  command: (args: readonly string[], io: Io) => Promise<number>,
  args: readonly string[],
  given: Partial<Io> = {},
): Promise<Said> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await command(args, {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    color: false,
    env: {},
    cwd: '/nonexistent',
    ...given,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}
