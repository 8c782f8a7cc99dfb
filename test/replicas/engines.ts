// Several real engines in one process on one PostgreSQL, with actions written by the test.

import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Connection, LiveConnections } from '../../src/connect/connection.ts';
import { createSending } from '../../src/connect/sending.ts';
import { createId } from '../../src/core/id.ts';
import { createRedactor } from '../../src/core/log.ts';
import type { Attempt, Run, RunStatus } from '../../src/core/model.ts';
import { readSettings } from '../../src/core/settings.ts';
import type { Connector } from '../../src/plugin/index.ts';
import type { Config } from '../../src/run/config.ts';
import { openEngine } from '../../src/run/engine.ts';
import type { Operations } from '../../src/core/operations.ts';
import { createOperations } from '../../src/run/operate.ts';
import type { EngineParts } from '../../src/run/parts.ts';
import type { Worker } from '../../src/run/worker.ts';
import { openPostgresStore, type OpenPostgresStore } from '../../src/store/postgres/open.ts';
import type { Store } from '../../src/store/store.ts';
import { parseRate } from '../../src/workflow/rate.ts';
import type { Workflows } from '../../src/workflow/compile.ts';

export interface EngineReplica {
  readonly store: Store;
  readonly parts: EngineParts;
  readonly worker: Worker;
  readonly operations: Operations;
  /** Stores an event and plans it here; its id. */
  event(): Promise<string>;
  /** The only run of the event, once it has this status. */
  until(eventId: string, status: RunStatus): Promise<Run>;
  attempts(runId: string): Promise<readonly Attempt[]>;
  stop(): Promise<void>;
}

export interface ReplicaOptions extends Pick<OpenPostgresStore, 'url' | 'limits'> {
  readonly workflows: Workflows;
  /** Of each connection; default: `crm` and `mail` without one. */
  readonly rates?: Record<string, string | undefined>;
  readonly env?: Record<string, string>;
  /** What is done to the store before the engine has it. */
  readonly bend?: (store: Store) => Store;
}

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const connector: Connector = { name: 'fake', description: '', settings: {}, connect: () => ({}), actions: {} };

export async function startReplica(options: ReplicaOptions): Promise<EngineReplica> {
  const { url, limits, rates = { crm: undefined, mail: undefined } } = options;
  const opened = await openPostgresStore({ url, ...(limits && { limits }) });
  const store = options.bend?.(opened) ?? opened;
  const closing: (() => Promise<unknown>)[] = [];
  const live = withRates(options.workflows, rates);
  const engine = await openEngine(
    {
      store,
      config: configOf(live),
      connections: connectionsOf(Object.keys(rates)),
      readEvent: (event) => ({ ...event, receivedAt: '', data: {}, body: {} }),
      sending: createSending(),
      settings: readSettings({
        RETRY_FIRST_DELAY: '20ms',
        RETRY_MAX_DELAY: '50ms',
        CIRCUIT_AFTER: '1000',
        ...options.env,
      }),
      redactor: createRedactor(),
      clock: Date.now,
      ticks: () => performance.now(),
      random: Math.random,
      randomBytes,
      log: quiet,
      notify: () => undefined,
    },
    (close) => closing.unshift(close),
  );
  const worker = await engine.start(randomUUID());
  return {
    store,
    parts: engine.parts,
    worker,
    operations: createOperations(engine.parts, worker),
    event: () => acceptEvent(store, worker),
    until: async (eventId, status) => {
      const found = async () => (await store.runs({ eventId }, { limit: 1 }))[0];
      await expect.poll(async () => (await found())?.status, { timeout: 25_000, interval: 20 }).toBe(status);
      return (await found()) ?? expect.unreachable();
    },
    attempts: (runId) => store.attempts(runId),
    stop: async () => {
      for (const close of closing.splice(0)) await close();
      await opened.close();
    },
  };
}

function withRates(workflows: Workflows, rates: Record<string, string | undefined>): Workflows {
  const at = { file: 'workflows.yaml', line: 1, column: 1 };
  const connections = new Map(
    Object.entries(rates).map(([name, rate = '']) => {
      const parsed = parseRate(rate);
      return [name, { name, uses: 'fake', with: {}, at, ...(parsed && { rate: parsed }) }];
    }),
  );
  return { ...workflows, connections: connections as unknown as Workflows['connections'] };
}

function configOf(live: Workflows): Config {
  return {
    live: () => live,
    acceptedAt: 0,
    refused: null,
    stale: false,
    seen: '',
    pinned: async () => live,
    save: async () => undefined,
    accept: () => undefined,
    refuse: () => undefined,
  };
}

function connectionsOf(names: readonly string[]): LiveConnections {
  const connections = new Map(
    names.map((name): [string, Connection] => [
      name,
      { name, connector, fingerprint: name, client: async () => ({}), check: async () => undefined },
    ]),
  );
  return {
    get: (name) => connections.get(name),
    names: () => names,
    sandboxes: () => new Map(),
    close: async () => undefined,
    prepare: () => Promise.reject(new Error('they stay as they are')),
  };
}

async function acceptEvent(store: Store, worker: Worker): Promise<string> {
  const receivedAt = Date.now();
  const id = createId('evt', receivedAt, randomBytes);
  const fact = { source: 'shop', type: 'order.paid', rule: 'id', time: null, headers: [], body: Buffer.from('{}') };
  const deliveryId = createId('dlv', receivedAt, randomBytes);
  const item = { ...fact, key: id, receivedAt, deliveryId, eventId: id, keepUntil: receivedAt + 1e9 };
  await store.accept([item]);
  worker.arrived({ ...item, id, status: 'pending', matched: [] });
  return id;
}
