// What the commands over the admin API have in common: options, `--json`, `--help` and failures as exit codes.

import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { HostError } from '../core/errors.ts';
import { nearest } from '../workflow/suggest.ts';
import { AnswerError, createClient, findServer, type Client, type Io } from './client.ts';
import { createPrinter, type Printer } from './print.ts';

const common = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;

export interface Command<O extends ParseArgsOptionsConfig> {
  readonly name: string;
  /** Shown by `--help`; its first line is the form of the command. */
  readonly help: string;
  readonly options: O;
  /** How many arguments it takes beside the options. */
  readonly takes: readonly [least: number, most: number];
}

type Values<O extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O & typeof common; allowPositionals: true }>
>['values'];

export interface Given<O extends ParseArgsOptionsConfig> {
  readonly client: Client;
  readonly values: Values<O>;
  readonly positionals: readonly string[];
  readonly print: Printer;
  /** With `--json` prints the raw answer, else calls `readable`. */
  readonly show: (answer: unknown, readable: () => void) => void;
}

/**
 * Runs a command to its exit code: the one it gives, 0 done, 1 refused or nobody there, 2 a mistake in the command line.
 * A command that does not read `client` needs no running Hookline.
 */
export async function runCommand<O extends ParseArgsOptionsConfig>(
  command: Command<O>,
  args: readonly string[],
  io: Io,
  run: (given: Given<O>) => Promise<number | void>,
): Promise<number> {
  try {
    const { values, positionals } = read(command, args);
    if (values.help === true) {
      for (const line of command.help.trim().split('\n')) io.out(line);
      return 0;
    }
    checkCount(command, positionals);
    const print = createPrinter(io);
    const exit = await run({
      get client() {
        return createClient(findServer(io));
      },
      values,
      positionals,
      print,
      show: (answer, readable) => {
        if (values.json === true) io.out(escapeJson(JSON.stringify(answer, null, 2)));
        else readable();
      },
    });
    return exit ?? 0;
  } catch (error) {
    if (!(error instanceof HostError) && !(error instanceof AnswerError)) throw error;
    io.err(/[.?!]$/.test(error.message) ? error.message : `${error.message}.`);
    if (error.help !== '') io.err(error.help);
    return error.exit;
  }
}

function read<O extends ParseArgsOptionsConfig>(command: Command<O>, args: readonly string[]) {
  const options = { ...command.options, ...common };
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { values: values as Values<O> & { json?: boolean; help?: boolean }, positionals };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || !code.startsWith('ERR_PARSE_ARGS')) throw error;
    const unknown = /'(-[^']*)'/.exec(message)?.[1];
    if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION' || unknown === undefined) throw misuse(command, message);
    const near = nearest(unknown, Object.keys(options));
    const meant = near === undefined ? '' : `; did you mean "--${near}"?`;
    throw misuse(command, `option "${unknown}" does not exist${meant}`);
  }
}

function checkCount(command: Command<ParseArgsOptionsConfig>, positionals: readonly string[]): void {
  const [least, most] = command.takes;
  const extra = positionals[most];
  const form = command.help.trim().split('\n', 1)[0] ?? '';
  if (extra !== undefined) throw misuse(command, `"${extra}" is one argument too many; the form is: ${form}`);
  if (positionals.length < least) throw misuse(command, `an argument is missing; the form is: ${form}`);
}

/** For a command that shows a list, or the one thing that is named: then there is nothing to filter. */
export function checkListOnly(command: { readonly name: string }, values: Readonly<Record<string, unknown>>): void {
  const filter = Object.keys(values).find((name) => !(name in common));
  if (filter !== undefined) throw misuse(command, `"--${filter}" goes with the list only; leave it out, or the id`);
}

/** A mistake in the command line: exit code 2. */
export function misuse(command: { readonly name: string }, what: string): AnswerError {
  return new AnswerError('input.invalid', what, `See "hookline ${command.name} --help".`);
}

/** JSON leaves C1 and direction characters as they are; a terminal would obey them. */
export function escapeJson(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
