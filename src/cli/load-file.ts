// Loads a workflow file for a command: from the disk, with the connectors that ship and the plugins beside it.

import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { findConnectors } from '../connect/find.ts';
import { HostError } from '../core/errors.ts';
import { readSettings } from '../core/settings.ts';
import type { Catalog } from '../workflow/compile.ts';
import { loadWorkflows, type Loaded } from '../workflow/load.ts';
import type { Io } from './client.ts';

export interface LoadedFile extends Loaded {
  /** As it was given. */
  readonly file: string;
  readonly text: string;
  readonly catalog: Catalog;
}

/** `given`: default WORKFLOWS, else ./workflows.yaml. Rejects with `config.unreadable`. */
export async function loadFile(io: Io, given: string | undefined): Promise<LoadedFile> {
  const { file, path, catalog } = await findFile(io, given);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new HostError('config.unreadable', { file, why: error.code ?? error.message }, { cause: error });
  });
  return { file, text, catalog, ...(await loadWorkflows({ file, text }, catalog)) };
}

/** A workflow file by its name, whether or not it is there, and the connectors that it may use. */
export async function findFile(io: Io, given: string | undefined) {
  const { WORKFLOWS, PLUGINS } = readSettings(io.env);
  const file = given ?? WORKFLOWS.replace(/^\.\//, '');
  const path = resolve(io.cwd, file);
  const pluginsDir = PLUGINS === '' ? join(dirname(path), 'plugins') : resolve(io.cwd, PLUGINS);
  return { file, path, catalog: await findConnectors({ pluginsDir }) };
}
