// `fetch` for connectors: guarded addresses, no redirects, limited time and size, and a report to the attempt under way.

import type { LookupFunction, Socket } from 'node:net';
import type * as Undici from 'undici';
import { exchange } from './exchange.ts';
import { createGuard, type Guard } from './guard.ts';
import { headerLines, isRequest, readOutgoing } from './outgoing.ts';
import type { Sending } from './sending.ts';

export interface FetchTimeouts {
  /** Until the connection stands, TLS included. */
  readonly connectMs: number;
  /** From the request to the headers of the answer. Not inside an attempt, which has a limit of its own. */
  readonly headersMs: number;
  /** Silence within the body of the answer. Not inside an attempt. */
  readonly bodyMs: number;
  /** The whole of it. Not inside an attempt. */
  readonly totalMs: number;
}

export interface GuardedFetchOptions {
  readonly sending: Sending;
  /** Hosts, `host:port` pairs and CIDR ranges that may be reached although they are private. */
  readonly allow: readonly string[];
  /** `host:port` pairs of the connection's sandbox. */
  readonly openHosts: readonly string[];
  /** True where nothing but `openHosts` may be reached: `dev` never leaves the machine. */
  readonly onlyOpen?: boolean;
  readonly timeouts?: Partial<FetchTimeouts>;
  /** Largest body of an answer in bytes, counted after decompression. Default 10 MiB. */
  readonly maxBytes?: number;
  /** Resolves names; the system's when absent. */
  readonly lookup?: LookupFunction;
}

export type GuardedFetch = typeof globalThis.fetch & {
  /** Closes its connections; requests under way fail. */
  close(): Promise<void>;
};

interface Client {
  readonly dispatcher: Undici.Dispatcher;
  close(): Promise<void>;
}

const unlimited = { headersTimeout: 0, bodyTimeout: 0 };
const defaultTimeouts: FetchTimeouts = { connectMs: 10_000, headersMs: 30_000, bodyMs: 30_000, totalMs: 60_000 };

/**
 * A `fetch` with connections of its own. Differences from the standard one: a private address is refused with a
 * `PermanentError` of code `HOOKLINE_BLOCKED_ADDRESS`, another URL that may not be called with `HOOKLINE_BLOCKED_URL`,
 * a 3xx is returned as it is (or an error, with `redirect: 'error'`), and a body above `maxBytes` fails with
 * `HOOKLINE_RESPONSE_TOO_LARGE` while it is read. No proxy of the environment is used.
 */
export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const guard = createGuard(options);
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const maxBytes = options.maxBytes ?? 10_485_760;
  let client: Promise<Client> | undefined;
  const open = () => (client ??= openClient(options, guard, timeouts.connectMs));

  const call: typeof globalThis.fetch = async (input, init) => {
    const scope = options.sending.current();
    scope?.tracked();
    const url = new URL(isRequest(input) ? input.url : input);
    guard.checkUrl(url);
    const { dispatcher } = await open();
    const { method, headers, body } = await readOutgoing(input, init);
    const asked = init ?? (isRequest(input) ? input : {});
    const given = init?.signal ?? (isRequest(input) ? input.signal : undefined);
    const limit = scope ? scope.signal : AbortSignal.timeout(timeouts.totalMs);
    return exchange(dispatcher, {
      url,
      method,
      headers: headerLines(headers, url.protocol === 'https:', scope?.traceparent),
      body,
      refuseRedirect: asked.redirect === 'error',
      signals: given ? [limit, given] : [limit],
      // An attempt has a limit of its own.
      timeouts: scope ? unlimited : { headersTimeout: timeouts.headersMs, bodyTimeout: timeouts.bodyMs },
      maxBytes,
      sent: () => scope?.sent(),
    });
  };
  return Object.assign(call, { close: async () => (await client)?.close() });
}

/** Loads undici at the first request: it takes 28 MB and 90 ms. */
async function openClient({ lookup }: GuardedFetchOptions, guard: Guard, timeout: number): Promise<Client> {
  const undici = await import('undici');
  const settings = { timeout, allowH2: false };
  const free = undici.buildConnector(lookup ? { ...settings, lookup } : settings);
  const guarded = undici.buildConnector({ ...settings, lookup: guard.lookup });
  const connecting = new Set<Socket>();
  const agent = new undici.Agent({
    allowH2: false,
    // A request on a connection that the other side is just closing ends in doubt; so none is kept for long.
    keepAliveTimeout: 2000,
    keepAliveMaxTimeout: 2000,
    connect: (options, callback) => {
      try {
        const port = options.port || (options.protocol === 'https:' ? '443' : '80');
        const connect = guard.checkHost(options.hostname, port) ? free : guarded;
        // It does return the socket, though its type does not say so.
        const socket = connect(options, (...result) => {
          connecting.delete(socket);
          callback(...result);
        }) as unknown as Socket;
        connecting.add(socket);
      } catch (error) {
        callback(error as Error, null);
      }
    },
  });
  const close = async () => {
    // undici leaves them alone until their own time limit, which keeps the process alive.
    for (const socket of connecting) socket.destroy();
    await agent.destroy();
  };
  return { dispatcher: agent, close };
}
