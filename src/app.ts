// The composition root: builds every part once, starts them in order, stops them in reverse.

import { randomBytes } from 'node:crypto';
import { openCatalogue } from './connect/catalog.ts';
import { openConnections } from './connect/connection.ts';
import { allowOnlyLoopback } from './connect/loopback.ts';
import { createSending, type Sending } from './connect/sending.ts';
import { createChanges } from './console/api/changes.ts';
import { startTallies } from './console/api/tally.ts';
import { createMetrics } from './core/metrics.ts';
import { poolRandom } from './core/id.ts';
import { startListening, type Built, type Listening, type ListenOptions, type OnStop } from './listen.ts';
import { readySources } from './receive/ready.ts';
import { createRecent } from './receive/recent.ts';
import { createReadScope } from './receive/scope.ts';
import type { ReadySource } from './receive/source.ts';
import { openConfig } from './run/config.ts';
import { contain } from './run/contain.ts';
import { openEngine } from './run/engine.ts';
import { openTraces } from './run/open-traces.ts';
import { connectionSetups } from './run/setups.ts';
import { createWatchdog } from './run/watchdog.ts';
import { openStore } from './store/open.ts';
import type { Workflows } from './workflow/compile.ts';
import type { FileTexts } from './workflow/files.ts';
import { loadWorkflows } from './workflow/load.ts';

export interface AppOptions extends ListenOptions {
  /** Folder of the embedded store. */
  readonly dataDir: string;
  /** A secret; absent: the embedded store. */
  readonly databaseUrl?: string;
  /**
   * The process is Hookline's own, so it is guarded against its connectors; in which form the watchdog says its last words.
   * Absent: nothing of the process is touched.
   */
  readonly alone?: 'json' | 'text';
  /** Hears why, when the store can never work again: only another process can help. */
  readonly onStoreEnd?: (why: string) => void;
}

export interface App extends Listening {
  /** Those in use now. */
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
    const { listening, config, live } = await start(options, (close) => closers.push(close));
    return {
      ...listening,
      get workflows() {
        return config.live();
      },
      get sources() {
        return live.sources;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(given: AppOptions, onStop: OnStop) {
  const changes = createChanges();
  const metrics = createMetrics((source) => config.live().sources.has(source));
  const watchers: AppOptions['notify'][] = [() => changes.tell(), (one) => metrics.note(one), given.notify];
  const notify: AppOptions['notify'] = (happening) => watchers.forEach((watch) => watch(happening));
  const options: AppOptions = { ...given, notify };
  if (options.sandbox) {
    const lift = allowOnlyLoopback();
    onStop(async () => lift());
  }
  const catalogue = await openCatalogue(options);
  const store = await openStore({
    ...options,
    url: options.databaseUrl ?? '',
    dir: options.dataDir,
    budgetBytes: given.settings.STORAGE_BUDGET,
    connections: given.settings.DATABASE_POOL,
    leaseMs: given.settings.DATABASE_LEASE,
  });
  onStop(() => store.close());
  const tallies = startTallies({ ...options, store, knows: (source) => config.live().sources.has(source) });
  watchers.push((one) => tallies.count(one));
  onStop(() => tallies.stop());
  const traces = await openTraces({ ...options, store });
  if (traces) watchers.push((one) => traces.note(one));
  onStop(async () => traces?.stop());
  const load = (files: FileTexts) => loadWorkflows(files, catalogue.found());
  const config = await openConfig({ ...options, store, load });
  const live = { sources: readySources(config.live(), options) };
  const sending = openSending(options, onStop);
  const connections = await openConnections({
    ...options,
    configs: connectionSetups(config.live(), options),
    sending,
    allow: given.settings.ALLOW_PRIVATE,
    now: given.clock,
  });
  onStop(() => connections.close());
  const recent = createRecent(1000);
  const readEvent = createReadScope(() => live.sources, recent);
  const random = { random: Math.random, randomBytes: poolRandom(randomBytes) };
  const ticks = () => performance.now();
  const engine = await openEngine(
    { ...options, ...random, ticks, store, config, connections, readEvent, sending, traces },
    onStop,
  );
  const built: Built = { options, engine, config, connections, catalogue, live, recent, changes, tallies, metrics };
  return { listening: await startListening(built, onStop), config, live };
}

/** Knows whose code is under way, by which a process of our own is guarded. */
function openSending({ alone, log, settings }: AppOptions, onStop: OnStop): Sending {
  if (alone === undefined) return createSending();
  const watchdog = createWatchdog({ origin: () => sending.origin(), limitMs: settings.WATCHDOG, words: alone });
  const sending = createSending(() => watchdog.begin());
  onStop(contain({ sending, log }));
  onStop(() => watchdog.stop());
  return sending;
}
