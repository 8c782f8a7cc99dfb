// Tells the attempt under way whether something left the process; the guarded fetch reports, the run engine asks.

import { AsyncLocalStorage } from 'node:async_hooks';

/** What the guarded fetch needs to know of the attempt that called it. */
export interface AttemptScope {
  readonly signal: AbortSignal;
  /** Goes with every request as this header, unless the connector sets its own. */
  readonly traceparent?: string | undefined;
  /** A request by `tools.fetch` was started: from now on, silence means that nothing was sent. */
  tracked(): void;
  /** Bytes of a request were written to a connected socket. */
  sent(): void;
}

export interface Sending {
  /** Runs an attempt so that `current()` finds its scope in everything it awaits. */
  within<T>(scope: AttemptScope, call: () => Promise<T>): Promise<T>;
  /** Runs a call that belongs to no attempt, such as one that opens a client for all of them. */
  outside<T>(call: () => Promise<T>): Promise<T>;
  /** Undefined outside an attempt, such as in a check. */
  current(): AttemptScope | undefined;
}

export function createSending(): Sending {
  const storage = new AsyncLocalStorage<AttemptScope>();
  return {
    within: (scope, call) => storage.run(scope, call),
    outside: (call) => storage.exit(call),
    current: () => storage.getStore(),
  };
}
