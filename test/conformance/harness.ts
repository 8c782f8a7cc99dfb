// Runs a connector against its sandbox through a proxy that puts faults in between, with the real fetch and the real attempt.

import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGuardedFetch } from '../../src/connect/fetch.ts';
import { createSending } from '../../src/connect/sending.ts';
import type { Connector, Log, Sandbox, StartSandbox } from '../../src/plugin/index.ts';
import { startFaultProxy, type Fault, type FaultProxy, type ProxiedRequest } from '../../src/plugin/testing.ts';
import { callAction, type AttemptEnd } from '../../src/run/attempt.ts';

export interface RigOptions {
  readonly connector: Connector;
  /** For a connector without a sandbox of its own. */
  readonly startSandbox?: StartSandbox;
  /** Beside those the sandbox gives; text that holds the sandbox's `host:port` leads to the proxy. */
  readonly settings?: Record<string, unknown>;
}

export interface CallOptions {
  /** Default 1,000. */
  readonly timeoutMs?: number;
  readonly key?: string;
  readonly number?: number;
  readonly firstAt?: number;
  readonly progress?: unknown;
  readonly stop?: AbortSignal;
}

/** A connector opened on a strict sandbox behind a proxy. */
export interface Rig {
  readonly proxy: FaultProxy;
  readonly sandbox: Sandbox;
  readonly client: unknown;
  /** Calls an action; `effects` is what the sandbox holds more than before. */
  call(action: string, input: unknown, options?: CallOptions): Promise<{ outcome: AttemptEnd; effects: number }>;
  /** Calls the action's `lookup` outside an attempt's classification. */
  lookup(action: string, input: unknown, options?: CallOptions): Promise<AttemptEnd>;
  close(): Promise<void>;
}

const silent = () => undefined;
const log: Log = { debug: silent, info: silent, warn: silent, error: silent };

export async function openRig(options: RigOptions): Promise<Rig> {
  const { connector } = options;
  const start = options.startSandbox ?? (await connector.sandbox?.())?.startSandbox;
  if (!start) throw new Error(`connector "${connector.name}" has no sandbox`);
  const sandbox = await start({ strict: true, now: Date.now, log, settings: options.settings ?? {} });
  const host = sandbox.hosts[0] ?? '';
  const proxy = await startFaultProxy(`http://${host}`);
  const text = JSON.stringify({ ...options.settings, ...sandbox.settings }).replaceAll(host, proxy.host);
  const sending = createSending();
  const fetch = createGuardedFetch({ sending, allow: [], openHosts: [proxy.host], onlyOpen: true });
  const client = await connector.connect(JSON.parse(text), { fetch, log, now: Date.now });

  const attempt = (name: string, verb: 'run' | 'lookup', input: unknown, given: CallOptions) => {
    const action = connector.actions[name];
    if (!action) throw new Error(`connector "${connector.name}" has no action "${name}"`);
    return callAction(sending, {
      action: verb === 'run' ? action : { ...action, run: (...args) => Promise.resolve(action.lookup?.(...args)) },
      client: () => Promise.resolve(client),
      input,
      key: given.key ?? '0123456789abcdef'.repeat(4),
      number: given.number ?? 1,
      firstAt: given.firstAt ?? Date.now(),
      progress: given.progress,
      timeoutMs: given.timeoutMs ?? 1000,
      stop: given.stop ?? new AbortController().signal,
      log,
    });
  };
  return {
    proxy,
    sandbox,
    client,
    call: async (name, input, given = {}) => {
      const before = sandbox.list().length;
      const outcome = await attempt(name, 'run', input, given);
      return { outcome, effects: sandbox.list().length - before };
    },
    lookup: (name, input, given = {}) => attempt(name, 'lookup', input, given),
    close: async () => {
      await connector.close?.(client);
      await fetch.close();
      await proxy.close();
      await sandbox.close();
    },
  };
}

export interface ConformanceCase {
  /** A sentence: `an answer lost after apply is in doubt`. */
  readonly title: string;
  /** Absent: the negative control. */
  readonly fault?: Fault;
  /** Which requests the fault takes; default the first. */
  readonly when?: (request: ProxiedRequest) => boolean;
  /** How many requests it takes. Default 1. */
  readonly times?: number;
  readonly action: string;
  /** A function where it depends on the proxy's address. */
  readonly input: Record<string, unknown> | ((rig: Rig) => Record<string, unknown>);
  readonly timeoutMs?: number;
  readonly expect: {
    readonly status: AttemptEnd['status'];
    readonly effects: number;
    readonly sent?: boolean;
    readonly retryAfterMs?: number | null;
    /** Of a rejected attempt: whether the credentials were refused. */
    readonly credentials?: boolean;
    /** The vendor's word. */
    readonly code?: string;
    readonly output?: unknown;
  };
}

/** One test per case, all on one rig; each fault is gone before the next case. No error may show a secret setting. */
export function conformance(name: string, options: RigOptions, cases: readonly ConformanceCase[]): void {
  describe(name, () => {
    let rig: Rig;
    beforeAll(async () => {
      rig = await openRig(options);
    });
    afterAll(() => rig.close());

    it.each(cases)('$title', async (given) => {
      await rig.proxy.heal();
      const input = typeof given.input === 'function' ? given.input(rig) : given.input;
      if (given.fault !== undefined) rig.proxy.fail(given.fault, given.times ?? 1, given.when);
      const call = given.timeoutMs === undefined ? {} : { timeoutMs: given.timeoutMs };
      const { outcome, effects } = await rig.call(given.action, input, call);
      expect({ ...summary(outcome, given.expect), effects }, inspect(outcome)).toEqual(given.expect);
      if (outcome.status === 'succeeded') return;
      for (const secret of options.connector.secrets ?? []) {
        const value = rig.sandbox.settings[secret] ?? options.settings?.[secret];
        if (typeof value === 'string') expect(inspect(outcome.error, { depth: 8 })).not.toContain(value);
      }
    });
  });
}

/** The fields of the outcome that the case speaks of. */
function summary(outcome: AttemptEnd, expected: ConformanceCase['expect']): Record<string, unknown> {
  const error = 'error' in outcome ? (outcome.error as { code?: unknown } | null) : null;
  const all: Record<string, unknown> = { ...outcome, code: error?.code };
  return Object.fromEntries(
    Object.keys(expected)
      .filter((key) => key !== 'effects')
      .map((key) => [key, all[key]]),
  );
}
