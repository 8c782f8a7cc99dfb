// What `hookline pause` and `hookline resume` are asked to change: a connection, or a workflow by its name.

import { misuse } from './command.ts';

export interface Target {
  readonly kind: 'connection' | 'workflow';
  readonly name: string;
  /** Of the API. */
  readonly path: string;
  /** How it is named on the command line. */
  readonly said: string;
}

/** Rejects a command line that names both or neither. */
export function targetOf(command: 'pause' | 'resume', positionals: readonly string[], workflow?: string): Target {
  const [connection] = positionals;
  if (workflow !== undefined && connection !== undefined)
    throw misuse({ name: command }, `"${connection}" and "--workflow" cannot be used together`);
  const name = workflow ?? connection;
  if (name === undefined || name === '')
    throw misuse({ name: command }, 'the name of a connection or "--workflow <name>" is missing');
  const kind = workflow === undefined ? 'connection' : 'workflow';
  const path = `/api/${kind}s/${encodeURIComponent(name)}/${command}`;
  return { kind, name, path, said: kind === 'workflow' ? `--workflow ${name}` : name };
}
