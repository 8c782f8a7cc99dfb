// The receiver's HTTP server: raw bytes for every content type, bounded in size and in time, closed without losing a request.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenFault } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Settings } from '../core/settings.ts';
import { readHeaders } from './headers.ts';
import type { Reason } from './reasons.ts';
import type { Answer, Route } from './route.ts';

export interface HttpParts {
  readonly route: Route;
  readonly log: Log;
  readonly settings: Pick<Settings, 'HOST' | 'PORT' | 'BODY_LIMIT' | 'REQUEST_TIMEOUT' | 'SHUTDOWN_GRACE'>;
  readonly ready: () => Promise<{ readonly ok: boolean; readonly detail: Record<string, unknown> }>;
  /** Why only a restart can help; null while the process may work. */
  readonly dead?: () => string | null;
}

export interface HttpServer {
  /** Rejects with `port.taken` or `setting.invalid`. */
  listen(): Promise<{ readonly url: string }>;
  /** Takes no more requests, and resolves when those under way are answered. */
  close(): Promise<void>;
}

/** An answer; with `close`, what is still to come on the connection is not wanted. */
type Sent = Answer & { readonly close?: boolean };

/** What no sender needs more of. */
const limits = {
  headerBytes: 16_384,
  connections: 4096,
  requestsPerSocket: 10_000,
  checkEveryMs: 1000,
  idleMs: 72_000,
};
const longestName = 100;

/** Node's own server: three routes need no framework, which would take a third of the time that a delivery takes. */
export function createHttp(parts: HttpParts): HttpServer {
  const { settings, log } = parts;
  const limit = settings.REQUEST_TIMEOUT;
  const server = createServer({
    requestTimeout: limit,
    headersTimeout: limit,
    connectionsCheckingInterval: limits.checkEveryMs,
    maxHeaderSize: limits.headerBytes,
    keepAliveTimeout: limits.idleMs,
  });
  server.maxConnections = limits.connections;
  server.maxRequestsPerSocket = limits.requestsPerSocket;
  const answer = async (request: IncomingMessage): Promise<Sent> => {
    // Came on a connection that was busy when the stop began.
    if (!server.listening) return plain(503, 'this receiver is stopping; try again');
    try {
      return await answerRequest(parts, request);
    } catch (error) {
      log.error('a request could not be answered', { error: error instanceof Error ? error.message : String(error) });
      return plain(503, 'try again later');
    }
  };
  server.on('request', (request, response) => {
    void answer(request).then((sent) => send(response, sent, server.listening));
  });
  return { listen: () => listen(server, settings), close: () => closeServer(server, settings) };
}

async function answerRequest(parts: HttpParts, request: IncomingMessage): Promise<Sent> {
  const { method = '', url = '' } = request;
  const path = pathOf(url);
  if (method === 'POST' && path.startsWith(webhooks)) return receive(parts, request, path.slice(webhooks.length));
  if (method === 'GET' || method === 'HEAD') {
    if (path === '/livez') {
      const why = parts.dead?.() ?? null;
      return plain(why === null ? 200 : 503, why ?? 'alive');
    }
    if (path === '/readyz') {
      const { ok, detail } = await parts.ready().catch(() => ({ ok: false, detail: {} }));
      return json(ok ? 200 : 503, { ready: ok, ...detail });
    }
  }
  return nothing;
}

const webhooks = '/webhooks/';

/** The path as it came, without query; of a whole URL, as proxies send it, its path. */
function pathOf(url: string): string {
  const path = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '');
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

async function receive({ route, settings }: HttpParts, request: IncomingMessage, encoded: string): Promise<Sent> {
  const name = encoded.includes('%') ? decode(encoded) : encoded;
  if (name === undefined) return plain(400, 'the request cannot be read');
  if (name === '' || encoded.includes('/')) return nothing;
  if (name.length > longestName) return plain(414, 'no source has a name this long');
  const { method = '', url = '', rawHeaders } = request;
  const incoming = { name, method, url, headers: readHeaders(rawHeaders) };
  const announced = Number(incoming.headers.get('content-length')?.[0] ?? 0);
  const body = announced > settings.BODY_LIMIT ? 'body.too-large' : await readBytes(request, settings.BODY_LIMIT);
  if (typeof body === 'string') return { ...route.refuse(incoming, body, announced), close: true };
  return route.answer(incoming, body);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The whole body, or why there is none. */
function readBytes(request: IncomingMessage, limit: number): Promise<Uint8Array | Reason> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) resolve('body.too-large');
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', () => resolve('body.incomplete'));
  });
}

function json(status: number, value: unknown): Sent {
  const type = 'application/json; charset=utf-8';
  const retry = status === 503 ? { 'retry-after': '10' } : {};
  return { status, headers: { 'content-type': type, ...retry }, body: JSON.stringify(value) };
}

function plain(status: number, message: string): Sent {
  return json(status, { message });
}

const nothing = plain(404, 'there is nothing here; webhooks go to POST /webhooks/<source>');

function send(response: ServerResponse, { status, headers, body, close = false }: Sent, listening: boolean): void {
  const fields = Object.entries(headers).flat();
  if (status !== 204) fields.push('content-length', String(Buffer.byteLength(body)));
  // A connection kept alive would hold up the stop.
  if (close || !listening) fields.push('connection', 'close');
  response.writeHead(status, fields).end(body);
}

async function listen(server: Server, { HOST, PORT }: HttpParts['settings']): Promise<{ url: string }> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFault(error, { host: HOST, port: PORT, prefix: '' })));
    server.listen({ host: HOST, port: PORT }, resolve);
  });
  // Of a name, only one of its addresses is listened on: which one it is should be seen.
  const { address, family, port } = server.address() as AddressInfo;
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
  return { url: `http://${family === 'IPv6' && host === address ? `[${host}]` : host}:${port}` };
}

/** Node stops looking for slow senders once a server closes, so what is still unread at the end is cut. */
async function closeServer(server: Server, settings: HttpParts['settings']): Promise<void> {
  const cut = setTimeout(
    () => server.closeAllConnections(),
    Math.min(settings.REQUEST_TIMEOUT, settings.SHUTDOWN_GRACE),
  );
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(cut);
}
