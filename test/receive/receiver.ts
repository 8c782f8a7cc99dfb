// A receiver on a free port with a store in memory, a signed sender for it, and raw sockets for what no client would send.

import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Log } from '../../src/core/log.ts';
import type { Happening } from '../../src/core/model.ts';
import { readSettings } from '../../src/core/settings.ts';
import { defineSource, type Source, type SourceDefinition } from '../../src/plugin/index.ts';
import { signRequest, type SignatureScheme } from '../../src/plugin/signature.ts';
import type { EventRead } from '../../src/receive/identify.ts';
import { createReceiver, type Receiver } from '../../src/receive/server.ts';
import type { ReadySource } from '../../src/receive/source.ts';
import type { AcceptDelivery, Accepted, RefuseDelivery, Settled, Store } from '../../src/store/store.ts';

export const secret = 'a-secret-of-the-sender';

export const scheme = {
  algorithm: 'hmac-sha256',
  signature: { header: 'X-Acme-Signature' },
  content: '{timestamp}.{body}',
  timestamp: { header: 'X-Acme-Timestamp', unit: 's' },
} as const satisfies SignatureScheme;

export const acme: SourceDefinition = {
  name: 'acme',
  description: 'A sender with a timestamp.',
  scheme,
  identify: ({ body }) => {
    const { type, id, data } = (body ?? {}) as { type?: unknown; id?: unknown; data?: unknown };
    return {
      type: typeof type === 'string' ? type : 'unknown',
      id: typeof id === 'string' ? id : undefined,
      rule: 'id',
      data: data ?? body,
    };
  },
  events: {},
};

/** Keeps what the port promises of `accept` and `refuse`, and can be told to fail. */
export interface FakeStore extends Pick<Store, 'accept' | 'refuse'> {
  readonly events: Map<string, AcceptDelivery>;
  readonly deliveries: AcceptDelivery[];
  readonly refused: RefuseDelivery[];
  /** What the next calls do first: wait, or throw. */
  before: () => Promise<void> | void;
}

export function createFakeStore(): FakeStore {
  const store: FakeStore = {
    events: new Map(),
    deliveries: [],
    refused: [],
    before: () => undefined,
    accept: async (batch) => {
      await store.before();
      return batch.map((item): Settled<Accepted> => {
        store.deliveries.push(item);
        const key = `${item.source} ${item.key}`;
        const found = store.events.get(key);
        if (found === undefined) store.events.set(key, item);
        return {
          ok: true,
          value: {
            status: found === undefined ? 'accepted' : 'duplicate',
            eventId: (found ?? item).eventId,
            differs: found !== undefined && Buffer.compare(found.body, item.body) !== 0,
          },
        };
      });
    },
    refuse: async (batch) => {
      await store.before();
      store.refused.push(...batch);
    },
  };
  return store;
}

export interface Logged {
  readonly level: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

export function createTestLog(): Log & { readonly lines: Logged[] } {
  const lines: Logged[] = [];
  const at =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      void lines.push({ level, message, fields });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export interface TestReceiver {
  readonly url: string;
  readonly store: FakeStore;
  readonly happenings: Happening[];
  /** What was read of new events. */
  readonly remembered: ReadonlyMap<string, EventRead>;
  readonly log: ReturnType<typeof createTestLog>;
  readonly receiver: Receiver;
  /** Posts to `/webhooks/acme`, signed now with `secret`. */
  readonly post: (body: string | Uint8Array, options?: PostOptions) => Promise<Response>;
  /** Resolves when the refusals so far are written. */
  readonly refused: () => Promise<readonly RefuseDelivery[]>;
  readonly stop: () => Promise<void>;
}

export interface PostOptions {
  readonly source?: string;
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signed?: boolean;
}

export interface StartOptions {
  readonly source?: Partial<SourceDefinition>;
  readonly secrets?: readonly string[];
  readonly settings?: unknown;
  readonly keepContentKeysMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly store?: Pick<Store, 'accept' | 'refuse'>;
  readonly ready?: () => Promise<{ ok: boolean; detail: Record<string, unknown> }>;
  readonly notify?: (happening: Happening) => void;
  readonly ignoredBy?: (kind: { readonly source: string; readonly type: string }) => string | undefined;
}

export function readyAcme(options: StartOptions = {}): ReadySource {
  const source: Source = defineSource({ ...acme, ...options.source });
  const { secrets = [secret], settings = {}, keepContentKeysMs } = options;
  return { name: 'acme', source, secrets, settings, ...(keepContentKeysMs === undefined ? {} : { keepContentKeysMs }) };
}

export async function startReceiver(options: StartOptions = {}): Promise<TestReceiver> {
  const store = createFakeStore();
  const happenings: Happening[] = [];
  const remembered = new Map<string, EventRead>();
  const log = createTestLog();
  const receiver = createReceiver({
    store: options.store ?? store,
    sources: new Map([['acme', readyAcme(options)]]),
    clock: Date.now,
    random: randomBytes,
    log,
    settings: readSettings({ PORT: '0', ...options.env }),
    ignoredBy: options.ignoredBy ?? (() => undefined),
    arrived: (event, read) => void remembered.set(event.id, read),
    notify: options.notify ?? ((happening) => void happenings.push(happening)),
    ready: options.ready ?? (async () => ({ ok: true, detail: {} })),
  });
  const { url } = await receiver.start();
  return {
    url,
    store,
    happenings,
    remembered,
    log,
    receiver,
    post: (body, given = {}) => {
      const path = `/webhooks/${given.source ?? 'acme'}`;
      const bytes = new Uint8Array(Buffer.from(body));
      const headers = { ...(given.signed === false ? {} : signed(bytes, given.secret)), ...given.headers };
      return fetch(url + path, { method: 'POST', body: bytes, headers });
    },
    refused: async () => {
      // Refusals are written in a later turn than their answer.
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      return store.refused;
    },
    stop: () => receiver.stop(),
  };
}

/** Starts receivers for a test, and stops all of them after it. */
export function trackReceivers() {
  const running: TestReceiver[] = [];
  return {
    start: async (options: StartOptions = {}): Promise<TestReceiver> => {
      const receiver = await startReceiver(options);
      running.push(receiver);
      return receiver;
    },
    stop: async (): Promise<void> => {
      await Promise.all(running.splice(0).map((receiver) => receiver.stop()));
    },
  };
}

/** A body of the test's sender. */
export function event(id: string): string {
  return JSON.stringify({ type: 'call.ended', id, data: { n: 1 } });
}

export async function reasonOf(response: Response): Promise<string> {
  return ((await response.json()) as { reason: string }).reason;
}

export function signed(body: string | Uint8Array, key: string = secret): Record<string, string> {
  return signRequest(scheme, {
    body: Buffer.from(body),
    secret: key,
    now: Date.now(),
    id: '',
    url: '',
    method: 'POST',
  });
}

/** Writes bytes to the port and resolves with all that comes back until the other side closes, or `enough` says stop. */
export function talk(url: string, bytes: string | Uint8Array, enough?: (answer: string) => boolean): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      answer += chunk;
      if (enough?.(answer)) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}
