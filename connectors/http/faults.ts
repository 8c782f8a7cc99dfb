// What became of a request: its status, or how the connection failed, as one of the four errors.

import {
  ConnectionError,
  outcomeSymbol,
  parseRetryAfter,
  PermanentError,
  RetryableError,
  UnknownOutcomeError,
} from 'hookline/plugin';

export interface Asked {
  readonly method: string;
  /** As it is shown. */
  readonly url: string;
  /** GET or HEAD: whatever came of it, nothing was changed. */
  readonly harmless: boolean;
  /** Whether the connection's credentials went along. */
  readonly authorized: boolean;
}

/** Codes of a connection that never stood. */
const unconnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Codes of a connection that stood and ended without an answer. */
const unanswered = new Set(['UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'EPIPE']);

/** The error for an answer that is not a success. `excerpt`: the first part of its body. */
export function fromStatus(response: Response, asked: Asked, excerpt: string, now: number): Error {
  const { status, headers } = response;
  const said = excerpt === '' ? '' : `: ${excerpt}`;
  const message = `${asked.method} ${asked.url} was answered ${status}${said}`;
  const options = { code: `HTTP_${status}` };
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now);
  if (status >= 300 && status < 400) return fromRedirect(response, asked);
  if (status === 401 && asked.authorized) return new ConnectionError(message, options);
  const later = [408, 425, 429].includes(status) || (status === 413 && retryAfterMs !== undefined);
  if (later || (status >= 500 && asked.harmless)) return new RetryableError(message, { ...options, retryAfterMs });
  return status >= 500 ? new UnknownOutcomeError(message, options) : new PermanentError(message, options);
}

/**
 * 301, 307 and 308 say that it lives elsewhere; 302 and 303 are what a form is answered that was carried out, so after
 * anything but a read nobody can tell.
 */
function fromRedirect(response: Response, asked: Asked): Error {
  const to = URL.parse(response.headers.get('location') ?? '', asked.url)?.origin ?? 'nowhere';
  const { status } = response;
  const options = { code: `HTTP_${status}` };
  const message = `${asked.method} ${asked.url} was answered ${status}, a redirect to ${to}`;
  if (!asked.harmless && (status === 302 || status === 303)) {
    return new UnknownOutcomeError(`${message}; if that means success, add ${status} to "okStatuses"`, options);
  }
  return new PermanentError(`${message}; call that place, or set "followRedirects"`, options);
}

/** The error for a request without an answer, or an answer that broke off. What it cannot tell comes back as it is. */
export function fromFailure(error: unknown, asked: Asked): unknown {
  if (!(error instanceof Error) || outcomeSymbol in error) return error;
  const code = codeOf(error.cause) ?? codeOf(error);
  const message = `${asked.method} ${asked.url} failed: ${code ?? error.message}`;
  const options = { code, cause: error };
  if (asked.harmless || (code !== undefined && unconnected.has(code))) return new RetryableError(message, options);
  return code !== undefined && unanswered.has(code) ? new UnknownOutcomeError(message, options) : error;
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
