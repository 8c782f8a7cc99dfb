// Hookline inside the test's own process, on a folder that a killed process left: it shows that everything goes on.

import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { startApp, type App } from '../../src/app.ts';
import { createRedactor } from '../../src/core/log.ts';
import { readSettings } from '../../src/core/settings.ts';
import { secret, token, type Folder } from './hookline.ts';

export interface Inside {
  readonly app: App;
  /** What it logged as an error. */
  readonly errors: readonly string[];
  /** Resolves when nothing is pending, running or waiting. */
  atRest(): Promise<void>;
  api(path: string): Promise<unknown>;
}

export interface StartInside {
  readonly env?: Record<string, string>;
  readonly clock?: () => number;
  readonly databaseUrl?: string;
}

export async function startInside(folder: Folder, given: StartInside = {}): Promise<Inside> {
  const errors: string[] = [];
  const quiet = () => undefined;
  const app = await startApp({
    settings: readSettings({
      PORT: '0',
      ADMIN_PORT: '0',
      ALLOW_PRIVATE: '127.0.0.1',
      RETRY_FIRST_DELAY: '50ms',
      CIRCUIT_FOR: '200ms',
      ...given.env,
    }),
    dataDir: folder.dataDir,
    ...(given.databaseUrl === undefined ? {} : { databaseUrl: given.databaseUrl }),
    file: join(folder.dir, 'workflows.yaml'),
    pluginsDir: join(folder.dir, 'plugins'),
    sandbox: false,
    watch: false,
    secret: () => secret,
    adminToken: token,
    redactor: createRedactor(),
    log: { debug: quiet, info: quiet, warn: quiet, error: (message) => void errors.push(message) },
    clock: given.clock ?? Date.now,
    notify: quiet,
    onProblems: quiet,
  });
  const headers = { authorization: `Bearer ${token}` };
  const api = async (path: string) => (await fetch(`${app.adminUrl}/api${path}`, { headers })).json();
  return {
    app,
    errors,
    api,
    atRest: async () => {
      for (;;) {
        const asked = performance.now();
        const { store } = (await api('/status')) as { store: Counts };
        const { pending, running, waiting } = store.runs;
        if (store.events.pending + pending + running + waiting === 0) return;
        // Counting is most of the work when there is much to count.
        await sleep(Math.max(20, 5 * (performance.now() - asked)));
      }
    },
  };
}

interface Counts {
  readonly events: { readonly pending: number };
  readonly runs: { readonly pending: number; readonly running: number; readonly waiting: number };
}
