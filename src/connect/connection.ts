// A connection: a connector with settings under a name of the user's own, opened when first used.

import { createHash } from 'node:crypto';
import { HostError } from '../core/errors.ts';
import type { Redactor } from '../core/log.ts';
import type { Connector, Log, Sandbox } from '../plugin/index.ts';
import { createGuardedFetch } from './fetch.ts';
import { startStandIn } from './sandbox.ts';
import { settingsFault } from './schema.ts';
import { secretsOf } from './secrets.ts';
import type { Sending } from './sending.ts';
import { createUsers } from './users.ts';

export interface Connection {
  readonly name: string;
  readonly connector: Connector;
  /** Changes when settings or secrets change: a paused connection is then tried again. */
  readonly fingerprint: string;
  /** The client, made once at the first call; a failure is not remembered. */
  client(): Promise<unknown>;
  /** Rejects with an action error when the connection does not work; resolves when the connector has no check. */
  check(): Promise<void>;
}

/** The connections of the live configuration, by name. */
export interface Connections {
  get(name: string): Connection | undefined;
  names(): readonly string[];
  /** Running stand-ins by connection name; empty in production. */
  sandboxes(): ReadonlyMap<string, Sandbox>;
  close(): Promise<void>;
}

/** Connections that can be exchanged for those of another configuration while they are used. */
export interface LiveConnections extends Connections {
  /**
   * Opens what is new or changed beside what is there; what is unchanged is kept as it is. Rejects, and leaves nothing
   * new open, when one cannot be opened. One call at a time.
   */
  prepare(configs: Iterable<ConnectionSetup>): Promise<PreparedConnections>;
}

export interface PreparedConnections {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Puts them to use. What they replace is closed once no attempt uses it. */
  commit(): void;
  /** Closes what was opened. */
  discard(): Promise<void>;
}

/** A connection as configured. */
export interface ConnectionSetup {
  readonly name: string;
  readonly connector: Connector;
  /** With every secret filled in; in a sandbox, with anything in their place. */
  readonly settings: unknown;
}

export interface OpenConnections {
  readonly configs: Iterable<ConnectionSetup>;
  readonly sending: Sending;
  /** Private hosts, `host:port` pairs and CIDR ranges that connectors may reach. */
  readonly allow: readonly string[];
  /** True: every connection is replaced by its stand-in and reaches nothing else. */
  readonly sandbox: boolean;
  readonly log: Log;
  readonly now: () => number;
  readonly redactor: Redactor;
  /** What a connection has that is no longer wanted, after the last attempt that uses it. Default 1 s. */
  readonly lingerMs?: number;
}

