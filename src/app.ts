// The composition root: builds every part once, starts them in order, stops them in reverse.

import { randomBytes } from 'node:crypto';
import { openConnections } from './connect/connection.ts';
import { findConnectors } from './connect/find.ts';
import { allowOnlyLoopback } from './connect/loopback.ts';
import { createSending } from './connect/sending.ts';
import { createChanges, type Changes } from './console/api/changes.ts';
import { startTallies, type Tallies } from './console/api/tally.ts';
import { createAdmin } from './console/api/server.ts';
import type { Log, Redactor } from './core/log.ts';
import { createMetrics, type Metrics } from './core/metrics.ts';
import { poolRandom, type Happening } from './core/model.ts';
import type { Settings } from './core/settings.ts';
import { readySources } from './receive/ready.ts';
import { createRecent, type Recent } from './receive/recent.ts';
import { createReadScope } from './receive/scope.ts';
import { createReceiver } from './receive/server.ts';
import type { ReadySource } from './receive/source.ts';
import { openConfig, type Config } from './run/config.ts';
import { startHousekeeping } from './run/housekeeping.ts';
import { createInbox, watchAccepts } from './run/inbox.ts';
import { openLanes } from './run/open-lanes.ts';
import { createOperations } from './run/operate.ts';
import type { EngineParts } from './run/parts.ts';
import { readiness } from './run/readiness.ts';
import { createRecorder } from './run/record.ts';
import { recover } from './run/recover.ts';
import { connectionSetups } from './run/setups.ts';
import { createWorker } from './run/worker.ts';
import { openSqliteStore } from './store/sqlite/open.ts';
import type { Workflows } from './workflow/compile.ts';
import type { FileTexts } from './workflow/files.ts';
import { loadWorkflows } from './workflow/load.ts';
import type { Problem } from './workflow/problem.ts';

export interface AppOptions {
  readonly settings: Settings;
  /** Folder of the embedded store. */
  readonly dataDir: string;
  /** Path of the workflow file, or of the folder of them. */
  readonly file: string;
  readonly pluginsDir: string;
  /** True: every connection is replaced by its sandbox, and nothing leaves the machine. */
  readonly sandbox: boolean;
  /** Throws `secret.empty`. */
  readonly secret: (name: string) => string;
  readonly adminToken: string;
  /** A token that may look and not act; empty: there is none. */
  readonly viewerToken?: string;
  /** Signs the browser in from a link, as `dev` prints it. */
  readonly signInCode?: string;
  readonly redactor: Redactor;
  readonly log: Log;
  readonly clock: () => number;
  readonly notify: (happening: Happening) => void;
  /** Problems of the workflow file, also when an older one stands in for it. */
  readonly onProblems: (problems: readonly Problem[], files: FileTexts) => void;
}

export interface App {
  readonly url: string;
  readonly adminUrl: string;
  readonly workflows: Workflows;
  readonly sources: ReadonlyMap<string, ReadySource>;
  /** Lets requests and attempts under way finish within the grace, then closes the store. */
  stop(): Promise<void>;
}

