// What a connector's tests need: a proxy that puts faults between the connector and its sandbox, and attempts to call `run` with.

import {
  createServer,
  request as forward,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Attempt } from './define.ts';

/**
 * What happens to a request instead of being passed on.
 * - `{ status, headers, body }`: answered so; not forwarded
 * - `{ redirect }`: answered 302 to that URL; not forwarded
 * - `refuse`: the port is closed until `heal()`; nothing gets in, so nothing is counted
 * - `cut-before`: the connection is closed once the request is read; not forwarded
 * - `cut-after`: forwarded and applied, then the connection is closed without an answer
 * - `hang-headers`: never answered; not forwarded
 * - `hang-body`: forwarded and applied; headers and half the body, then silence
 * - `cut-body`: forwarded and applied; headers and half the body, then the connection is closed
 * - `html-200`: answered 200 with an HTML page; not forwarded
 */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | { readonly redirect: string }
  | 'refuse'
  | 'cut-before'
  | 'cut-after'
  | 'hang-headers'
  | 'hang-body'
  | 'cut-body'
  | 'html-200';

export interface ProxiedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Whether the target received it. */
  readonly forwarded: boolean;
}

export interface FaultProxy {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** Requests read so far, with or without a fault. */
  readonly requests: number;
  readonly seen: readonly ProxiedRequest[];
  /** Faults the next `times` requests, or only those that `when` takes. Faults queue up; `Infinity` lasts until `heal()`. */
  fail(fault: Fault, times?: number, when?: (request: ProxiedRequest) => boolean): void;
  /** Forgets every fault, closes the connections that clients keep, and listens again. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Planned {
  readonly fault: Exclude<Fault, 'refuse'>;
  readonly when: (request: ProxiedRequest) => boolean;
  left: number;
}

/**
 * Starts a proxy on a free loopback port in front of `target` (`http://127.0.0.1:1234`). Requests keep the client's `Host`,
 * so a sandbox that builds absolute URLs from it stays behind the proxy.
 */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const seen: ProxiedRequest[] = [];
  let planned: Planned[] = [];
  const take = (request: ProxiedRequest): Planned['fault'] | undefined => {
    const found = planned.find((plan) => plan.when(request));
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left <= 0) planned = planned.filter((plan) => plan !== found);
    return found.fault;
  };
  const server = createServer((incoming, response) => {
    answer(target, incoming, response, seen, take).catch(() => response.destroy());
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    seen,
    get requests() {
      return seen.length;
    },
    fail: (fault, times = 1, when = () => true) => {
      if (fault !== 'refuse') planned.push({ fault, left: times, when });
      else if (server.listening) {
        server.close();
        server.closeAllConnections();
      }
    },
    heal: async () => {
      planned = [];
      await dropConnections(server);
      if (!server.listening) await listen(port);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Once it resolves, clients of this process have seen their kept connections end, and write on none of them. */
async function dropConnections(server: Server): Promise<void> {
  server.closeAllConnections();
  while ((await openConnections(server)) > 0) await turn();
  for (let turns = 0; turns < 3; turns++) await turn();
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

const openConnections = (server: Server) =>
  new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));

async function answer(
  target: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  seen: ProxiedRequest[],
  take: (request: ProxiedRequest) => Planned['fault'] | undefined,
): Promise<void> {
  const bytes = await read(incoming);
  const request = {
    method: incoming.method ?? '',
    url: incoming.url ?? '/',
    headers: incoming.headers,
    body: bytes.toString('utf8'),
  };
  const fault = take({ ...request, forwarded: false });
  const forwarded = fault === undefined || fault === 'cut-after' || fault === 'hang-body' || fault === 'cut-body';
  seen.push({ ...request, forwarded });
  if (!forwarded) return refuseWith(fault, response);
  const real = await pass(target, incoming, bytes);
  if (fault === 'cut-after') return void incoming.socket.destroy();
  response.writeHead(real.status, whole(real));
  if (fault === undefined) return void response.end(real.body);
  response.write(real.body.subarray(0, Math.floor(real.body.length / 2)), () => {
    if (fault === 'cut-body') incoming.socket.destroy();
  });
  response.flushHeaders();
}

/** The answer of a request that is not passed on. */
function refuseWith(fault: Planned['fault'], response: ServerResponse): void {
  if (fault === 'hang-headers') return;
  if (fault === 'html-200') {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Welcome</title><p>Sign in.');
  } else if (typeof fault === 'string') {
    response.destroy();
  } else if ('redirect' in fault) {
    response.writeHead(302, { location: fault.redirect }).end();
  } else {
    response.writeHead(fault.status, fault.headers ?? {}).end(fault.body ?? '');
  }
}

/** Headers of an answer that was read whole: its length is known, so a cut shows as one. */
function whole(answer: Answer): IncomingHttpHeaders {
  const { 'transfer-encoding': _, connection: __, ...headers } = answer.headers;
  return answer.status === 204 || answer.status === 304
    ? headers
    : { ...headers, 'content-length': String(answer.body.length) };
}

function pass(target: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { 'transfer-encoding': _, connection: __, ...headers } = incoming.headers;
    const outgoing = forward(
      new URL(incoming.url ?? '/', target),
      {
        method: incoming.method,
        headers: body.length > 0 ? { ...headers, 'content-length': String(body.length) } : headers,
        agent: false,
      },
      (response) => {
        read(response).then(
          (bytes) => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: bytes }),
          reject,
        );
      },
    );
    outgoing.once('error', reject).end(body);
  });
}

async function read(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** An attempt to call `action.run` with in a unit test: the first one, never aborted, with a silent log. */
export function createAttempt(overrides: Partial<Attempt> = {}): Attempt {
  const silent = () => undefined;
  return {
    key: '0123456789abcdef'.repeat(4),
    number: 1,
    firstAt: 0,
    signal: new AbortController().signal,
    progress: undefined,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    sending: silent,
    ...overrides,
  };
}
