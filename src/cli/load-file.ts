// Loads the workflow file or folder for a command: from the disk, with the connectors that ship and the plugins beside it.

import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findConnectors } from '../connect/find.ts';
import { readSettings } from '../core/settings.ts';
import { readFiles } from '../run/read-files.ts';
import type { Advice } from '../workflow/advise.ts';
import type { Catalog } from '../workflow/compile.ts';
import { packFiles } from '../workflow/files.ts';
import { loadWorkflows, type Loaded } from '../workflow/load.ts';
import type { Io } from './client.ts';

export interface LoadedFile extends Loaded {
  /** As it was given: a file or a folder. */
  readonly file: string;
  readonly text: string;
  readonly catalog: Catalog;
}

/** `given`: default as of `workflowsPath`. `advice`: for a check of the file. Rejects with `config.unreadable`. */
export async function loadFile(io: Io, given: string | undefined, advice?: Advice): Promise<LoadedFile> {
  const { file, path, catalog } = await findFile(io, given);
  const files = await readFiles(path, file);
  return { file, text: packFiles(files), catalog, ...(await loadWorkflows(files, catalog, advice)) };
}

/** A workflow file by its name, whether or not it is there, and the connectors that it may use. */
export async function findFile(io: Io, given: string | undefined) {
  const { file, path } = workflowsPath(io, given);
  return { file, path, catalog: await findConnectors({ pluginsDir: pluginsPath(io, path) }) };
}

/** The file or folder given, else WORKFLOWS, else ./workflows.yaml, else ./workflows when that is a folder. */
export function workflowsPath(io: Pick<Io, 'cwd' | 'env'>, given: string | undefined): { file: string; path: string } {
  const { WORKFLOWS } = readSettings({ WORKFLOWS: io.env['WORKFLOWS'] });
  const usual = WORKFLOWS.replace(/^\.\//, '');
  const isSet = (io.env['WORKFLOWS'] ?? '').trim() !== '';
  const hasFile = isSet || kindOf(resolve(io.cwd, usual)) !== 'none';
  const file = given ?? (hasFile || kindOf(resolve(io.cwd, folder)) !== 'folder' ? usual : folder);
  return { file, path: resolve(io.cwd, file) };
}

const folder = 'workflows';

function kindOf(path: string): 'file' | 'folder' | 'none' {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'none';
  return found.isDirectory() ? 'folder' : 'file';
}

/** PLUGINS, else the folder `plugins` beside the workflow file or folder. */
export function pluginsPath(io: Pick<Io, 'cwd' | 'env'>, workflows: string): string {
  const { PLUGINS } = readSettings({ PLUGINS: io.env['PLUGINS'] });
  return PLUGINS === '' ? join(dirname(workflows), 'plugins') : resolve(io.cwd, PLUGINS);
}
