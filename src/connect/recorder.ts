// The stand-in of connectors that have none of their own: a server on the loopback that records every request and answers 200.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sandbox, SandboxItem } from '../plugin/index.ts';
import { checkUrlForm } from './guard.ts';

export interface RecorderOptions {
  readonly now: () => number;
  /** Takes secrets out of what is shown. */
  readonly redact: (value: unknown) => unknown;
}

/** Header that carries the URL the connector meant to call. */
const meantUrlHeader = 'x-hookline-url';

const kept = 1000;
const secretHeaders = new Set(['authorization', 'cookie', 'proxy-authorization', 'x-api-key']);

/** Answers every request `200 {}`. Keeps the last 1,000, with method, URL, headers without secrets, and body. */
export async function startRecorder(options: RecorderOptions): Promise<Sandbox> {
  const items: SandboxItem[] = [];
  let count = 0;
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await read(request);
    count += 1;
    items.push(record(request, body, String(count), options));
    if (items.length > kept) items.shift();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  };
  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    settings: {},
    hosts: [host],
    list: () => [...items],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A `fetch` that sends every request to the recorder, whatever its URL. */
export function rerouteTo(recorder: Sandbox, fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const meant = new Request(input, init);
    const url = new URL(meant.url);
    checkUrlForm(url);
    const target = new Request(new URL(url.pathname + url.search, `http://${recorder.hosts[0] ?? ''}`), meant);
    target.headers.set(meantUrlHeader, meant.url);
    return fetch(target);
  };
}

function record(request: IncomingMessage, body: string, id: string, options: RecorderOptions): SandboxItem {
  const { [meantUrlHeader]: meant, connection: _, ...given } = request.headers;
  const url = typeof meant === 'string' ? meant : `http://${request.headers.host ?? ''}${request.url ?? '/'}`;
  const headers = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, secretHeaders.has(name) ? '[redacted]' : value]),
  );
  const fields = options.redact({ method: request.method, url, headers, body: readable(body) });
  const title = options.redact(`${request.method} ${url}`);
  return {
    id,
    kind: 'request',
    at: new Date(options.now()).toISOString(),
    title: title as string,
    fields: fields as Record<string, unknown>,
  };
}

/** JSON as a value, anything else as text. */
function readable(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

async function read(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
