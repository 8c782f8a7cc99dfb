// Loads the workflow file anew while everything runs: whole or not at all, with the old one going on until the switch.

import { basename } from 'node:path';
import type { Log, Redactor } from '../core/log.ts';
import type { ConfigChanges, Happening, Time } from '../core/model.ts';
import { changesOf } from '../workflow/changes.ts';
import type { Workflows } from '../workflow/compile.ts';
import { packFiles, type FileTexts } from '../workflow/files.ts';
import type { Problem } from '../workflow/problem.ts';
import type { Config, Load } from './config.ts';
import { readFiles } from './read-files.ts';
import { placeName, refusalFor, refusalOf, type Refusal } from './refusal.ts';

/** What a new configuration needs, opened beside what is in use. */
export interface Prepared {
  /** Names of connections; those unchanged are in none. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Puts it to use in place of the old; cannot fail. */
  commit(): void;
  /** Closes what was opened. */
  discard(): Promise<void>;
}

export interface ReloadParts {
  readonly config: Config;
  readonly load: Load;
  /** Path of the workflow file or folder. */
  readonly file: string;
  /** Opens what a configuration needs; rejects, and leaves nothing open, when something of it cannot be had. */
  readonly prepare: (workflows: Workflows) => Promise<Prepared>;
  /** After the switch: runs that waited for what is new go on. */
  readonly settle: (connections: Pick<Prepared, 'added' | 'changed' | 'removed'>) => Promise<void>;
  readonly log: Log;
  readonly redactor: Pick<Redactor, 'text'>;
  readonly clock: () => number;
  readonly notify: (happening: Happening) => void;
  readonly onProblems: (problems: readonly Problem[], files: FileTexts) => void;
  /** How soon it is tried again when the store could not take it, or when the file is away. Default 2 s. */
  readonly againMs?: number;
}

export type Outcome =
  | { readonly status: 'accepted'; readonly workflows: ConfigChanges }
  | { readonly status: 'unchanged' }
  | { readonly status: 'refused'; readonly refusal: Refusal };

export interface Reload {
  readonly state: () => {
    readonly acceptedAt: Time;
    readonly refused: Refusal | null;
    /** What the last load since the start changed. */
    readonly last: { readonly at: Time; readonly workflows: ConfigChanges } | null;
  };
  /** Somebody asks: also reads secrets anew when the file is the same. */
  now(): Promise<Outcome>;
  /** The file may have changed. */
  look(): Promise<Outcome>;
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

export function createReload(parts: ReloadParts): Reload {
  const { againMs = 2000 } = parts;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  // A file that is replaced may be away for a moment.
  let away = false;
  let change: ReturnType<Reload['state']>['last'] = null;
  const again = () => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void look(), againMs).unref();
  };
  const load = async (asked: boolean): Promise<Outcome> => {
    if (stopped) return { status: 'unchanged' };
    const patient = !asked && !away;
    const outcome = await loadOnce(parts, asked, patient);
    away = outcome === 'away';
    if (outcome === 'away') {
      again();
      return { status: 'unchanged' };
    }
    if (outcome.status === 'refused' && outcome.refusal.again) again();
    if (outcome.status === 'accepted') change = { at: parts.clock(), workflows: outcome.workflows };
    return outcome;
  };
  const line = createLine(parts, load);
  const look = () => line.look();
  const { config } = parts;
  return {
    state: () => ({ acceptedAt: config.acceptedAt, refused: config.refused, last: change }),
    now: () => line.ask(),
    look,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await line.idle();
    },
  };
}

/** Loads one after the other, so that the last one asked for is the last one loaded. Never rejects. */
function createLine({ log, clock }: ReloadParts, load: (asked: boolean) => Promise<Outcome>) {
  let last: Promise<unknown> = Promise.resolve();
  let looking: Promise<Outcome> | undefined;
  const queue = (asked: boolean) => {
    const turn = last
      .then(() => {
        if (!asked) looking = undefined;
        return load(asked);
      })
      .catch((error: unknown): Outcome => {
        const refusal = refusalFor(error, null, clock());
        log.error('the workflow file could not be loaded anew', { error: refusal.why });
        return { status: 'refused', refusal };
      });
    last = turn;
    return turn;
  };
  return {
    ask: () => queue(true),
    /** One that waits already sees what changed until its turn. */
    look: () => (looking ??= queue(false)),
    idle: () => last,
  };
}

/** `away`: the file cannot be read, which is not told yet. */
async function loadOnce(parts: ReloadParts, asked: boolean, patient: boolean): Promise<Outcome | 'away'> {
  const { config, file, clock } = parts;
  let files: FileTexts;
  try {
    files = await readFiles(file, basename(file));
  } catch (error) {
    if (patient) return 'away';
    return refuse(parts, refusalFor(error, null, clock()), '', asked);
  }
  const text = packFiles(files);
  const due = asked || text !== config.seen || config.refused?.again === true;
  if (!due) return { status: 'unchanged' };
  let taken: { readonly workflows: Workflows; readonly prepared: Prepared } | undefined;
  try {
    const { workflows, problems } = await parts.load(files);
    if (problems.length > 0) parts.onProblems(problems, files);
    if (!workflows) return refuse(parts, refusalOf({ problems, files }, clock()), text, true);
    taken = { workflows, prepared: await parts.prepare(workflows) };
    await config.save(workflows);
  } catch (error) {
    await taken?.prepared.discard();
    return refuse(parts, refusalFor(error, files, clock()), text, asked);
  }
  return accept(parts, taken.workflows, taken.prepared);
}

async function accept(parts: ReloadParts, workflows: Workflows, prepared: Prepared): Promise<Outcome> {
  const { config, log, notify } = parts;
  const before = config.live();
  const { stale } = config;
  config.accept(workflows);
  prepared.commit();
  await parts.settle(prepared);
  const { added, changed, removed } = prepared;
  const connections = { added, changed, removed };
  const isSame = before.hash === workflows.hash && [added, changed, removed].every((names) => names.length === 0);
  if (isSame && !stale) return { status: 'unchanged' };
  const changes = await changesOf(before, workflows);
  log.info('the workflow file is loaded anew', { file: workflows.file, workflows: changes, connections });
  const { hash } = workflows;
  notify({ kind: 'config', status: 'accepted', hash, problems: 0, why: null, workflows: changes });
  return { status: 'accepted', workflows: changes };
}

/** Most problems that the log lists. */
const mostLogged = 20;

/** Told once: not again while the same thing stands in the way of the same file. */
function refuse(parts: ReloadParts, given: Refusal, seen: string, tell: boolean): Outcome {
  const { config, log, notify, redactor } = parts;
  const refusal = { ...given, why: redactor.text(given.why) };
  const isNews = tell || config.refused?.why !== refusal.why || config.seen !== seen;
  config.refuse(refusal, seen);
  if (!isNews) return { status: 'refused', refusal };
  const { hash, file } = config.live();
  const since = new Date(config.acceptedAt).toISOString();
  const errors = refusal.problems.filter(({ severity }) => severity === 'error');
  const problems = errors.slice(0, mostLogged).map((one) => `${placeName(one)} ${one.code}: ${one.message}`);
  const fields = { file, errors: refusal.errors, ...(problems.length > 0 ? { problems } : {}) };
  log.error(`the workflow file is refused: ${refusal.why}; the one accepted at ${since} goes on`, fields);
  const nothing = { added: [], removed: [], changed: [] };
  notify({ kind: 'config', status: 'refused', hash, problems: refusal.errors, why: refusal.why, workflows: nothing });
  return { status: 'refused', refusal };
}
