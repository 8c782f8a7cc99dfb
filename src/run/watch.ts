// Tells when the workflow file or folder may have changed: by the kernel's events, and by a look now and then where there are none.

import { watch, type FSWatcher } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { stampFiles } from './read-files.ts';

export interface WatchFiles {
  /** Of the file or the folder; it may lead anywhere, and be away for a while. */
  readonly path: string;
  /** Called after changes, once for many; more often than needed rather than too seldom. */
  readonly changed: () => void;
  /** How long nothing must have happened, so that a file is not read while it is written. Default 100 ms. */
  readonly quietMs?: number;
  /** How often it is looked at without an event, for file systems that send none. Default 2 s. */
  readonly pollMs?: number;
}

/** Calls `changed` once at the beginning. Returns what stops it. */
export function watchFiles({ path, changed, quietMs = 100, pollMs = 2000 }: WatchFiles): () => void {
  let stamp = '';
  let looking = false;
  const look = async () => {
    if (looking) return;
    looking = true;
    const isNew = await watchers.aim(path).catch(() => true);
    const now = await stampFiles(path);
    if (isNew || now !== stamp) quiet.touch();
    stamp = now;
    looking = false;
  };
  const quiet = createQuiet(quietMs, () => {
    // A link may lead elsewhere now.
    void look();
    changed();
  });
  const watchers = createWatchers(quiet.touch);
  const timer = setInterval(() => void look(), pollMs).unref();
  void look();
  return () => {
    clearInterval(timer);
    quiet.stop();
    watchers.close();
  };
}

/** Calls once it has been quiet for a while, and at the latest after ten times that. */
function createQuiet(quietMs: number, call: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let since = 0;
  let stopped = false;
  return {
    touch: () => {
      const now = performance.now();
      if (timer === undefined) since = now;
      else if (now - since > 10 * quietMs) return;
      clearTimeout(timer);
      if (stopped) return;
      timer = setTimeout(() => {
        timer = undefined;
        call();
      }, quietMs).unref();
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Names in a folder whose events count; undefined: all of them. */
type Names = readonly string[] | undefined;

/** One watcher for each folder that a change can show in. A folder that is replaced is another one. */
function createWatchers(touch: () => void) {
  let open = new Map<string, FSWatcher>();
  let stopped = false;
  const start = (dir: string, names: Names): FSWatcher | undefined => {
    try {
      const watcher = watch(dir, { persistent: false }, (_, name) => {
        // The links of a mounted configuration begin with two dots.
        if (names === undefined || name === null || name.startsWith('..') || names.includes(name)) touch();
      });
      watcher.on('error', () => {
        watcher.close();
        for (const [key, one] of open) if (one === watcher) open.delete(key);
      });
      return watcher;
    } catch {
      return undefined;
    }
  };
  return {
    /** True when it watches something that it did not watch before. */
    aim: async (path: string): Promise<boolean> => {
      const next = new Map<string, FSWatcher>();
      let isNew = false;
      for (const [dir, names] of await foldersOf(path)) {
        const found = await stat(dir, { bigint: true }).catch(() => undefined);
        const key = `${dir} ${found?.dev} ${found?.ino}`;
        const watcher = open.get(key) ?? (stopped || found === undefined ? undefined : start(dir, names));
        if (watcher === undefined) continue;
        isNew ||= !open.has(key);
        next.set(key, watcher);
      }
      for (const [key, watcher] of open) if (!next.has(key)) watcher.close();
      open = next;
      if (stopped) for (const watcher of next.values()) watcher.close();
      return isNew;
    },
    close: () => {
      stopped = true;
      for (const watcher of open.values()) watcher.close();
    },
  };
}

/** Where the path stands, and where it leads. */
async function foldersOf(path: string): Promise<ReadonlyMap<string, Names>> {
  const folders = new Map<string, Names>([[dirname(path), [basename(path)]]]);
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) return folders;
  const isFolder = await stat(real).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) folders.set(real, undefined);
  else folders.set(dirname(real), [basename(real), ...(folders.get(dirname(real)) ?? [])]);
  return folders;
}
