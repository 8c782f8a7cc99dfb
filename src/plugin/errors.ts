// The errors a connector throws: each tells the host what became of the attempt, not what went wrong.

/** Marks the four errors; a symbol of the global registry, because a plugin may carry its own copy of this module. */
export const outcomeSymbol = Symbol.for('hookline.outcome');

export type ErrorOutcome = 'retryable' | 'rejected' | 'credentials' | 'in_doubt';

export interface ActionErrorOptions {
  /** The vendor's own word for it (`channel_not_found`), shown to people as it is. */
  code?: string | undefined;
  cause?: unknown;
  /** What is already done of a divisible action; the next attempt finds it in `attempt.progress`. Plain JSON. */
  progress?: unknown;
}

/** An error that says what became of the attempt. Throw one of the four below. */
export abstract class ActionError extends Error {
  abstract readonly [outcomeSymbol]: ErrorOutcome;
  readonly code: string | undefined;
  readonly progress: unknown;

  constructor(message: string, options: ActionErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.progress = options.progress;
  }
}

/** Nothing happened; it may work later (refused connection, 429, a lock). `retryAfterMs`: the vendor's own wish, in milliseconds. */
export class RetryableError extends ActionError {
  readonly [outcomeSymbol] = 'retryable' as const;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: ActionErrorOptions & { retryAfterMs?: number | undefined } = {}) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Nothing happened, and the same call will never work (invalid input, unknown channel). */
export class PermanentError extends ActionError {
  readonly [outcomeSymbol] = 'rejected' as const;
}

/** Nothing happened: the credentials of the connection are refused. The connection is paused until somebody mends it. */
export class ConnectionError extends ActionError {
  readonly [outcomeSymbol] = 'credentials' as const;
}

/** It may have happened: no answer, a cut or unreadable one, a 5xx that does not say. */
export class UnknownOutcomeError extends ActionError {
  readonly [outcomeSymbol] = 'in_doubt' as const;
}

const fixdate = /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * Milliseconds to wait by a `Retry-After` header: whole seconds, or an HTTP date (`Sun, 06 Nov 1994 08:49:37 GMT`; 0 when it
 * has passed). Anything else gives undefined. `now` is in milliseconds since 1970. The host caps what it honours.
 */
export function parseRetryAfter(value: string | null | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  if (!fixdate.test(text)) return undefined;
  const at = new Date(text);
  return !Number.isNaN(at.getTime()) && at.toUTCString() === text ? Math.max(0, at.getTime() - now) : undefined;
}
