// `hookline check`: every problem of workflow files, and what each step of a fine one guarantees.

import { HostError } from '../core/errors.ts';
import { readSecret } from '../core/settings.ts';
import type { Workflows } from '../workflow/compile.ts';
import type { Problem } from '../workflow/problem.ts';
import { printGithub } from './check-github.ts';
import { printJson } from './check-json.ts';
import type { Checked, TriedConnection } from './check-result.ts';
import { printText } from './check-text.ts';
import type { Io } from './client.ts';
import { misuse, runCommand } from './command.ts';
import { loadFile, workflowsPath } from './load-file.ts';

const help = `
hookline check [file…]
  Finds every problem of workflow files in one pass, each with its place and what to write instead. For a file without errors
  it says how many effects each step can have, and why.

  file             a file, or a folder whose *.yaml files are loaded as one;
                   default: WORKFLOWS, else ./workflows.yaml, else ./workflows/
  --strict         every warning is an error, and a step that can be in doubt for good must say "onDoubt"
  --connect        also opens every connection with its credentials and makes a call that changes nothing
  --no-secrets     says nothing of secrets that are not set here
  --format <name>  text (default), json, or github: annotations of a pull request
  --json           the same as --format json

Exit code: 0 no error, 1 an error or a connection that fails, 2 a mistake in the command line or a file that cannot be read.
`;

const command = {
  name: 'check',
  help,
  options: {
    strict: { type: 'boolean' },
    connect: { type: 'boolean' },
    'no-secrets': { type: 'boolean' },
    format: { type: 'string' },
  },
  takes: [0, Infinity],
} as const;

const formats = { text: printText, json: printJson, github: printGithub };

export function check(args: readonly string[], io: Io): Promise<number> {
  return runCommand(command, args, io, async ({ values, positionals }) => {
    const print = printerOf(values.format ?? (values.json === true ? 'json' : 'text'));
    const files = positionals.length > 0 ? positionals : [workflowsPath(io, undefined).file];
    const all: Checked[] = [];
    for (const file of files) all.push(await checkOne(file, { ...values, secrets: values['no-secrets'] !== true }, io));
    print(all, io);
    return Math.max(...all.map(exitOf));
  });
}

function printerOf(format: string): (all: readonly Checked[], io: Io) => void {
  if (format === 'text' || format === 'json' || format === 'github') return formats[format];
  throw misuse(command, `format "${format}" does not exist; there are: ${Object.keys(formats).join(', ')}`);
}

interface Wishes {
  readonly strict?: boolean | undefined;
  readonly connect?: boolean | undefined;
  readonly secrets: boolean;
}

async function checkOne(file: string, { strict = false, connect = false, secrets }: Wishes, io: Io): Promise<Checked> {
  const isSecretSet = (name: string) => isSet(io, name);
  try {
    const loaded = await loadFile(io, file, { strict, ...(secrets ? { isSecretSet } : {}) });
    const { files, workflows } = loaded;
    const problems = strict ? loaded.problems.map(asError) : loaded.problems;
    const parts = workflows === null ? [] : [...workflows.sources.values(), ...workflows.connections.values()];
    const names = [...new Set(parts.flatMap(({ secretNames }) => secretNames))];
    return {
      file,
      files,
      problems,
      workflows,
      unsetSecrets: secrets ? names.filter((name) => !isSecretSet(name)) : [],
      connections: connect && workflows !== null ? await tryConnections(workflows, io) : undefined,
    };
  } catch (error) {
    if (error instanceof HostError && error.code === 'config.unreadable') return { file, unreadable: error };
    throw error;
  }
}

function asError(problem: Problem): Problem {
  return { ...problem, severity: 'error' };
}

function isSet({ env }: Io, name: string): boolean {
  try {
    readSecret(env, name);
    return true;
  } catch (error) {
    if (error instanceof HostError) return false;
    throw error;
  }
}

/** What it needs is loaded only when it is asked for. */
async function tryConnections(workflows: Workflows, io: Io): Promise<readonly TriedConnection[]> {
  return (await import('./connect-check.ts')).tryConnections(workflows, io);
}

function exitOf(checked: Checked): number {
  if ('unreadable' in checked) return 2;
  const fails = checked.connections?.some(({ why }) => why !== null) === true;
  return fails || checked.problems.some(({ severity }) => severity === 'error') ? 1 : 0;
}
