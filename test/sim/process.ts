// One process of Hookline in the simulated world: the real engine, whose store and vendors may fail it at every call.

import type { Sending } from '../../src/connect/sending.ts';
import { HostError } from '../../src/core/errors.ts';
import { createRedactor } from '../../src/core/log.ts';
import { createId } from '../../src/core/id.ts';
import { readSettings } from '../../src/core/settings.ts';
import type { Connector } from '../../src/plugin/index.ts';
import { createInbox, watchAccepts } from '../../src/run/inbox.ts';
import { createLanes } from '../../src/run/lanes.ts';
import type { Operations } from '../../src/core/operations.ts';
import { createOperations } from '../../src/run/operate.ts';
import { checkPaused } from '../../src/run/pauses.ts';
import type { EngineParts } from '../../src/run/parts.ts';
import { createRecorder } from '../../src/run/record.ts';
import { recover, releaseAtStart } from '../../src/run/recover.ts';
import { createSteady } from '../../src/run/steady.ts';
import { createWorker } from '../../src/run/worker.ts';
import { createBatcher } from '../../src/store/batch.ts';
import type { AcceptDelivery, Accepted, Settled, Store } from '../../src/store/store.ts';
import type { Workflows } from '../../src/workflow/compile.ts';
import type { Mutation } from './mutants.ts';
import type { Ledger } from './tables.ts';
import type { Vendor } from './vendor.ts';
import type { Owner, World } from './world.ts';

export interface SimulatedProcess {
  readonly owner: Owner;
  readonly operations: Operations;
  /** Stores a delivery; true: answer 204. */
  receive(key: string, body: Uint8Array): Promise<boolean>;
  /** As the timer of the housekeeping does. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

export interface Around {
  readonly world: World;
  readonly ledger: Ledger;
  readonly vendor: Vendor;
  readonly sending: Sending;
  readonly workflows: Workflows;
  readonly mutation: Mutation;
  /** Called at every effect: true when the process dies of it. */
  readonly peril: (process: Owner, what: string) => boolean;
  /** What the store does with this call. */
  readonly storeFault: () => 'none' | 'refused' | 'answer lost';
  /** Lines that must not be logged. */
  readonly alarm: (line: string) => void;
}

export const connectionNames = ['crm', 'mail', 'chat'];
const connector: Connector = { name: 'fake', description: '', settings: {}, connect: () => ({}), actions: {} };
const settings = readSettings({ RETRY_MAX_DELAY: '2m', CONCURRENCY: '2', CIRCUIT_AFTER: '3' });
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** Starts as the app does. Rejects when the store fails meanwhile: the process ends then. */
export async function startProcess(around: Around, owner: Owner): Promise<SimulatedProcess> {
  const { mutation } = around;
  const store = remoteStore(around, owner);
  const made = await makeParts(around, owner, store);
  const parts = mutation.parts?.(made) ?? made;
  const worker = createWorker(parts, owner.name);
  const operations = createOperations(parts, worker);
  await recover(parts, owner.name);
  worker.start();
  void releaseAtStart(parts, worker);
  const accept = createAccept(
    around,
    watchAccepts(store, () => worker.missed()),
    (item) => worker.arrived({ ...item, id: item.eventId, status: 'pending', matched: [] }),
  );
  return {
    owner,
    operations,
    receive: async (key, body) => {
      const answer = accept(key, body);
      return mutation.answersEarly === true ? true : answer;
    },
    check: () => checkPaused(parts, worker),
    stop: () => worker.stop(settings.SHUTDOWN_GRACE),
  };
}

