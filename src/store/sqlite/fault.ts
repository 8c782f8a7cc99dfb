// Tells what an error of SQLite means for the store, and carries errors from the worker to the main thread.

import { HostError, type HostErrorCode } from '../../core/errors.ts';

/** An error as it crosses to the main thread. Without a code it concerns one request alone. */
export interface Fault {
  readonly code: HostErrorCode | null;
  readonly details: Readonly<Record<string, string | number>>;
  readonly message: string;
}

/** Thrown in the worker for what the main thread reports as a `HostError`. */
export class StoreFault extends Error {
  readonly code: HostErrorCode;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(code: HostErrorCode, details: Record<string, string | number>, options?: ErrorOptions) {
    super(code, options);
    this.name = 'StoreFault';
    this.code = code;
    this.details = details;
  }
}

export function toFault(error: unknown): Fault {
  if (error instanceof StoreFault) return { code: error.code, details: error.details, message: error.message };
  return { code: null, details: {}, message: error instanceof Error ? error.message : String(error) };
}

export function fromFault(fault: Fault): Error {
  return fault.code === null ? new Error(fault.message) : new HostError(fault.code, { ...fault.details });
}

/** Primary result codes that say the store as a whole cannot be used now, and why. */
const broken: Readonly<Record<number, string>> = {
  5: 'the database is locked by another program',
  6: 'the database is locked by another program',
  7: 'out of memory',
  8: 'the database is read-only',
  10: 'the disk reported an error',
  11: 'the database file is damaged',
  13: 'the disk is full',
  14: 'the database file cannot be opened',
  15: 'the database is locked by another program',
  26: 'the file is not a database of this program',
};

/** After these nothing that the handle holds in memory is trusted. */
const untrusted = new Set([10, 11, 14, 26]);

export interface Breakdown {
  readonly why: string;
  /** The handle must be closed and opened anew. */
  readonly reopen: boolean;
}

/** Undefined: the error is of one statement or one value, and the store itself works. */
export function breakdownOf(error: unknown): Breakdown | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  if (typeof code !== 'number') return undefined;
  // The low byte is the primary code; the rest says where it happened.
  const primary = code & 0xff;
  const why = broken[primary];
  return why === undefined ? undefined : { why: `${why} (SQLite ${code})`, reopen: untrusted.has(primary) };
}
