// The page of commands: what each says of itself with `--help`.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Io } from '../../../src/cli/client.ts';
import { block, page } from '../markdown.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

export interface Command {
  readonly name: string;
  readonly about: string;
  readonly help: string;
}

/** Every command that the command line lists, in its order, with its help. */
export async function readCommands(): Promise<readonly Command[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'help']);
  const listed = [...stdout.matchAll(/^ {2}hookline (\S+) +(.+)$/gm)];
  return Promise.all(listed.map(async ([, name = '', about = '']) => ({ name, about, help: await helpOf(name) })));
}

/** A command is a function of its own name, in a file of that name; `migrate-store` is `migrateStore`. */
async function helpOf(name: string): Promise<string> {
  const file = (await import(`../../../src/cli/${name}.ts`)) as Record<string, (args: string[], io: Io) => unknown>;
  const lines: string[] = [];
  const out = (line: string) => void lines.push(line);
  const verb = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  await file[verb]?.(['--help'], { out, err: out, color: false, env: {}, cwd: '/nowhere' });
  return lines.join('\n').trim();
}

export async function commandsPage(): Promise<string> {
  const commands = await readCommands();
  return page(
    '# Commands',
    'From the checkout `npx hookline <command>`, in the image `hookline <command>`. Exit codes are on the page of [errors](errors.md).',
    ...commands.map(({ name, help: text }) => page(`## ${name}`, block('text', text)).trimEnd()),
  );
}
