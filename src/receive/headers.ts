// The headers of a request: as they came, every value of a repeated one, and those that may be stored.

import type { SignatureScheme } from '../plugin/index.ts';

export type Headers = ReadonlyMap<string, readonly string[]>;

/** Lower-case name → every value in order; Node itself would join or drop repeated ones. */
export function readHeaders(rawHeaders: readonly string[]): Headers {
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [value]);
    else values.push(value);
  }
  return headers;
}

const harmless = new Set([
  'accept',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'forwarded',
  'host',
  'idempotency-key',
  'traceparent',
  'transfer-encoding',
  'user-agent',
  'via',
]);

/** Words in the name of a header that may hold what lets somebody in. */
const secretWord = /assert|auth|bearer|cert|cookie|cred|csrf|hash|hmac|jwt|key|oidc|pass|secret|session|sig|token|xsrf/;

/** Whether a header of this lower-case name is stored: harmless ones, a scheme's id and time, and `x-` and `webhook-` ones that sound like no secret. */
export function keepHeader(name: string, scheme: SignatureScheme | undefined): boolean {
  if (name === scheme?.signature.header.toLowerCase()) return false;
  if (harmless.has(name)) return true;
  if (name === scheme?.id?.header.toLowerCase() || name === scheme?.timestamp?.header?.toLowerCase()) return true;
  return /^(?:x|webhook)-/.test(name) && !secretWord.test(name);
}

const mostKept = 40;
const longestKept = 500;

export function storedHeaders(headers: Headers, keeps: (name: string) => boolean): [string, string][] {
  const stored: [string, string][] = [];
  for (const [name, values] of headers) {
    if (!keeps(name)) continue;
    for (const value of values) {
      if (stored.length === mostKept) return stored;
      stored.push([name.slice(0, longestKept), value.slice(0, longestKept)]);
    }
  }
  return stored;
}
