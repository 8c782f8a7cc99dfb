// The page of commands: what each says of itself with `--help`.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { block, page } from '../markdown.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const run = promisify(execFile);

export interface Command {
  readonly name: string;
  readonly about: string;
  readonly help: string;
}

/** Every command of the command line, in its order, asked as a person would ask. */
export async function readCommands(): Promise<readonly Command[]> {
  const listed = [...(await help('help')).matchAll(/^ {2}hookline (\S+) +(.+)$/gm)];
  return Promise.all(
    listed.map(async ([, name = '', about = '']) => ({ name, about, help: await help(name, '--help') })),
  );
}

async function help(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [main, ...args]);
  return stdout.trim();
}

export async function commandsPage(): Promise<string> {
  const commands = await readCommands();
  return page(
    '# Commands',
    'From the checkout `npx hookline <command>`, in the image `hookline <command>`. Exit codes are on the page of [errors](errors.md).',
    ...commands.map(({ name, help: text }) => page(`## ${name}`, block('text', text)).trimEnd()),
  );
}
