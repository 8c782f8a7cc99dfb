// The configuration the engine runs by: the live file, the last accepted one when it is broken, and those that runs began with.

import { basename } from 'node:path';
import { HostError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Store, StoredConfig } from '../store/store.ts';
import type { Workflows } from '../workflow/compile.ts';
import { unpackFiles, type FileTexts } from '../workflow/files.ts';
import type { Problem } from '../workflow/problem.ts';
import { readFiles } from './read-files.ts';

type Load = (
  files: FileTexts,
) => Promise<{ workflows: Workflows | null; runnable?: Workflows | null; problems: readonly Problem[] }>;

export interface ConfigParts {
  readonly store: Store;
  readonly load: Load;
  /** Path of the workflow file, or of the folder of them. */
  readonly file: string;
  readonly clock: () => number;
  readonly log: Log;
  /** Told of a file with problems, whether or not an older one stands in. */
  readonly onProblems: (problems: readonly Problem[], files: FileTexts) => void;
}

export interface Config {
  readonly live: () => Workflows;
  /** True when the file was refused and the last accepted one is in use. */
  readonly stale: boolean;
  /** Null when it is not stored or can no longer be compiled. */
  readonly pinned: (hash: string) => Promise<Workflows | null>;
}

/** Loads the file whole or not at all. Rejects with `config.unreadable`, or with `config.refused` when no accepted file is stored. */
export async function openConfig(parts: ConfigParts): Promise<Config> {
  const { file, store } = parts;
  const files = await readFiles(file, basename(file));
  const { workflows, problems } = await parts.load(files);
  if (problems.length > 0) parts.onProblems(problems, files);
  if (workflows) {
    await store.saveConfig({ hash: workflows.hash, text: workflows.text, file: workflows.file, at: parts.clock() });
    return { live: () => workflows, stale: false, pinned: createPinned(parts, workflows) };
  }
  const last = await store.config();
  const count = problems.filter((problem) => problem.severity === 'error').length;
  if (!last) throw new HostError('config.refused', { file, count });
  const previous = await compileStored(parts.load, last);
  if (!previous) throw new HostError('config.refused', { file, count });
  const since = new Date(last.at).toISOString();
  parts.log.error(`"${file}" is refused; going on with the file accepted at ${since}`, { problems: count });
  return { live: () => previous, stale: true, pinned: createPinned(parts, previous) };
}

function createPinned(parts: ConfigParts, live: Workflows): Config['pinned'] {
  const known = new Map<string, Promise<Workflows | null>>([[live.hash, Promise.resolve(live)]]);
  const find = async (hash: string) => {
    const stored = await parts.store.config(hash);
    return stored ? compileStored(parts.load, stored) : null;
  };
  return (hash) => {
    const found = known.get(hash) ?? find(hash);
    known.set(hash, found);
    return found;
  };
}

/** It was accepted once; that a newer catalogue finds its types wrong does not stop its runs. */
async function compileStored(load: Load, stored: StoredConfig): Promise<Workflows | null> {
  const { workflows, runnable } = await load(unpackFiles(stored.file, stored.text));
  return runnable ?? workflows;
}
