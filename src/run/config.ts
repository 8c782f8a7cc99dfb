// The configuration the engine runs by: the live file, the last accepted one while it is refused, and those that runs began with.

import { basename } from 'node:path';
import { HostError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Happening, Time } from '../core/model.ts';
import type { Store, StoredConfig } from '../store/store.ts';
import type { Workflows } from '../workflow/compile.ts';
import { packFiles, unpackFiles, type FileTexts } from '../workflow/files.ts';
import type { Problem } from '../workflow/problem.ts';
import { readFiles } from './read-files.ts';
import { refusalOf, type Refusal } from './refusal.ts';

export type Load = (
  files: FileTexts,
) => Promise<{ workflows: Workflows | null; runnable?: Workflows | null; problems: readonly Problem[] }>;

export interface ConfigParts {
  readonly store: Pick<Store, 'saveConfig' | 'config'>;
  readonly load: Load;
  /** Path of the workflow file, or of the folder of them. */
  readonly file: string;
  readonly clock: () => number;
  readonly log: Log;
  readonly notify: (happening: Happening) => void;
  /** Told of a file with problems, whether or not an older one stands in. */
  readonly onProblems: (problems: readonly Problem[], files: FileTexts) => void;
}

export interface Config {
  readonly live: () => Workflows;
  readonly acceptedAt: Time;
  /** Why the file is refused while an older one is in use; null when the file is in use. */
  readonly refused: Refusal | null;
  readonly stale: boolean;
  /** Text of the file as it was last loaded, accepted or not. */
  readonly seen: string;
  /** Null when it is not stored or can no longer be compiled. */
  readonly pinned: (hash: string) => Promise<Workflows | null>;
  /** Stores it first: a run must find what it began with. Rejects with `store.unavailable`; then nothing has changed. */
  save(workflows: Workflows): Promise<void>;
  /** From now on it is the live one; it is saved already. */
  accept(workflows: Workflows): void;
  refuse(refusal: Refusal, seen: string): void;
}

const nothing = { added: [], removed: [], changed: [] };

/** Loads the file whole or not at all. Rejects with `config.unreadable`, or with `config.refused` when no accepted file is stored. */
export async function openConfig(parts: ConfigParts): Promise<Config> {
  const { file, store, clock, notify } = parts;
  const files = await readFiles(file, basename(file));
  const { workflows, problems } = await parts.load(files);
  if (problems.length > 0) parts.onProblems(problems, files);
  const seen = packFiles(files);
  if (workflows) {
    const config = createConfig(parts, { live: workflows, acceptedAt: clock(), refused: null, seen });
    await config.save(workflows);
    notify({ kind: 'config', status: 'accepted', hash: workflows.hash, problems: 0, why: null, workflows: nothing });
    return config;
  }
  const refused = refusalOf({ problems, files }, clock());
  const last = await store.config();
  const previous = last && (await compileStored(parts.load, last));
  if (!previous) throw new HostError('config.refused', { file, count: refused.errors });
  const since = new Date(last.at).toISOString();
  parts.log.error(`"${file}" is refused; going on with the file accepted at ${since}`, { problems: refused.errors });
  const { hash } = previous;
  notify({ kind: 'config', status: 'refused', hash, problems: refused.errors, why: refused.why, workflows: nothing });
  return createConfig(parts, { live: previous, acceptedAt: last.at, refused, seen });
}

interface State {
  live: Workflows;
  acceptedAt: Time;
  refused: Refusal | null;
  seen: string;
}

function createConfig(parts: ConfigParts, state: State): Config {
  return {
    live: () => state.live,
    get acceptedAt() {
      return state.acceptedAt;
    },
    get refused() {
      return state.refused;
    },
    get stale() {
      return state.refused !== null;
    },
    get seen() {
      return state.seen;
    },
    pinned: createPinned(parts, () => state.live),
    save: ({ hash, text, file }) => parts.store.saveConfig({ hash, text, file, at: parts.clock() }),
    accept: (workflows) => {
      Object.assign(state, { live: workflows, acceptedAt: parts.clock(), refused: null, seen: workflows.text });
    },
    refuse: (refused, seen) => {
      Object.assign(state, { refused, seen });
    },
  };
}

/** Compiled files of runs under way that are kept at hand. */
const mostPinned = 50;

function createPinned(parts: ConfigParts, live: () => Workflows): Config['pinned'] {
  const known = new Map<string, Promise<Workflows | null>>();
  const find = async (hash: string) => {
    const stored = await parts.store.config(hash);
    return stored ? compileStored(parts.load, stored) : null;
  };
  const keep = (hash: string, found: Promise<Workflows | null>) => {
    known.delete(hash);
    known.set(hash, found);
    const [oldest] = known.keys();
    if (known.size > mostPinned && oldest !== undefined) known.delete(oldest);
  };
  const forget = (hash: string) => void known.delete(hash);
  return (hash) => {
    const now = live();
    const found = now.hash === hash ? Promise.resolve(now) : (known.get(hash) ?? find(hash));
    keep(hash, found);
    // What could not be had now may be there later: the store answers again, a plugin is mended.
    found.then((workflows) => workflows ?? forget(hash)).catch(() => forget(hash));
    return found;
  };
}

/** It was accepted once; that a newer catalogue finds its types wrong does not stop its runs. */
async function compileStored(load: Load, stored: StoredConfig): Promise<Workflows | null> {
  const { workflows, runnable } = await load(unpackFiles(stored.file, stored.text));
  return runnable ?? workflows;
}
