// Carries every request of jsforce over the host's fetch: the library's own transport crashes on a cut body, waits for
// ever on a silent one, and follows redirects with the token.

import { PassThrough } from 'node:stream';
import type { Connection } from 'jsforce';
import { parseRetryAfter, type Tools } from 'hookline/plugin';

export type Transport = Connection['_transport'];
type Request = Parameters<Transport['httpRequest']>[0];
type Response = Awaited<ReturnType<Transport['httpRequest']>>;

/** One complaint of an answer. */
export interface Complaint {
  /** Salesforce's own word (`INVALID_FIELD`, `invalid_grant`); `ERROR_HTTP_503` when the answer has none. */
  readonly code: string;
  readonly message: string;
  readonly fields: readonly string[];
}

/** An answer that is not a readable success, with what jsforce would drop of it. */
export class AnswerError extends Error {
  readonly status: number;
  readonly complaints: readonly Complaint[];
  /** The vendor's wish, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, complaints: readonly Complaint[], retryAfterMs?: number) {
    super(complaints.map(({ code, message }) => `${code}: ${message}`).join('; '));
    this.name = 'AnswerError';
    this.status = status;
    this.complaints = complaints;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Code of an answer of 2xx that is no JSON: a proxy's or a maintenance page. */
export const unreadable = 'UNREADABLE_ANSWER';

export function createTransport(tools: Pick<Tools, 'fetch' | 'now'>): Transport {
  return {
    httpRequest: (request) => Object.assign(send(tools, request), { stream: () => new PassThrough() }),
    getRequestStreamCreator: () => {
      throw new Error('streamed requests are not offered over this transport');
    },
  };
}

/** Puts the transport where jsforce looks for it: a private field, so its absence must not go unnoticed. */
export function useTransport(salesforce: Connection, transport: Transport): void {
  for (const owner of [salesforce, salesforce.oauth2]) {
    if (!('_transport' in owner))
      throw new Error('this version of jsforce has no "_transport"; install the pinned one');
    Object.assign(owner, { _transport: transport } satisfies Pick<Connection, '_transport'>);
  }
}

async function send(tools: Pick<Tools, 'fetch' | 'now'>, request: Request): Promise<Response> {
  const { method, url, body = null, headers = {} } = request;
  if (body !== null && typeof body !== 'string') throw new TypeError('only text is sent over this transport');
  const { 'content-length': _, ...sent } = headers;
  const response = await tools.fetch(url, { method, headers: sent, body, redirect: 'manual' });
  const text = await response.text();
  const complaints = complaintsOf(response, text);
  if (complaints.length > 0) {
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), tools.now());
    throw new AnswerError(response.status, complaints, retryAfterMs);
  }
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: text };
}

/** Empty for a readable success. */
function complaintsOf(response: globalThis.Response, text: string): readonly Complaint[] {
  const body = parseJson(text);
  if (response.status >= 200 && response.status < 300) {
    const type = response.headers.get('content-type') ?? '';
    if (text === '' || (body !== undefined && type.startsWith('application/json'))) return [];
    return [{ code: unreadable, message: `an answer of type "${type}" instead of JSON`, fields: [] }];
  }
  const named = (Array.isArray(body) ? body : [body]).flatMap(readComplaint);
  if (named.length > 0) return named;
  return [{ code: `ERROR_HTTP_${response.status}`, message: describeStatus(response), fields: [] }];
}

/** `{ errorCode, message, fields }` of the REST API, `{ error, error_description }` of the token endpoint. */
function readComplaint(item: unknown): Complaint[] {
  if (item === null || typeof item !== 'object') return [];
  const { errorCode, message, fields, error, error_description } = item as Record<string, unknown>;
  const code = errorCode ?? error;
  if (typeof code !== 'string') return [];
  const told = message ?? error_description;
  return [
    {
      code: code.slice(0, 100),
      message: typeof told === 'string' ? told.slice(0, 500) : 'no message',
      fields: Array.isArray(fields) ? fields.filter((field) => typeof field === 'string') : [],
    },
  ];
}

function describeStatus(response: globalThis.Response): string {
  const target = response.headers.get('location');
  if (response.status < 300 || response.status >= 400 || target === null) return `status ${response.status}`;
  return `status ${response.status}, a redirect to "${originOf(target, response.url)}", which is not followed`;
}

function originOf(target: string, base: string): string {
  return URL.canParse(target, base || undefined) ? new URL(target, base || undefined).origin : 'an unreadable address';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
