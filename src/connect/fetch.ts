// `fetch` for connectors: guarded addresses, no redirects, limited time and size, and a report to the attempt under way.

import type { LookupFunction, Socket } from 'node:net';
import type * as Undici from 'undici';
import { outcomeSymbol, UnknownOutcomeError } from '../plugin/index.ts';
import { createGuard, refused, type Guard } from './guard.ts';
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
  readonly undici: typeof Undici;
  readonly dispatcher: Undici.Dispatcher;
  close(): Promise<void>;
}

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
  const open = () => (client ??= openClient(options, guard, timeouts));

  const call: typeof globalThis.fetch = async (input, init) => {
    const scope = options.sending.current();
    scope?.tracked();
    const url = new URL(isRequest(input) ? input.url : input);
    guard.checkUrl(url);
    const limit = scope ? scope.signal : AbortSignal.timeout(timeouts.totalMs);
    const given = init?.signal ?? (isRequest(input) ? input.signal : undefined);
    const { undici, dispatcher } = await open();
    const request = await plainInit(undici, input, init, scope?.traceparent);
    const response = await undici
      .fetch(url, {
        ...request,
        redirect: (init ?? (isRequest(input) ? input : {})).redirect === 'error' ? 'error' : 'manual',
        signal: given ? AbortSignal.any([limit, given]) : limit,
        dispatcher,
      })
      .catch((error: unknown) => {
        throw ownError(error, url);
      });
    return limitBody(undici, response, maxBytes);
  };
  return Object.assign(call, { close: async () => (await client)?.close() });
}

/** Loads undici at the first request: it takes 28 MB and 90 ms. */
async function openClient(
  { sending, lookup }: GuardedFetchOptions,
  guard: Guard,
  timeouts: FetchTimeouts,
): Promise<Client> {
  const undici = await import('undici');
  const settings = { timeout: timeouts.connectMs, allowH2: false };
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
  return { undici, dispatcher: agent.compose(reportTo(sending, timeouts)), close };
}

/** Tells the attempt when its request is about to be written to a connected socket; sets the time limits outside attempts. */
function reportTo(sending: Sending, timeouts: FetchTimeouts): Undici.Dispatcher.DispatcherComposeInterceptor {
  const outside = { headersTimeout: timeouts.headersMs, bodyTimeout: timeouts.bodyMs };
  const inside = { headersTimeout: 0, bodyTimeout: 0 };
  return (dispatch) => (options, handler) => {
    const scope = sending.current();
    const watched = Object.create(handler) as Undici.Dispatcher.DispatchHandler;
    watched.onRequestStart = function (controller, context) {
      handler.onRequestStart?.call(this, controller, context);
      if (!controller.aborted) scope?.sent();
    };
    return dispatch({ ...options, ...(scope ? inside : outside) }, watched);
  };
}

function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && !(input instanceof URL);
}

/**
 * What undici's `fetch` understands: it takes Node's own `Request` for a URL, and sends Node's own `FormData` as the text
 * "[object FormData]", without an error.
 */
async function plainInit(
  undici: typeof Undici,
  input: string | URL | Request,
  init: RequestInit | undefined,
  traceparent: string | undefined,
): Promise<Undici.RequestInit> {
  const form = Object.prototype.toString.call(init?.body) === '[object FormData]';
  let plain = (init ?? {}) as unknown as Undici.RequestInit;
  if (form || isRequest(input)) {
    const request = new Request(input, init);
    const body = request.body === null ? null : await request.arrayBuffer();
    plain = { method: request.method, headers: [...request.headers], body };
  }
  const headers = new undici.Headers(plain.headers);
  if (!headers.has('user-agent')) headers.set('user-agent', 'hookline');
  if (traceparent !== undefined && !headers.has('traceparent')) headers.set('traceparent', traceparent);
  return { ...plain, headers };
}

/** An error of the guard as it was thrown, without the "fetch failed" around it. */
function ownError(error: unknown, url: URL): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && outcomeSymbol in cause) return cause;
  if (cause instanceof Error && cause.message === 'bad port') {
    return refused(`port ${url.port} of "${url.hostname}" belongs to another protocol than HTTP`);
  }
  return error;
}

/** The same answer with a body that fails once it is larger than allowed. */
function limitBody(undici: typeof Undici, response: Undici.Response, maxBytes: number): Undici.Response {
  if (response.body === null || isShort(response, maxBytes)) return response;
  let total = 0;
  const reader = response.body.getReader();
  // Not a TransformStream: passing an answer through one costs more than all else that is done for it.
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const { done, value } = await reader.read();
    if (done) return controller.close();
    total += value.byteLength;
    if (total <= maxBytes) return controller.enqueue(value);
    const error = tooLarge(response.url, maxBytes);
    controller.error(error);
    return reader.cancel(error);
  };
  const cancel = (reason: unknown) => reader.cancel(reason);
  const body = new ReadableStream<Uint8Array>({ pull, cancel }, { highWaterMark: 0 });
  const { status, statusText, headers, url } = response;
  return Object.defineProperty(new undici.Response(body, { status, statusText, headers }), 'url', { value: url });
}

/** Its announced length is small enough, and no byte more is read: then nothing needs to be counted. */
function isShort({ headers }: Undici.Response, maxBytes: number): boolean {
  const length = headers.get('content-length');
  return length !== null && Number(length) <= maxBytes && !headers.has('content-encoding');
}

function tooLarge(url: string, maxBytes: number): UnknownOutcomeError {
  return new UnknownOutcomeError(`"${new URL(url).host}" answered with more than ${maxBytes} bytes`, {
    code: 'HOOKLINE_RESPONSE_TOO_LARGE',
  });
}
