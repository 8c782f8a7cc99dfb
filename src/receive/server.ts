// The receiver's HTTP server: raw bytes for every content type, bounded in size and in time, closed without losing a request.

import type { AddressInfo } from 'node:net';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { HostError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Event, Happening } from '../core/model.ts';
import type { Settings } from '../core/settings.ts';
import { createBatcher } from '../store/batch.ts';
import type { AcceptDelivery, Accepted, Settled, Store } from '../store/store.ts';
import { readHeaders } from './headers.ts';
import type { EventRead } from './identify.ts';
import { createRecorder } from './record.ts';
import type { Reason } from './reasons.ts';
import { createRefusals } from './refusals.ts';
import { createRoute, type Answer, type Incoming, type Route } from './route.ts';
import { prepareSource, type PreparedSource, type ReadySource } from './source.ts';

export interface ReceiverParts {
  readonly store: Pick<Store, 'accept' | 'refuse'>;
  readonly sources: ReadonlyMap<string, ReadySource>;
  readonly clock: () => number;
  readonly random: (size: number) => Uint8Array;
  readonly log: Log;
  readonly settings: Pick<
    Settings,
    'HOST' | 'PORT' | 'BODY_LIMIT' | 'REQUEST_TIMEOUT' | 'SHUTDOWN_GRACE' | 'KEEP_KEYS' | 'KEEP_CONTENT_KEYS'
  >;
  readonly notify: (happening: Happening) => void;
  /** Takes over a new event and what was read of it, so that its bytes need not be read again. */
  readonly arrived: (event: Event, read: EventRead) => void;
  readonly ready: () => Promise<{ readonly ok: boolean; readonly detail: Record<string, unknown> }>;
  /** Why only a restart can help; null while the process may work. */
  readonly dead?: () => string | null;
}

export interface Receiver {
  /** Rejects with `port.taken`. */
  start(): Promise<{ readonly url: string }>;
  /** Takes no more requests, and resolves when those under way are answered. */
  stop(): Promise<void>;
  /** Requests that are already being read are judged by the new sources. */
  setSources(sources: ReadonlyMap<string, ReadySource>): void;
}

/** What no sender needs more of. */
const limits = { headerBytes: 16_384, connections: 4096, requestsPerSocket: 10_000, checkEveryMs: 1000, batch: 512 };

export function createReceiver(parts: ReceiverParts): Receiver {
  const { log, settings } = parts;
  let sources = new Map<string, PreparedSource>();
  const setSources = (ready: ReadonlyMap<string, ReadySource>) => {
    sources = new Map([...ready].map(([name, source]) => [name, prepareSource(source)]));
    for (const { name, fault } of sources.values()) {
      if (fault !== null) log.error(`source "${name}" is answered 503: ${fault}`);
    }
  };
  setSources(parts.sources);
  const refusals = createRefusals(parts);
  const batcher = createBatcher<AcceptDelivery, Settled<Accepted>>({
    run: (items) => parts.store.accept(items),
    maxItems: limits.batch,
    parallel: 4,
  });
  const accept = async (item: AcceptDelivery) => {
    const settled = await batcher.add(item);
    if (!settled.ok) throw settled.error;
    return settled.value;
  };
  const route = createRoute({
    source: (name) => sources.get(name),
    recorder: createRecorder({ ...parts, accept, refusals, notify: safely(parts) }),
    keep: { keysMs: settings.KEEP_KEYS, contentKeysMs: settings.KEEP_CONTENT_KEYS },
    clock: parts.clock,
    log,
  });
  const app = createApp(settings);
  addRoutes(app, route, parts);

  return {
    setSources,
    start: () => listen(app, settings),
    stop: async () => {
      await closeApp(app, settings);
      await refusals.flush();
    },
  };
}

/** Whoever watches cannot take an answer away. */
function safely({ notify, log }: ReceiverParts): (happening: Happening) => void {
  return (happening) => {
    try {
      notify(happening);
    } catch (error) {
      log.error('a watcher of deliveries failed', { error: error instanceof Error ? error.message : String(error) });
    }
  };
}

