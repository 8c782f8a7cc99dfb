// Tells what an error of PostgreSQL or of the way to it means, in plain words that never hold what the address holds.

import { HostError } from '../../core/errors.ts';

/** SQLSTATE, or its class, → why the database as a whole cannot be used now. */
const states: Readonly<Record<string, string>> = {
  '08': 'the connection to the database broke',
  '25006': 'the database is read-only',
  '28': 'the database refuses the user or password of DATABASE_URL',
  '3D': 'the database that DATABASE_URL names does not exist',
  '40': 'the database was too busy with other writes',
  '42501': 'the user of DATABASE_URL lacks a permission',
  '53': 'the database has no room left',
  '53300': 'the database takes no more connections',
  '53400': 'the database takes no more connections',
  '55P03': 'the database waited too long for a lock',
  '57014': 'the database took too long',
  '57P': 'the database is stopping or starting',
  '58': 'the disk of the database reported an error',
  XX: 'the database reported damage',
};

/** Codes of the operating system and of TLS. */
const systems: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers at the address of the database',
  ECONNRESET: 'the connection to the database broke',
  EPIPE: 'the connection to the database broke',
  ENOTFOUND: 'the host of the database cannot be found',
  EAI_AGAIN: 'the host of the database cannot be found now',
  ETIMEDOUT: 'the database does not answer',
  EHOSTUNREACH: 'the host of the database cannot be reached',
  ENETUNREACH: 'the host of the database cannot be reached',
  ENOENT: 'the socket of the database does not exist',
};

/** Sentences of the driver, which has no codes for these. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [/timeout|timed out/i, 'the database does not answer in time'],
  [/terminated|closed|not queryable|ended/i, 'the connection to the database broke'],
  [/password|SASL|SCRAM/i, 'the database refuses the user or password of DATABASE_URL'],
  [/ssl|tls|certificate/i, 'no trusted connection to the database could be made'],
];

/** Undefined: the error is of one statement or one value, and the database itself works. */
export function whyUnavailable(error: unknown): string | undefined {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in (error as object)) {
    const why = states[code] ?? states[code.slice(0, 3)] ?? states[code.slice(0, 2)];
    return why === undefined ? undefined : `${why} (SQLSTATE ${code})`;
  }
  if (typeof code === 'string') {
    const why = systems[code] ?? (/CERT|SSL|TLS|SIGNATURE/.test(code) ? sentences[3]?.[1] : undefined);
    if (why !== undefined) return `${why} (${code})`;
  }
  if (error instanceof AggregateError && error.errors.length > 0) return whyUnavailable(error.errors[0]);
  return sentences.find(([pattern]) => typeof message === 'string' && pattern.test(message))?.[1];
}

/** `store.unavailable` where the database as a whole failed; otherwise the error as it is. The driver's own error is left out: it may name the user. */
export function toStoreError(error: unknown): Error {
  if (error instanceof HostError) return error;
  const why = whyUnavailable(error);
  if (why !== undefined) return new HostError('store.unavailable', { why });
  return error instanceof Error ? error : new Error(String(error));
}

/** The connection is of no use any more, and nobody can tell whether its last statement was carried out. */
export function isLost(error: unknown): boolean {
  if (error instanceof HostError || !(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  const answered = typeof code === 'string' && 'severity' in error;
  return answered ? /^(08|57P)/.test(code) : whyUnavailable(error) !== undefined;
}

/** Two writers met; the same once more succeeds. */
export function isConflict(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '40P01' || code === '40001' || code === '23505';
}
