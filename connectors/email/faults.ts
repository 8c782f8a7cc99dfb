// What a failed SMTP transaction means: whether the mail may have gone out, and whether trying again can help.

import {
  type ActionError,
  ConnectionError,
  PermanentError,
  RetryableError,
  UnknownOutcomeError,
} from 'hookline/plugin';

/** What nodemailer puts on its errors, as far as it decides something. */
export interface SmtpFault {
  readonly code?: string;
  readonly originalCode?: string;
  readonly responseCode?: number;
  readonly permanent?: boolean;
  readonly timeoutType?: string;
  readonly message?: string;
  /** The server's own words. */
  readonly response?: string;
}

/**
 * - `refused`: the server will never take this mail for this recipient
 * - `postponed`: the server does not take it now
 * - `unreachable`: no server to talk to; nothing was sent
 * - `credentials`: login or encryption is refused; nothing was sent
 * - `unknown`: the server may have taken it
 */
export interface Failure {
  readonly kind: 'refused' | 'postponed' | 'unreachable' | 'credentials' | 'unknown';
  readonly reason: string;
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly cause: unknown;
}

/** A greylisting server answers 450 or 451 and wants a while to pass. */
const greylistMs = 5 * 60_000;

/** In place of texts that speak of the library's inner life. */
const plainWords: { readonly [code: string]: string } = {
  ECONNECTION: 'the connection was closed',
  ETIMEDOUT: 'no answer in time',
  EABORT: 'the attempt was stopped',
};

const certificateFault = /^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH)/;

/**
 * `handedOver`: the server asked for the message and it began to leave. `command` of the error cannot tell (it says `CONN`
 * after a lost answer to DATA); `timeoutType` can, and so can this.
 */
export function readFailure(error: unknown, handedOver: boolean): Failure {
  const fault: SmtpFault = error !== null && typeof error === 'object' ? error : {};
  const failure = (kind: Failure['kind'], reason: string, retryAfterMs?: number): Failure => ({
    kind,
    reason,
    code: fault.responseCode === undefined ? fault.code : String(fault.responseCode),
    retryAfterMs,
    cause: error,
  });
  const said = fault.response ?? plainWords[fault.code ?? ''] ?? fault.message ?? 'no reason given';
  if (isLogin(fault)) return failure(isTemporary(fault) ? 'unreachable' : 'credentials', said);
  if (isVerdict(fault)) {
    const greylisted = fault.responseCode === 450 || fault.responseCode === 451;
    return fault.permanent === true
      ? failure('refused', said)
      : failure('postponed', said, greylisted ? greylistMs : undefined);
  }
  if (fault.code === 'EENVELOPE' || fault.code === 'EMESSAGE') return failure('refused', said);
  if (handedOver && !isBeforeSession(fault)) return failure('unknown', said);
  return failure(isEncryption(fault) ? 'credentials' : 'unreachable', said);
}

/** Refused at login, or 530 and its like at a later command: the server wants a login it did not get. */
function isLogin(fault: SmtpFault): boolean {
  return fault.code === 'EAUTH' || [530, 534, 535, 538].includes(fault.responseCode ?? 0);
}

/** A certificate that does not hold, or STARTTLS refused by a server that must encrypt. */
function isEncryption(fault: SmtpFault): boolean {
  if (fault.code === 'ETLS') return fault.responseCode !== undefined && !isTemporary(fault);
  return fault.code === 'ESOCKET' && certificateFault.test(fault.originalCode ?? '');
}

function isTemporary(fault: SmtpFault): boolean {
  return fault.responseCode !== undefined && fault.permanent === false;
}

/** The server answered the sender, the recipient or the message itself with a code. */
function isVerdict(fault: SmtpFault): boolean {
  if (fault.responseCode === undefined) return false;
  return fault.code === 'EENVELOPE' || fault.code === 'EMESSAGE' || fault.responseCode === 421;
}

function isBeforeSession(fault: SmtpFault): boolean {
  return fault.code === 'EDNS' || /^(?:CONNECT|GREETING|UPGRADE)/.test(fault.timeoutType ?? '');
}

/** The error for the host. `subject`: who the mail was for. `progress`: who already has it. */
export function toActionError(failure: Failure, subject: string, progress?: unknown): ActionError {
  const { reason, code, cause, retryAfterMs } = failure;
  const options = { code, cause, progress };
  switch (failure.kind) {
    case 'refused':
      return new PermanentError(`${subject}: the mail server refused it (${reason})`, options);
    case 'postponed':
      return new RetryableError(`${subject}: the mail server postponed it (${reason})`, { ...options, retryAfterMs });
    case 'unreachable':
      return new RetryableError(`${subject}: the mail server could not be used, nothing was sent (${reason})`, options);
    case 'credentials':
      return new ConnectionError(`the mail server refuses this connection's login or encryption (${reason})`, options);
    default:
      return new UnknownOutcomeError(
        `${subject}: no answer to the sent message, so it may have arrived (${reason})`,
        options,
      );
  }
}
