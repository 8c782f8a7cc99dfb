// Slack's errors, as @slack/web-api throws them, as what became of the attempt.

import {
  type ActionError,
  ConnectionError,
  outcomeSymbol,
  PermanentError,
  RetryableError,
  UnknownOutcomeError,
} from 'hookline/plugin';

interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly statusCode?: number;
  readonly retryAfter?: number;
  readonly data?: { readonly error?: unknown; readonly needed?: string; readonly provided?: string };
}

/** Nothing happened, and it may work later. */
const transient = new Set([
  'ratelimited',
  'rate_limited',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** Slack says of these that part of the operation may have succeeded. */
const unclear = new Set(['internal_error', 'fatal_error']);

/** Nobody but a person with access to the Slack workspace can mend these. */
const credentials = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'missing_scope',
  'no_permission',
  'org_login_required',
  'ekm_access_denied',
  'access_denied',
  'not_allowed_token_type',
]);

/** Codes of a connection that never stood. */
const unconnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * The action error for anything a call of the client throws. What it does not know comes back as it is: the host then
 * decides by whether something was sent.
 */
export function toActionError(error: unknown): unknown {
  const thrown: Thrown = error !== null && typeof error === 'object' ? error : {};
  switch (thrown.code) {
    case 'slack_webapi_platform_error':
      return fromAnswer(thrown);
    case 'slack_webapi_rate_limited_error':
      return rateLimited(error, thrown.retryAfter);
    case 'slack_webapi_http_error':
      return fromStatus(thrown);
    case 'slack_webapi_request_error':
      return fromNetwork(error);
    default:
  }
  // A 429 whose Retry-After is missing is a plain Error, known by its text alone.
  if (thrown.message?.startsWith('Retry header did not contain a valid timeout')) return rateLimited(error, undefined);
  // A body that never ends is a bare DOMException.
  if (thrown.name === 'TimeoutError') return unanswered(error);
  return error;
}

/** The same for a question that changes nothing: whatever is not a clear refusal is asked again later. */
export function toQuestionError(error: unknown): unknown {
  const known = toActionError(error);
  if (isOutcome(known) && known[outcomeSymbol] !== 'in_doubt') return known;
  return new RetryableError('Slack gave no answer to a question that changes nothing', { cause: known });
}

function fromAnswer(thrown: Thrown): Error {
  const code = typeof thrown.data?.error === 'string' ? thrown.data.error : '';
  const options = { code, cause: thrown };
  // What is no API answer at all (a page of a proxy) lands in the same field.
  if (!/^[a-z][a-z0-9_]*$/.test(code)) {
    const start = JSON.stringify(code.slice(0, 60));
    return new UnknownOutcomeError(`Slack's answer is none of its API: ${start}`, { cause: thrown });
  }
  if (transient.has(code)) return new RetryableError(`Slack cannot do this now: ${code}`, options);
  if (unclear.has(code)) return new UnknownOutcomeError(`Slack failed half-way: ${code}`, options);
  if (credentials.has(code)) {
    const { needed, provided } = thrown.data ?? {};
    const scopes = needed === undefined ? '' : `; it needs ${needed} and has ${provided ?? 'none'}`;
    return new ConnectionError(`Slack refuses the token: ${code}${scopes}`, options);
  }
  return new PermanentError(`Slack refused: ${code}`, options);
}

function fromStatus(thrown: Thrown): Error {
  const status = thrown.statusCode ?? 0;
  const options = { code: `http_${status}`, cause: thrown };
  if (status >= 500) return new UnknownOutcomeError(`Slack answered HTTP ${status}`, options);
  if (status >= 300 && status < 400) return redirected(options);
  if (status >= 400) return new PermanentError(`Slack refused the request: HTTP ${status}`, options);
  return new UnknownOutcomeError(`Slack answered HTTP ${status}, which says nothing`, options);
}

function fromNetwork(error: unknown): unknown {
  const chain = causesOf(error);
  const known = chain.find((cause) => isOutcome(cause));
  if (known !== undefined) return known;
  if (chain.some((cause) => /redirect/i.test(cause.message ?? ''))) return redirected({ cause: error });
  for (const { code } of chain) {
    if (typeof code !== 'string' || !unconnected.has(code)) continue;
    return new RetryableError(`Slack could not be reached: ${code}`, { code, cause: error });
  }
  if (chain.some((cause) => cause.name === 'TimeoutError')) return unanswered(error);
  if (chain.some((cause) => cause.code === 'UND_ERR_SOCKET' || cause.code === 'ECONNRESET' || cause.code === 'EPIPE')) {
    return new UnknownOutcomeError('the connection to Slack broke before its answer', { cause: error });
  }
  return error;
}

function causesOf(error: unknown): Thrown[] {
  const chain: Thrown[] = [];
  let cause = (error as Thrown).cause;
  for (; cause !== null && typeof cause === 'object' && chain.length < 8; cause = (cause as Thrown).cause) {
    chain.push(cause);
  }
  return chain;
}

function isOutcome(error: unknown): error is ActionError {
  return error !== null && typeof error === 'object' && outcomeSymbol in error;
}

function rateLimited(cause: unknown, seconds: number | undefined): RetryableError {
  const retryAfterMs = seconds === undefined ? undefined : Math.max(0, seconds) * 1000;
  const wish = seconds === undefined ? '' : ` for ${seconds} s`;
  return new RetryableError(`Slack asks for a pause${wish}`, { code: 'ratelimited', retryAfterMs, cause });
}

function redirected(options: { code?: string; cause: unknown }): PermanentError {
  return new PermanentError('Slack answered with a redirect, which is never followed; check "apiUrl"', options);
}

function unanswered(cause: unknown): UnknownOutcomeError {
  return new UnknownOutcomeError('Slack did not answer in time', { cause });
}