function createApp(settings: ReceiverParts['settings']): FastifyInstance {
  const requestTimeout = settings.REQUEST_TIMEOUT;
  const app = fastify({
    bodyLimit: settings.BODY_LIMIT,
    requestTimeout,
    maxRequestsPerSocket: limits.requestsPerSocket,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, _request, reply: FastifyReply) => {
      sendPlain(reply, error.statusCode ?? 400, 'the request cannot be read');
    },
    http: {
      requestTimeout,
      headersTimeout: requestTimeout,
      connectionsCheckingInterval: limits.checkEveryMs,
      maxHeaderSize: limits.headerBytes,
    },
  });
  app.server.maxConnections = limits.connections;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((_request, reply) =>
    sendPlain(reply, 404, 'there is nothing here; webhooks go to POST /webhooks/<source>'),
  );
  return app;
}

type WebhookRequest = FastifyRequest<{ Params: { source: string } }>;

function addRoutes(app: FastifyInstance, route: Route, parts: ReceiverParts): void {
  const fail = (error: FastifyError, request: WebhookRequest, reply: FastifyReply) => {
    const reason = reasonOf(error);
    if (reason === null) {
      parts.log.error('a request could not be answered', { error: error.message });
      return sendPlain(reply.header('retry-after', '10'), 503, 'try again later');
    }
    const size = Number(request.headers['content-length'] ?? 0);
    return sendAnswer(reply, route.refuse(incomingOf(request), reason, size));
  };
  app.post<{ Params: { source: string } }>(
    '/webhooks/:source',
    {
      // Fastify refuses content types it cannot parse; ours are judged after the signature, from the raw headers.
      onRequest: (request, _reply, done) => {
        delete request.raw.headers['content-type'];
        done();
      },
      errorHandler: (error, request, reply) => {
        fail(error, request, reply);
      },
    },
    async (request, reply) =>
      sendAnswer(
        reply,
        await route.answer(incomingOf(request), request.body instanceof Uint8Array ? request.body : new Uint8Array()),
      ),
  );
  app.get('/livez', async (_request, reply) => {
    const why = parts.dead?.() ?? null;
    return sendPlain(reply, why === null ? 200 : 503, why ?? 'alive');
  });
  app.get('/readyz', async (_request, reply) => {
    const { ok, detail } = await parts.ready().catch(() => ({ ok: false, detail: {} }));
    return reply
      .code(ok ? 200 : 503)
      .type('application/json')
      .send(JSON.stringify({ ready: ok, ...detail }));
  });
}

function reasonOf(error: FastifyError): Reason | null {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return 'body.too-large';
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500 ? 'body.incomplete' : null;
}

function incomingOf(request: WebhookRequest): Incoming {
  const { method, url, rawHeaders } = request.raw;
  return { name: request.params.source, method: method ?? '', url: url ?? '', headers: readHeaders(rawHeaders) };
}

function sendAnswer(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  // A connection kept alive would hold up the stop.
  if (!reply.server.server.listening) reply.header('connection', 'close');
  return reply
    .code(status)
    .headers(headers)
    .send(body === '' ? undefined : body);
}

function sendPlain(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).type('application/json').send(JSON.stringify({ message }));
}

async function listen(app: FastifyInstance, { HOST, PORT }: ReceiverParts['settings']): Promise<{ url: string }> {
  try {
    await app.listen({ host: HOST, port: PORT });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new HostError('port.taken', { port: PORT, host: HOST, setting: 'PORT' }, { cause: error });
  }
  const { port } = app.server.address() as AddressInfo;
  const host = HOST === '0.0.0.0' || HOST === '::' ? '127.0.0.1' : HOST;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}` };
}

/** Node stops looking for slow senders once a server closes, so what is still unread at the end is cut. */
async function closeApp(app: FastifyInstance, settings: ReceiverParts['settings']): Promise<void> {
  const cut = setTimeout(
    () => app.server.closeAllConnections(),
    Math.min(settings.REQUEST_TIMEOUT, settings.SHUTDOWN_GRACE),
  );
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}
