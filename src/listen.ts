// What listens and what is loaded anew: the receiver, the admin listener and the workflow file, on an engine that is built.

import { randomBytes } from 'node:crypto';
import type { Catalogue } from './connect/catalog.ts';
import type { LiveConnections } from './connect/connection.ts';
import type { Changes } from './console/api/changes.ts';
import { createAdmin, type Admin } from './console/api/server.ts';
import type { Tallies } from './console/api/tally.ts';
import type { Log, Redactor } from './core/log.ts';
import type { Metrics } from './core/metrics.ts';
import type { Happening } from './core/model.ts';
import type { Settings } from './core/settings.ts';
import { readySources, requireWorking } from './receive/ready.ts';
import type { Recent } from './receive/recent.ts';
import { createReceiver, type Receiver } from './receive/server.ts';
import type { ReadySource } from './receive/source.ts';
import { tellRefused } from './run/alert.ts';
import type { Config } from './run/config.ts';
import type { Engine } from './run/engine.ts';
import { createExchange } from './run/exchange.ts';
import { watchAccepts } from './run/inbox.ts';
import { createOperations } from './run/operate.ts';
import { createPlayground, type Playground } from './run/playground.ts';
import { readiness } from './run/readiness.ts';
import { createReload, type Outcome, type Reload } from './run/reload.ts';
import { connectionSetups } from './run/setups.ts';
import { watchFiles } from './run/watch.ts';
import type { Worker } from './run/worker.ts';
import type { FileTexts } from './workflow/files.ts';
import { loadWorkflows } from './workflow/load.ts';
import type { Problem } from './workflow/problem.ts';

export interface ListenOptions {
  readonly settings: Settings;
  /** Path of the workflow file, or of the folder of them. */
  readonly file: string;
  readonly pluginsDir: string;
  /** False: the file is loaded at the start only, and when somebody asks. Default true. */
  readonly watch?: boolean;
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

export type OnStop = (close: () => Promise<unknown>) => void;

export interface Listening {
  readonly url: string;
  readonly adminUrl: string;
  /** Loads the workflow file anew, and its secrets too when it is the same. */
  reload(): Promise<Outcome>;
}

/** What is there before anything is listened to. */
export interface Built {
  readonly options: ListenOptions;
  readonly engine: Engine;
  readonly config: Config;
  readonly connections: LiveConnections;
  readonly catalogue: Catalogue;
  readonly live: { sources: ReadonlyMap<string, ReadySource> };
  readonly recent: Recent;
  readonly changes: Changes;
  readonly tallies: Tallies;
  readonly metrics: Metrics;
}

/** Starts the engine, both listeners and the watch of the workflow file. `onStop`: the last one given is called first. */
export async function startListening(built: Built, onStop: OnStop): Promise<Listening> {
  const { options, engine } = built;
  const worker = await engine.start(`${process.pid}-${randomBytes(6).toString('hex')}`);
  const { refused } = built.config;
  if (refused !== null) await tellRefused(engine.parts, worker, { why: refused.why, problems: refused.errors });
  const receiver = openReceiver(built, worker);
  const reload = openReload(built, worker, receiver);
  onStop(() => reload.stop());
  const playground = createPlayground(options);
  onStop(() => playground.close());
  const admin = openAdmin(built, worker, reload, playground);
  const { url: adminUrl } = await admin.start();
  onStop(() => admin.stop());
  const { url } = await receiver.start();
  onStop(() => receiver.stop());
  if (options.watch ?? true) {
    const unwatch = watchFiles({ path: options.file, changed: () => void reload.look() });
    onStop(async () => unwatch());
  }
  return {
    url,
    adminUrl,
    reload: () => reload.now(),
  };
}

/** What a new configuration needs is opened beside what is in use; the exchange itself is one step that cannot fail. */
function openReload(built: Built, worker: Worker, receiver: Receiver): Reload {
  const { options, engine, config, connections, catalogue, live } = built;
  return createReload({
    ...options,
    config,
    notify: (happening) => {
      options.notify(happening);
      if (happening.kind !== 'config' || happening.status !== 'refused') return;
      void tellRefused(engine.parts, worker, { why: happening.why ?? '', problems: happening.problems });
    },
    load: async (files) => loadWorkflows(files, await catalogue.find()),
    prepare: async (workflows) => {
      const sources = readySources(workflows, options);
      requireWorking(sources);
      const opened = await connections.prepare(connectionSetups(workflows, options));
      const commit = () => {
        opened.commit();
        live.sources = sources;
        receiver.setSources(sources);
      };
      return { ...opened, commit };
    },
    settle: createExchange(engine.parts, worker),
  });
}

function healthOf({ engine: { parts }, config }: Built) {
  return { ready: async () => readiness(parts.store, config), dead: () => parts.store.ended?.() ?? null };
}

function openAdmin(built: Built, worker: Worker, reload: Reload, playground: Playground): Admin {
  const { options, engine, config, changes, tallies, metrics } = built;
  const { parts } = engine;
  const { settings, log, clock } = options;
  const { ready, dead } = healthOf(built);
  return createAdmin({
    store: parts.store,
    operations: createOperations(parts, worker),
    sandboxes: () => parts.connections().sandboxes(),
    connections: () => parts.connections().names(),
    underWay: (connection) => parts.lanes.used(connection),
    token: options.adminToken,
    viewerToken: options.viewerToken ?? '',
    signInCode: options.signInCode ?? '',
    changes,
    tallies,
    playground,
    settings: { host: settings.ADMIN_HOST, port: settings.ADMIN_PORT },
    log,
    clock,
    random: parts.randomBytes,
    readEvent: (event, workflows) => parts.readEvent(event, workflows ?? config.live()),
    workflows: async (hash) => (hash === undefined ? config.live() : config.pinned(hash)),
    loading: { state: reload.state, now: () => reload.now() },
    health: { ready, dead },
    measured: {
      counted: () => metrics.read(),
      ready,
      stale: () => config.stale,
      active: () => worker.active(),
      budget: settings.STORAGE_BUDGET,
      daysLeft: () => engine.daysLeft(),
      open: settings.METRICS_PUBLIC,
    },
    status: async () => ({ ready: await ready(), config: config.live().hash, active: worker.active() }),
  });
}

function openReceiver(built: Built, worker: Worker): Receiver {
  const { options, engine, config, live, recent } = built;
  const { parts } = engine;
  return createReceiver({
    ...options,
    ...healthOf(built),
    store: watchAccepts(parts.store, () => worker.missed()),
    sources: live.sources,
    random: parts.randomBytes,
    ignoredBy: (kind) => (config.live().wants(kind) ? undefined : config.live().hash),
    arrived: (event, read) => {
      const { id: eventId, type } = event;
      if (event.status === 'ignored') return options.notify({ kind: 'event', eventId, type, workflows: [] });
      recent.remember(eventId, read);
      worker.arrived(event);
    },
  });
}
