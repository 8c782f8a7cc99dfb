// One request and its answer over undici's dispatcher: what its own `fetch` does, at less than half the cost.

import type { Dispatcher } from 'undici';
import { outcomeSymbol, UnknownOutcomeError } from '../plugin/index.ts';
import { createArrival, type Arrival } from './arrival.ts';
import { findDecoder } from './decode.ts';
import type { Outgoing } from './outgoing.ts';

export interface Exchange {
  readonly url: URL;
  readonly method: string;
  /** Name and value in turn. */
  readonly headers: string[];
  readonly body: Outgoing['body'];
  /** A redirect is an error. */
  readonly refuseRedirect: boolean;
  /** Any of them ends it, with its reason. */
  readonly signals: readonly AbortSignal[];
  readonly timeouts: { readonly headersTimeout: number; readonly bodyTimeout: number };
  /** Largest body in bytes, counted after decompression. */
  readonly maxBytes: number;
  /** The request is about to be written to a connected socket. */
  readonly sent: () => void;
}

type Body = ReadableStream<Uint8Array> | null;

interface Head {
  readonly status: number;
  readonly statusText: string;
  readonly headers: [string, string][];
}

const redirects = new Set([301, 302, 303, 307, 308]);
const withoutBody = new Set([204, 205, 304]);

/** Rejects as `fetch` does: with the reason of a signal, or with a `TypeError` whose cause tells more. */
export async function exchange(dispatcher: Dispatcher, asked: Exchange): Promise<Response> {
  const { url, method, headers, signals, timeouts } = asked;
  const head = Promise.withResolvers<Head>();
  const stop = () => arrival.fail(signals.find((signal) => signal.aborted)?.reason);
  const arrival = createArrival((failure) => {
    for (const signal of signals) signal.removeEventListener('abort', stop);
    if (!failure) return;
    head.reject(failure.error);
    // One that is being sent is let go by whoever sends it.
    if (asked.body instanceof ReadableStream && !asked.body.locked) void cancel(asked.body);
  });
  for (const signal of signals) signal.addEventListener('abort', stop);
  const options: Dispatcher.DispatchOptions = {
    origin: url.origin,
    path: withoutHash(url).slice(url.origin.length),
    method,
    headers,
    // undici takes any iterable for a body, though its type does not say so.
    body: asked.body as string | Uint8Array | null,
    ...timeouts,
  };
  if (signals.some((signal) => signal.aborted)) stop();
  else dispatcher.dispatch(options, handlerOf(asked, head.resolve, arrival));
  return answerOf(asked, await head.promise, arrival);
}

function handlerOf(asked: Exchange, begun: (head: Head) => void, arrival: Arrival): Dispatcher.DispatchHandler {
  let what = 'fetch failed';
  return {
    onRequestStart: (controller) => {
      if (arrival.begin(controller)) asked.sent();
    },
    onResponseStart: (_, status, headers, statusText = '') => {
      // Of a status below 200 another one follows.
      if (status < 200) return;
      what = 'terminated';
      begun({ status, statusText, headers: toPairs(headers) });
    },
    onResponseData: (_, chunk) => arrival.add(chunk),
    onResponseEnd: () => arrival.end(),
    // What the guard refused is told as it is.
    onResponseError: (_, cause) => arrival.fail(outcomeSymbol in cause ? cause : new TypeError(what, { cause })),
  };
}

async function cancel(body: ReadableStream): Promise<void> {
  try {
    await body.cancel();
  } catch {
    // It had failed by itself.
  }
}

function toPairs(headers: Readonly<Record<string, string | string[] | undefined>>): [string, string][] {
  const pairs: [string, string][] = [];
  for (const [name, value = []] of Object.entries(headers)) {
    if (typeof value === 'string') pairs.push([name, value]);
    else for (const one of value) pairs.push([name, one]);
  }
  return pairs;
}

/** Called as soon as the head is read: of a short answer the body is there already, and nothing is waited for. */
function answerOf(asked: Exchange, head: Head, arrival: Arrival): Response {
  try {
    if (asked.refuseRedirect && redirects.has(head.status)) throw new Error('unexpected redirect');
    return responseOf(asked.url, head, bodyOf(asked, head, arrival));
  } catch (cause) {
    throw arrival.fail(new TypeError('fetch failed', { cause }));
  }
}

function bodyOf(asked: Exchange, head: Head, arrival: Arrival): Body {
  const { method, maxBytes } = asked;
  if (method === 'HEAD' || withoutBody.has(head.status)) {
    // One with a body nevertheless must not hold up its connection.
    if (!arrival.whole()) void drain(arrival);
    return null;
  }
  const encodings = head.headers.flatMap(([name, value]) => (name === 'content-encoding' ? [value] : []));
  const decode = encodings.length === 0 ? undefined : findDecoder(encodings.join(','));
  const whole = decode ? undefined : arrival.whole();
  if (whole && sizeOf(whole) <= maxBytes) return streamOf(whole);
  const chunks = arrival.chunks();
  return limited(decode ? decode(chunks) : chunks, arrival, asked);
}

function sizeOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
}

/** Given as a stream, because of bytes `Response` makes one that costs more. */
function streamOf(chunks: readonly Buffer[]): ReadableStream<Uint8Array> {
  const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    for (const chunk of chunks) controller.enqueue(chunk);
    controller.close();
  };
  return new ReadableStream({ start }, { highWaterMark: 0 });
}

async function drain(arrival: Arrival): Promise<void> {
  try {
    for await (const chunk of arrival.chunks()) void chunk;
  } catch {
    // There was nothing to read.
  }
}

/** A body that fails once it is larger than allowed. */
function limited(
  body: AsyncIterable<Buffer>,
  arrival: Arrival,
  { url, maxBytes }: Exchange,
): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  const next = async () => {
    try {
      return await chunks.next();
    } catch (cause) {
      throw arrival.fail(new TypeError('terminated', { cause }));
    }
  };
  let total = 0;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const { done, value } = await next();
    if (done === true) return controller.close();
    total += value.byteLength;
    if (total <= maxBytes) return controller.enqueue(value);
    throw arrival.fail(
      new UnknownOutcomeError(`"${url.host}" answered with more than ${maxBytes} bytes`, {
        code: 'HOOKLINE_RESPONSE_TOO_LARGE',
      }),
    );
  };
  const cancel = (reason: unknown) => void arrival.fail(reason);
  return new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
}

/** A URL as it is asked for. */
function withoutHash({ href }: URL): string {
  const at = href.indexOf('#');
  return at < 0 ? href : href.slice(0, at);
}

function responseOf(url: URL, { status, statusText, headers }: Head, body: Body): Response {
  const own = { url: { value: withoutHash(url) }, statusText: { value: statusText } };
  if (status <= 599) return Object.defineProperties(new Response(body, { status, headers }), own);
  // A number that is no status, as some give to those they turn away, is told as it is; `Response` refuses it.
  return Object.defineProperties(new Response(body, { headers }), {
    ...own,
    status: { value: status },
    ok: { value: false },
  });
}
