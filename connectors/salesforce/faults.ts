// Says what became of a call from the error it ended with: Salesforce's codes, an HTTP status, or a broken connection.

import {
  type ActionError,
  ConnectionError,
  outcomeSymbol,
  PermanentError,
  RetryableError,
  UnknownOutcomeError,
} from 'hookline/plugin';
import { AnswerError, unreadable } from './transport.ts';

/** Refused for now, nothing happened. */
const passing = new Set([
  'UNABLE_TO_LOCK_ROW',
  'SERVER_UNAVAILABLE',
  'REQUEST_RUNNING_TOO_LONG',
  'QUERY_TIMEOUT',
  'CONCURRENT_REQUESTS_LIMIT_EXCEEDED',
  'ERROR_HTTP_408',
  'ERROR_HTTP_425',
  'ERROR_HTTP_429',
  'ERROR_HTTP_503',
]);

/** The credentials, or the org as a whole, do not let the connection in. */
const locked = new Set([
  'INVALID_SESSION_ID',
  'INVALID_AUTH_HEADER',
  'API_DISABLED_FOR_ORG',
  'API_CURRENTLY_DISABLED',
  'invalid_grant',
  'invalid_client',
]);

/** The org's allowance of calls is counted over 24 hours. */
const quota = 'REQUEST_LIMIT_EXCEEDED';
const quotaRetryMs = 3_600_000;

/** Codes of errors that come before the first byte of a request. */
const unsent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'HOOKLINE_BLOCKED_ADDRESS',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** An action error for whatever a call of an action ended with. */
export function toActionError(error: unknown): ActionError {
  if (isActionError(error)) return error;
  if (error instanceof AnswerError) return fromAnswer(error);
  const code = codeOf(error);
  if (code !== undefined && unsent.has(code)) {
    return new RetryableError(`Salesforce cannot be reached: ${code}`, { code, cause: error });
  }
  return new UnknownOutcomeError('the connection to Salesforce broke before its answer was read', {
    code,
    cause: error,
  });
}

/** The same for a token request: it changes nothing, so whatever is no refusal may be tried again. */
export function toLoginError(error: unknown): ActionError {
  if (isActionError(error) && error[outcomeSymbol] !== 'in_doubt') return error;
  if (!(error instanceof AnswerError)) {
    const code = codeOf(error);
    return new RetryableError(`Salesforce gave no token: ${code ?? 'no answer'}`, { code, cause: error });
  }
  const { status, retryAfterMs } = error;
  const options = { code: error.complaints[0]?.code, cause: error };
  const later = status < 300 || status >= 500 || [408, 425, 429].includes(status);
  if (later) return new RetryableError(`Salesforce gave no token: ${error.message}`, { ...options, retryAfterMs });
  return new ConnectionError(
    `Salesforce refused the login: ${error.message}; check "loginUrl" and the credentials`,
    options,
  );
}

/** True when the answer says that the access token is expired or revoked. */
export function isSessionRefused(error: unknown): boolean {
  return error instanceof AnswerError && (error.status === 401 || error.complaints[0]?.code === 'INVALID_SESSION_ID');
}

/** A call is for one record, so several complaints are several reasons for one refusal: a lasting one decides. */
function fromAnswer(error: AnswerError): ActionError {
  const { status, complaints, retryAfterMs, message } = error;
  const codes = complaints.map(({ code }) => code);
  const options = { code: codes[0], cause: error };
  if (status === 401 || codes.some((code) => locked.has(code))) {
    return new ConnectionError(`Salesforce refuses the connection: ${message}; check its credentials`, options);
  }
  if (codes.includes(quota)) {
    const wish = { retryAfterMs: retryAfterMs ?? quotaRetryMs };
    return new RetryableError(`the API calls of the Salesforce org are used up: ${message}`, { ...options, ...wish });
  }
  if (codes.every((code) => passing.has(code)) || status === 429) {
    return new RetryableError(`Salesforce cannot take the call now: ${message}`, { ...options, retryAfterMs });
  }
  if (status >= 500 || codes[0] === unreadable) {
    return new UnknownOutcomeError(`Salesforce did not say what became of the call: ${message}`, options);
  }
  if (status >= 300 && status < 400) return new PermanentError(redirected(status, message), options);
  return new PermanentError(`Salesforce refused the call: ${message}${namesOf(error)}`, options);
}

function redirected(status: number, message: string): string {
  if (status === 300) return 'several Salesforce records have this external id; make the field unique';
  return `Salesforce answered with ${message}; set "instanceUrl" or "loginUrl" to the final address`;
}

function namesOf(error: AnswerError): string {
  const names = error.complaints.flatMap(({ fields }) => fields).filter((name) => !error.message.includes(name));
  return names.length > 0 ? ` (${names.join(', ')})` : '';
}

function isActionError(error: unknown): error is ActionError {
  return error instanceof Error && outcomeSymbol in error;
}

/** The first code of the cause chain; a failed fetch carries it in its cause, a failed connect to several addresses in its list. */
function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'string') return code;
    if (at instanceof AggregateError) return codeOf(at.errors[0]);
  }
  return undefined;
}