/** Starts a whole Hookline. On failure everything already started is stopped, and the HostError rejects. */
export async function startApp(options: AppOptions): Promise<App> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    return { ...(await start(options, (close) => closers.push(close))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type OnStop = (close: () => Promise<unknown>) => void;

async function start(given: AppOptions, onStop: OnStop): Promise<Omit<App, 'stop'>> {
  const { settings, log, clock, redactor } = given;
  const changes = createChanges();
  let tallies: Tallies | undefined;
  const metrics = createMetrics((source) => config.live().sources.has(source));
  const notify: AppOptions['notify'] = (happening) => {
    changes.tell();
    metrics.note(happening);
    tallies?.count(happening);
    given.notify(happening);
  };
  const options: AppOptions = { ...given, notify };
  if (options.sandbox) {
    const lift = allowOnlyLoopback();
    onStop(async () => lift());
  }
  const catalog = await findConnectors({ pluginsDir: options.pluginsDir });
  for (const [name, why] of catalog.broken) log.warn(`plugin "${name}" is left out: ${why}`);
  const store = await openSqliteStore({ dir: options.dataDir });
  onStop(() => store.close());
  tallies = startTallies({ store, clock, knows: (source) => config.live().sources.has(source) });
  onStop(() => tallies.stop());
  const load = (files: FileTexts) => loadWorkflows(files, catalog);
  const config = await openConfig({ ...options, store, load });
  const sources = readySources(config.live(), options);
  const recent = createRecent(1000);
  const sending = createSending();
  const connections = await openConnections({
    configs: connectionSetups(config.live(), options),
    sending,
    allow: settings.ALLOW_PRIVATE,
    sandbox: options.sandbox,
    log,
    now: clock,
    redactor,
  });
  onStop(() => connections.close());
  const lanes = await openLanes({ store, live: config.live, connections, settings, clock, notify: options.notify });
  const recorder = createRecorder(store, log);
  const parts: EngineParts = {
    store,
    inbox: createInbox(store),
    record: recorder.record,
    connections: () => connections,
    live: config.live,
    pinned: config.pinned,
    readEvent: createReadScope(() => sources, recent),
    lanes,
    sending,
    settings,
    redactor,
    clock,
    random: Math.random,
    randomBytes: poolRandom(randomBytes),
    log,
    notify: options.notify,
  };
  return startEngine({
    options,
    parts,
    config,
    sources,
    recent,
    changes,
    tallies,
    metrics,
    onStop,
    giveUp: recorder.giveUp,
  });
}

interface Built {
  readonly options: AppOptions;
  readonly parts: EngineParts;
  readonly config: Config;
  readonly sources: ReadonlyMap<string, ReadySource>;
  readonly recent: Recent;
  readonly changes: Changes;
  readonly tallies: Tallies;
  readonly metrics: Metrics;
  readonly onStop: OnStop;
  readonly giveUp: () => void;
}

async function startEngine({
  options,
  parts,
  config,
  sources,
  recent,
  changes,
  tallies,
  metrics,
  onStop,
  giveUp,
}: Built): Promise<Omit<App, 'stop'>> {
  const { settings, clock, log } = options;
  const owner = `${process.pid}-${randomBytes(6).toString('hex')}`;
  const worker = createWorker(parts, owner);
  await recover(parts, owner);
  worker.start();
  onStop(async () => {
    setTimeout(giveUp, settings.SHUTDOWN_GRACE + 2000).unref();
    await worker.stop(settings.SHUTDOWN_GRACE);
  });
  onStop(startHousekeeping(parts, worker));
  const ready = async () => readiness(parts.store, config);
  const dead = () => parts.store.ended?.() ?? null;
  const admin = createAdmin({
    store: parts.store,
    operations: createOperations(parts, worker),
    sandboxes: () => parts.connections().sandboxes(),
    connections: () => parts.connections().names(),
    token: options.adminToken,
    viewerToken: options.viewerToken ?? '',
    signInCode: options.signInCode ?? '',
    changes,
    tallies,
    settings: { host: settings.ADMIN_HOST, port: settings.ADMIN_PORT },
    log,
    clock,
    readEvent: (event) => parts.readEvent(event, config.live()),
    workflows: async (hash) => (hash === undefined ? config.live() : config.pinned(hash)),
    health: { ready, dead },
    measured: {
      counted: metrics.read,
      ready,
      stale: () => config.stale,
      active: worker.active,
      budget: 0,
      daysLeft: () => null,
      open: settings.METRICS_PUBLIC,
    },
    status: async () => ({ ready: await ready(), config: config.live().hash, active: worker.active() }),
  });
  const { url: adminUrl } = await admin.start();
  onStop(() => admin.stop());
  const receiver = createReceiver({
    store: watchAccepts(parts.store, worker.missed),
    sources,
    clock,
    random: parts.randomBytes,
    log,
    settings,
    notify: options.notify,
    arrived: (event, read) => {
      recent.remember(event.id, read);
      worker.arrived(event);
    },
    ready,
    dead,
  });
  const { url } = await receiver.start();
  onStop(() => receiver.stop());
  return { url, adminUrl, workflows: config.live(), sources };
}