async function makeParts(around: Around, owner: Owner, store: Store): Promise<EngineParts> {
  const { world, vendor, workflows, sending, alarm } = around;
  const log = { ...quiet, error: (line: string) => (line.startsWith('a run broke off') ? alarm(line) : undefined) };
  const find = (name: string) => ({
    name,
    connector,
    fingerprint: name,
    client: async () => {
      // The lease is looked at after `begun` is durable and before the call.
      if (owner.revoked) throw new Error('the lease is lost');
      return {};
    },
    check: () => vendor.check(name),
  });
  const checked = { ...connector, check: async () => undefined };
  const has = (name: string) => connectionNames.includes(name);
  const lanes = createLanes(
    {
      has,
      names: () => connectionNames,
      concurrency: () => settings.CONCURRENCY,
      save: (state) => store.setConnection(state),
      tell: () => undefined,
      clock: world.clock,
      circuitAfter: settings.CIRCUIT_AFTER,
      circuitForMs: settings.CIRCUIT_FOR,
    },
    await store.connections(),
  );
  return {
    store,
    inbox: createInbox(store),
    record: createRecorder(store, { ...quiet, error: () => undefined }).record,
    connections: () => ({
      get: (name) => (has(name) ? { ...find(name), connector: checked } : undefined),
      names: () => connectionNames,
      sandboxes: () => new Map(),
      close: async () => undefined,
    }),
    live: () => workflows,
    pinned: async () => workflows,
    readEvent: (event) => ({ ...event, receivedAt: '', data: {}, body: {} }),
    lanes,
    sending,
    settings,
    redactor: createRedactor(),
    clock: world.clock,
    ticks: world.now,
    steadyMs: createSteady(world.clock, world.now),
    random: world.random,
    randomBytes: world.bytes,
    log,
    notify: ({ kind, ...fields }) => {
      if (!world.quiet) world.note(`  ${owner.name} tells ${kind} ${JSON.stringify(fields)}`);
    },
  };
}

/** Every verb travels to the store and back; on each way the process may die, and the store may fail. */
function remoteStore({ world, ledger, peril, storeFault }: Around, process: Owner): Store {
  const arrive = (verb: keyof Ledger, args: readonly unknown[]): Settle => {
    const fault = storeFault();
    const refused: Settle = (_, reject) => reject(new HostError('store.unavailable', { why: fault }));
    if (fault === 'refused') return refused;
    // Who has lost its lease claims nothing more.
    const settle = process.revoked && verb === 'claim' ? perform(() => []) : perform(() => call(ledger, verb, args));
    peril(process, `${verb} is done`);
    return fault === 'none' ? settle : refused;
  };
  const far =
    (verb: keyof Ledger) =>
    (...args: readonly unknown[]) =>
      new Promise((resolve, reject) => {
        if (process.dead || peril(process, `${verb} is asked`)) return;
        world.schedule(null, world.between(0, 2), '', () => {
          // What was on its way when the process died arrives, or does not.
          if (process.dead && world.chance(0.5)) return;
          const settle = arrive(verb, args);
          world.schedule(process, world.between(0, 2), '', () => settle(resolve, reject));
        });
      });
  return Object.fromEntries(Object.keys(ledger).map((verb) => [verb, far(verb as keyof Ledger)])) as unknown as Store;
}

type Settle = (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void;

const call = (ledger: Ledger, verb: keyof Ledger, args: readonly unknown[]): unknown =>
  (ledger[verb] as (...args: readonly unknown[]) => unknown)(...args);

function perform(act: () => unknown): Settle {
  try {
    const value = act();
    return (resolve) => resolve(value);
  } catch (error) {
    return (_, reject) => reject(error);
  }
}

/** What the receiver does between the signature and the answer. */
function createAccept({ world }: Around, store: Pick<Store, 'accept'>, arrived: (item: AcceptDelivery) => void) {
  const batcher = createBatcher<AcceptDelivery, Settled<Accepted>>({
    run: (items) => store.accept(items),
    maxItems: 8,
    parallel: 4,
  });
  return async (key: string, body: Uint8Array): Promise<boolean> => {
    const receivedAt = world.clock();
    const deliveryId = createId('dlv', receivedAt, world.bytes);
    const eventId = createId('evt', receivedAt, world.bytes);
    const fact = { source: 'shop', type: 'order.paid', key, rule: 'id', time: null, headers: [], receivedAt, body };
    const item: AcceptDelivery = { ...fact, deliveryId, eventId, keepUntil: receivedAt + settings.KEEP_KEYS };
    try {
      const settled = await batcher.add(item);
      if (settled.ok && settled.value.status === 'accepted') arrived(item);
      return settled.ok;
    } catch {
      return false;
    }
  };
}
