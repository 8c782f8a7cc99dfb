// The real engine on the real embedded store, with actions written by the test.

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '../../src/connect/connection.ts';
import { createSending } from '../../src/connect/sending.ts';
import { createRedactor } from '../../src/core/log.ts';
import { createId } from '../../src/core/id.ts';
import type { Attempt, Happening, Run, RunStatus } from '../../src/core/model.ts';
import { readSettings } from '../../src/core/settings.ts';
import type { Action, Connector } from '../../src/plugin/index.ts';
import { createInbox } from '../../src/run/inbox.ts';
import { createLanes, type LaneParts } from '../../src/run/lanes.ts';
import type { Operations } from '../../src/core/operations.ts';
import { createOperations } from '../../src/run/operate.ts';
import type { EngineParts } from '../../src/run/parts.ts';
import { createRecorder } from '../../src/run/record.ts';
import { createWorker, type Worker } from '../../src/run/worker.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import type { Step, Workflow, Workflows } from '../../src/workflow/compile.ts';

const at = { file: 'workflows.yaml', line: 1, column: 1 };
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface StepSpec extends Partial<Omit<Step, 'action'>> {
  readonly id: string;
  readonly action?: Partial<Action>;
}

/** A workflow from steps; each takes `{ text: event id }` and needs the ones above it unless it says otherwise. */
export function workflow(name: string, specs: readonly StepSpec[], timeoutMs?: number): Workflow {
  const steps = specs.map((spec, index): Step => {
    const effect = spec.effect ?? 'once';
    const action: Action = {
      description: '',
      input: {},
      output: {},
      effect,
      run: async () => ({ id: spec.id }),
      ...spec.action,
    };
    const connector: Connector = { name: 'fake', description: '', settings: {}, connect: () => ({}), actions: {} };
    return {
      connection: 'crm',
      actionName: spec.id,
      connector,
      needs: specs.slice(0, index).map((other) => other.id),
      onError: 'fail',
      onDoubt: 'hold',
      retry: {},
      at,
      condition: () => ({ ok: true, value: true }),
      input: (scope) => ({ ok: true, value: { text: scope.event.id } }),
      ...spec,
      effect,
      action,
    };
  });
  return { name, description: '', on: [], steps, at, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

export function workflowsOf(...list: Workflow[]): Workflows {
  return {
    file: 'workflows.yaml',
    text: '',
    hash: 'hash-1',
    sources: new Map(),
    connections: new Map(),
    workflows: new Map(list.map((item) => [item.name, item])),
    match: () => list.map((item) => ({ workflow: item, unique: null })),
    wants: () => true,
  };
}

export interface Engine {
  readonly store: Store;
  readonly worker: Worker;
  readonly operations: Operations;
  readonly parts: EngineParts;
  /** Accepts a fresh event; its id. */
  event(): Promise<string>;
  /** The next time a run of the event is given back with this status. */
  until(eventId: string, status: RunStatus): Promise<Run>;
  attempts(runId: string): Promise<readonly Attempt[]>;
  stop(): Promise<void>;
}

export interface EngineOptions {
  readonly env?: Record<string, string>;
  readonly connections?: Record<string, Partial<Connection>>;
  readonly dir?: string;
  readonly clock?: () => number;
  readonly ticks?: () => number;
  readonly lanes?: Partial<LaneParts>;
  readonly pinned?: (hash: string) => Promise<Workflows | null>;
}

export async function startEngine(live: () => Workflows, options: EngineOptions = {}): Promise<Engine> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'hookline-engine-'));
  const store = await openSqliteStore({ dir });
  const settings = readSettings({
    RETRY_FIRST_DELAY: '20ms',
    RETRY_MAX_DELAY: '50ms',
    CIRCUIT_AFTER: '1000',
    ...options.env,
  });
  const happenings: Happening[] = [];
  const watchers = new Set<(happening: Happening) => void>();
  const connector: Connector = { name: 'fake', description: '', settings: {}, connect: () => ({}), actions: {} };
  const given: Record<string, Partial<Connection>> = options.connections ?? { crm: {}, mail: {} };
  const connections = new Map(
    Object.entries(given).map(([name, over]): [string, Connection] => [
      name,
      { name, connector, fingerprint: name, client: async () => ({}), check: async () => undefined, ...over },
    ]),
  );
  const lanes = createLanes(
    {
      has: (name) => connections.has(name),
      names: () => [...connections.keys()],
      concurrency: () => settings.CONCURRENCY,
      save: (state) => store.setConnection(state),
      tell: () => undefined,
      clock: options.clock ?? Date.now,
      circuitAfter: settings.CIRCUIT_AFTER,
      circuitForMs: settings.CIRCUIT_FOR,
      ...options.lanes,
    },
    await store.connections(),
  );
  const recorder = createRecorder(store, quiet);
  const parts: EngineParts = {
    store,
    inbox: createInbox(store),
    record: recorder.record,
    connections: () => ({
      get: (name) => connections.get(name),
      names: () => [...connections.keys()],
      sandboxes: () => new Map(),
      close: async () => undefined,
    }),
    live,
    pinned: options.pinned ?? (async () => live()),
    readEvent: (event) => ({ ...event, receivedAt: '', data: {}, body: {} }),
    lanes,
    sending: createSending(),
    settings,
    redactor: createRedactor(),
    clock: options.clock ?? Date.now,
    ticks: options.ticks ?? (() => performance.now()),
    random: Math.random,
    randomBytes,
    log: quiet,
    notify: (happening) => {
      happenings.push(happening);
      for (const watch of watchers) watch(happening);
    },
  };
  const owner = randomUUID();
  const worker = createWorker(parts, owner);
  await store.recover(owner, Date.now());
  worker.start();
  const until = async (eventId: string, status: RunStatus) => {
    const accepts = (happening: Happening) =>
      happening.kind === 'run' && happening.eventId === eventId && happening.status === status;
    if (!happenings.some(accepts)) {
      await new Promise<void>((resolve) => {
        const watch = (happening: Happening) => {
          if (!accepts(happening)) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
      });
    }
    const run = (await store.runs({ eventId }, { limit: 10 }))[0];
    if (!run) throw new Error('no run');
    return run;
  };
  return {
    store,
    worker,
    operations: createOperations(parts, worker),
    parts,
    until,
    event: () => acceptEvent(store, worker),
    attempts: (runId) => store.attempts(runId),
    stop: async () => {
      await worker.stop(1000);
      await store.close();
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function acceptEvent(store: Store, worker: Worker): Promise<string> {
  const now = Date.now();
  const eventId = createId('evt', now, randomBytes);
  const key = `call.ended:${eventId}`;
  const deliveryId = createId('dlv', now, randomBytes);
  const common = {
    source: 'truedy',
    type: 'call.ended',
    rule: 'data.id',
    time: null,
    headers: [],
    body: Buffer.from('{}'),
  };
  await store.accept([{ ...common, deliveryId, eventId, key, receivedAt: now, keepUntil: now + 1e9 }]);
  worker.arrived({ ...common, id: eventId, key, receivedAt: now, status: 'pending', matched: [] });
  return eventId;
}
