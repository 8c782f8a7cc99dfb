// Finds connectors and sources: what ships with Hookline, and the files in the folder of custom ones.

import { readdir, realpath, stat } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connectors as shipped } from '../../connectors/index.ts';
import { HostError } from '../core/errors.ts';
import type { Connector, Source } from '../plugin/index.ts';
import { connectorFault, sourceFault } from './definition.ts';

export interface Found {
  connector(name: string): Promise<Connector | undefined>;
  source(name: string): Promise<Source | undefined>;
  readonly connectorNames: readonly string[];
  readonly sourceNames: readonly string[];
  /** Plugin files that could not be loaded: name → why, with the file. */
  readonly broken: ReadonlyMap<string, string>;
}

interface Custom {
  readonly connectors: Map<string, Connector>;
  readonly sources: Map<string, Source>;
  readonly broken: Map<string, string>;
}

export interface FindOptions {
  readonly pluginsDir: string;
  /** Time that the modules of one plugin have to load; default 15 s. One that never gives the thread back is not stopped by it. */
  readonly loadMs?: number;
}

const namePattern = /^[a-z][a-z0-9-]*$/;

/**
 * Loads every plugin of the folder; a broken one is reported in `broken` and does not stop the others. What ships is
 * loaded when asked for. A name is only ever looked up, never turned into a path.
 */
export async function findConnectors(options: FindOptions): Promise<Found> {
  const custom: Custom = { connectors: new Map(), sources: new Map(), broken: new Map() };
  const files = await pluginFiles(options.pluginsDir, custom.broken);
  if (files.size > 0) resolvePluginApi();
  const { loadMs = 15_000 } = options;
  for (const [name, file] of files) await loadPlugin(name, file, { custom, loadMs });
  const own = (name: string) => (Object.hasOwn(shipped, name) ? shipped[name] : undefined);
  const names = (kind: 'connector' | 'source') => Object.keys(shipped).filter((name) => own(name)?.[kind]);
  return {
    connector: async (name) => (await own(name)?.connector?.())?.default ?? custom.connectors.get(name),
    source: async (name) => (await own(name)?.source?.())?.default ?? custom.sources.get(name),
    connectorNames: [...names('connector'), ...custom.connectors.keys()],
    sourceNames: [...names('source'), ...custom.sources.keys()],
    broken: custom.broken,
  };
}

/** Name → real file. Left aside: names with a leading `_` or `.`, `*.test.ts`, `*.d.ts`, and folders without an index. */
async function pluginFiles(dir: string, broken: Map<string, string>): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const root = await realpath(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw unreadable(dir, error);
  });
  if (root === undefined) return files;
  const entries = await readdir(root).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(dir, error);
  });
  const shown = new Map<string, string>();
  for (const entry of entries.sort()) {
    const path = join(dir, entry);
    const { name, file } = (await candidate(path, entry)) ?? {};
    if (name === undefined || file === undefined) continue;
    const other = shown.get(name);
    const why =
      other === undefined ? await placeFault(name, file, root) : `"${other}" has the same name; keep one of them`;
    shown.set(name, other ?? file);
    if (why === undefined) files.set(name, await realpath(file));
    else {
      files.delete(name);
      broken.set(name, `"${file}": ${why}`);
    }
  }
  return files;
}

async function candidate(path: string, entry: string): Promise<{ name: string; file: string } | undefined> {
  if (/^[._]/.test(entry) || entry === 'node_modules') return undefined;
  const match = /^([^.]+)\.(?:ts|js)$/.exec(entry);
  if (match?.[1] !== undefined) return { name: match[1], file: path };
  for (const index of ['index.ts', 'index.js']) {
    const file = join(path, index);
    if (await isFile(file)) return { name: entry, file };
  }
  return undefined;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Why a file may not be loaded for where it is or what it is called. */
async function placeFault(name: string, file: string, root: string): Promise<string | undefined> {
  if (!namePattern.test(name)) return 'its name must be lower-case letters, digits and "-", beginning with a letter';
  if (Object.hasOwn(shipped, name)) return `"${name}" already ships with Hookline; give the plugin another name`;
  const real = await realpath(file).catch(() => undefined);
  if (real === undefined) return 'it cannot be read';
  if (!real.startsWith(root + sep)) return 'it leads out of the plugins folder; copy it there instead of linking it';
  return undefined;
}

interface Loading {
  readonly custom: Custom;
  readonly loadMs: number;
}

async function loadPlugin(name: string, file: string, { custom, loadMs }: Loading): Promise<void> {
  const fail = (why: string) => void custom.broken.set(name, `"${file}": ${why}`);
  let found: unknown;
  try {
    const loaded = within(loadMs, import(pathToFileURL(file).href) as Promise<{ default?: unknown }>);
    found = (await loaded).default;
  } catch (error) {
    return fail(importFault(error, file));
  }
  if (found === null || typeof found !== 'object') {
    return fail('it has no default export made by defineConnector or defineSource');
  }
  const given = (found as { name?: unknown }).name;
  if (given !== name)
    return fail(`it defines the name ${JSON.stringify(given)}; file and definition must have one name`);
  const isSource = 'identify' in found;
  const why = isSource ? sourceFault(found) : connectorFault(found);
  if (why !== undefined) return fail(why);
  if (isSource) custom.sources.set(name, found as Source);
  else custom.connectors.set(name, found as Connector);
}

/** The timer also keeps the process alive, which would end without a word when nothing else is left to wait for. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const why = `it is not loaded after ${ms / 1000} s; what it awaits at its top level does not come`;
  const timer = setTimeout(() => late.reject(new Error(why)), ms);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}

function importFault(error: unknown, file: string): string {
  if (!(error instanceof Error)) return `it threw ${String(error)}`;
  const { code } = error as NodeJS.ErrnoException;
  const line = /^(.*):(\d+)$/.exec(error.stack?.split('\n')[0] ?? '');
  const known = line?.[1] === file || line?.[1] === pathToFileURL(file).href;
  const place = known ? ` in line ${line?.[2]}` : '';
  const what = `${error.message.split('\n')[0]}${place}`;
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return `${what}; types are only removed before it runs, so write no enum, namespace or parameter property`;
  }
  return error instanceof SyntaxError ? `${what} (syntax error)` : what;
}

let registered = false;

/** Makes `import … from 'hookline/plugin'` work from any folder, for as long as the process lives. */
function resolvePluginApi(): void {
  if (registered) return;
  registered = true;
  const urls: Readonly<Record<string, string>> = {
    'hookline/plugin': new URL('../plugin/index.ts', import.meta.url).href,
    'hookline/plugin/testing': new URL('../plugin/testing.ts', import.meta.url).href,
  };
  registerHooks({
    resolve: (specifier, context, next) => {
      const url = urls[specifier];
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
    },
  });
}

function unreadable(dir: string, cause: Error): HostError {
  const expected = 'a folder that this user may read';
  return new HostError('setting.invalid', { name: 'PLUGINS', value: dir, expected }, { cause });
}