interface Opened extends Connection {
  readonly sandbox: Sandbox | undefined;
  /** Resolves when no attempt uses it. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Checks the settings of every connection (`connection.invalid`) and, in a sandbox, starts the stand-ins. No client is made
 * before it is used.
 */
export async function openConnections(options: OpenConnections): Promise<LiveConnections> {
  let live = byName(await openAll([...options.configs], options));
  const leaving = new Set<Opened>();
  const retire = async (connection: Opened) => {
    leaving.add(connection);
    await connection.idle();
    // An action that was cut off may still say how it ended.
    await new Promise((resolve) => setTimeout(resolve, options.lingerMs ?? 1000).unref());
    if (leaving.delete(connection)) await closeAll([connection]);
  };
  return {
    get: (name) => live.get(name),
    names: () => [...live.keys()],
    sandboxes: () => new Map([...live].flatMap(([name, { sandbox }]) => (sandbox ? [[name, sandbox]] : []))),
    prepare: async (configs) => {
      const setups = [...configs];
      const isKept = ({ name, connector, settings }: ConnectionSetup) =>
        live.get(name)?.fingerprint === fingerprintOf(connector.name, settings ?? {});
      const opened = await openAll(
        setups.filter((setup) => !isKept(setup)),
        options,
      );
      const fresh = byName(opened);
      const names = setups.map(({ name }) => name);
      const removed = [...live.keys()].filter((name) => !names.includes(name));
      const changed = [...fresh.keys()].filter((name) => live.has(name));
      return {
        added: [...fresh.keys()].filter((name) => !live.has(name)),
        changed,
        removed,
        commit: () => {
          const before = live;
          live = new Map(names.flatMap((name) => entryOf(name, fresh.get(name) ?? before.get(name))));
          for (const connection of [...removed, ...changed].flatMap((name) => before.get(name) ?? [])) {
            void retire(connection);
          }
        },
        discard: () => closeAll(opened),
      };
    },
    close: async () => {
      const all = [...live.values(), ...leaving];
      leaving.clear();
      await closeAll(all);
    },
  };
}

function byName(opened: readonly Opened[]): ReadonlyMap<string, Opened> {
  return new Map(opened.map((connection) => [connection.name, connection]));
}

function entryOf(name: string, connection: Opened | undefined): [string, Opened][] {
  return connection === undefined ? [] : [[name, connection]];
}

async function closeAll(opened: readonly Opened[]): Promise<void> {
  await Promise.allSettled(opened.map((connection) => connection.close()));
}

/** All or none. */
async function openAll(setups: readonly ConnectionSetup[], options: OpenConnections): Promise<Opened[]> {
  if (!options.sandbox) for (const setup of setups) prepare(setup, options.redactor);
  const settled = await Promise.allSettled(setups.map((setup) => openOne(setup, options)));
  const opened = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed === undefined) return opened;
  await closeAll(opened);
  throw failed.reason;
}

function prepare({ name, connector, settings }: ConnectionSetup, redactor: Redactor): void {
  redactor.add(secretsOf(connector, settings));
  const why = settingsFault(connector.settings, settings);
  if (why !== undefined) throw new HostError('connection.invalid', { name, why });
}

async function openOne({ name, connector, settings }: ConnectionSetup, options: OpenConnections): Promise<Opened> {
  const { sending, log, now } = options;
  const standIn = options.sandbox
    ? await startStandIn(connector, (settings ?? {}) as Record<string, unknown>, options)
    : undefined;
  const guarded = standIn?.guarded ?? createGuardedFetch({ sending, allow: options.allow, openHosts: [] });
  const used = standIn ? standIn.settings : (settings ?? {});
  const tools = { fetch: standIn?.fetch ?? guarded, log, now };
  const client = once(() => sending.outside({ connection: name }, async () => connector.connect(used, tools)));
  const users = createUsers();
  return {
    name,
    connector,
    fingerprint: fingerprintOf(connector.name, settings ?? {}),
    client: () => {
      users.add(sending.current());
      return client.get();
    },
    check: () =>
      users.during(async () => {
        const made = await client.get();
        await sending.outside({ connection: name }, async () => connector.check?.(made));
      }),
    sandbox: standIn?.sandbox,
    idle: users.idle,
    close: async () => {
      const made = client.made();
      try {
        if (made) await connector.close?.(made.value);
      } finally {
        await guarded.close();
        await standIn?.sandbox.close();
      }
    },
  };
}

/** Makes a value at the first `get` and keeps it; a failure is not kept. `made` is there once it is. */
function once<T>(make: () => Promise<T>): { get(): Promise<T>; made(): { readonly value: T } | undefined } {
  let making: Promise<T> | undefined;
  let made: { readonly value: T } | undefined;
  const start = async () => {
    try {
      const value = await make();
      made = { value };
      return value;
    } catch (error) {
      making = undefined;
      throw error;
    }
  };
  return { get: () => (making ??= start()), made: () => made };
}

function fingerprintOf(connector: string, settings: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([connector, sorted(settings)]))
    .digest('hex');
}

/** The same value with its keys in one order, so that their order in the file does not matter. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted((value as Record<string, unknown>)[name])]));
}
