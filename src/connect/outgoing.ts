// What a call of `fetch` sends: its method, headers and body, as the standard says.

export interface Outgoing {
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | null;
}

export type Input = Parameters<typeof globalThis.fetch>[0];

const bodyless = new Set(['GET', 'HEAD']);
const withBody = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Rejects with a `TypeError` for what no request may hold. A body is read into memory unless it was given as a stream. */
export async function readOutgoing(input: Input, init: RequestInit = {}): Promise<Outgoing> {
  const plain = isRequest(input) ? undefined : readPlain(init);
  if (plain !== undefined) return plain;
  const request = new Request(input, init);
  const { method, headers, body } = request;
  if (body === null || isStream(init.body)) return { method, headers, body };
  return { method, headers, body: new Uint8Array(await request.arrayBuffer()) };
}

export function isRequest(input: Input): input is Request {
  return typeof input === 'object' && !(input instanceof URL);
}

/** The headers as they go out, name and value in turn; those that every request has are added to the ones given. */
export function headerLines(headers: Headers, isSecure: boolean, traceparent: string | undefined): string[] {
  headers.delete('host');
  const encodings = headers.has('range') ? 'identity' : isSecure ? 'br, gzip, deflate, zstd' : 'gzip, deflate';
  const usual = { ...always, 'accept-encoding': encodings, ...(traceparent === undefined ? {} : { traceparent }) };
  for (const [name, value] of Object.entries(usual)) {
    if (!headers.has(name)) headers.set(name, value);
  }
  return [...headers].flat();
}

const always = { accept: '*/*', 'accept-language': '*', 'sec-fetch-mode': 'cors', 'user-agent': 'hookline' };

/** What most calls are, read without the cost of a `Request`; undefined for any other. */
function readPlain({ method = 'GET', headers: given, body = null }: RequestInit): Outgoing | undefined {
  const headers = () => new Headers(given);
  if (body === null)
    return bodyless.has(method) || withBody.has(method) ? { method, headers: headers(), body } : undefined;
  const type = typeof body === 'string' ? 'text/plain' : 'application/x-www-form-urlencoded';
  if (!withBody.has(method) || !(typeof body === 'string' || body instanceof URLSearchParams)) return undefined;
  const typed = headers();
  if (!typed.has('content-type')) typed.set('content-type', `${type};charset=UTF-8`);
  return { method, headers: typed, body: String(body) };
}

function isStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
