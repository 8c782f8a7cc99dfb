// `hookline try --sandbox`: the whole engine on a temporary store runs one event against the sandboxes of its connections.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../app.ts';
import type { RunDetail } from '../console/api/run-view.ts';
import type { RunsAnswer } from '../console/api/runs.ts';
import type { SandboxAnswer } from '../console/api/sandbox.ts';
import { createLog, createRedactor } from '../core/log.ts';
import { createId } from '../core/id.ts';
import { readSettings } from '../core/settings.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { createClient, type Client, type Io } from './client.ts';
import { plainLog } from './dev.ts';
import { pluginsPath, workflowsPath } from './load-file.ts';
import type { TriedEvent } from './try-event.ts';

export interface SandboxRun {
  /** One for each workflow that took the event. */
  readonly runs: readonly RunDetail[];
  readonly sandboxes: SandboxAnswer['sandboxes'];
}

/** How long the runs may take; what is not done by then is shown as it is. */
const limitMs = 60_000;
/** A run that waits longer than this for its next try has said what there is to say. */
const patienceMs = 3000;
/** Most runs, and most things of one sandbox, that are shown. */
const most = '200';

/** No connection of this process goes further than this machine while it runs. `file`: as given on the command line. */
export async function runInSandboxes(file: string | undefined, tried: TriedEvent, io: Io): Promise<SandboxRun> {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-try-'));
  try {
    await storeEvent(folder, tried);
    return await runStored(folder, file, tried.event.id, io);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As the receiver would have: the engine finds it when it starts. */
async function storeEvent(dir: string, { event, bytes }: TriedEvent): Promise<void> {
  const receivedAt = Date.parse(event.receivedAt);
  const store = await openSqliteStore({ dir });
  try {
    const { id: eventId, source, type, time } = event;
    const fact = { eventId, source, type, time, key: eventId, rule: 'try', receivedAt, keepUntil: receivedAt };
    const deliveryId = createId('dlv', receivedAt, randomBytes);
    const [stored] = await store.accept([{ ...fact, deliveryId, headers: [], body: bytes }]);
    if (stored?.ok === false) throw stored.error;
  } finally {
    await store.close();
  }
}

async function runStored(dataDir: string, file: string | undefined, eventId: string, io: Io): Promise<SandboxRun> {
  const { path } = workflowsPath(io, file);
  const redactor = createRedactor();
  const adminToken = randomBytes(24).toString('base64url');
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const watch = createWatch(eventId);
  const app = await startApp({
    settings: readSettings({ PORT: '0', ADMIN_PORT: '0' }),
    dataDir,
    file: path,
    pluginsDir: pluginsPath(io, path),
    sandbox: true,
    secret: () => secret,
    adminToken,
    redactor,
    log: createLog({ level: 'warn', redactor, destination: { write: (line) => io.err(plainLog(line)) } }),
    clock: Date.now,
    notify: watch.notify,
    // They were told when the file was loaded.
    onProblems: () => undefined,
  });
  try {
    const client = createClient({ url: app.adminUrl, token: adminToken });
    const ids = await watch.until(() => settledRuns(client, eventId));
    const runs = await Promise.all(ids.map(async (id) => (await client.get(`/api/runs/${id}`)) as RunDetail));
    const { sandboxes } = (await client.get('/api/sandbox', { limit: most })) as SandboxAnswer;
    return { runs, sandboxes };
  } finally {
    await app.stop();
  }
}

interface Settled {
  readonly ids: readonly string[];
  readonly all: boolean;
}

/** The runs of the event, in the order of the file, and whether each has come as far as it will soon. */
async function settledRuns(client: Client, event: string): Promise<Settled> {
  const { items } = (await client.get('/api/runs', { event, limit: most })) as RunsAnswer;
  const settled = items.every(({ status, dueAt }) => {
    if (status === 'waiting') return dueAt !== null && Date.parse(dueAt) - Date.now() > patienceMs;
    return ['succeeded', 'failed', 'canceled', 'held'].includes(status);
  });
  return { ids: items.map(({ id }) => id).toReversed(), all: settled };
}

/** Asks again whenever something happened to the event or its runs, and at last when the time is over. */
function createWatch(eventId: string) {
  let planned = false;
  let happened = Promise.withResolvers<void>();
  return {
    notify: (happening: { readonly kind: string; readonly eventId?: string | null }) => {
      if (happening.kind !== 'event' && happening.kind !== 'run') return;
      if (happening.eventId !== eventId) return;
      planned ||= happening.kind === 'event';
      happened.resolve();
    },
    until: async (ask: () => Promise<Settled>): Promise<readonly string[]> => {
      let over = false;
      const timer = setTimeout(() => {
        over = true;
        happened.resolve();
      }, limitMs);
      try {
        for (;;) {
          await happened.promise;
          happened = Promise.withResolvers<void>();
          const { ids, all } = await ask();
          if (over || (planned && all)) return ids;
        }
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
