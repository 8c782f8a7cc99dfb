// Tells the attempt under way whether something left the process; the guarded fetch reports, the run engine asks.

import { AsyncLocalStorage } from 'node:async_hooks';

/** Whose code is under way, for messages. */
export interface Origin {
  readonly connection: string;
}

export interface AttemptName extends Origin {
  readonly action: string;
  readonly runId: string;
  readonly step: string;
  readonly number: number;
}

/** What the guarded fetch needs to know of the attempt that called it. */
export interface AttemptScope {
  readonly signal: AbortSignal;
  readonly about?: AttemptName | undefined;
  /** Goes with every request as this header, unless the connector sets its own. */
  readonly traceparent?: string | undefined;
  /** A request by `tools.fetch` was started: from now on, silence means that nothing was sent. */
  tracked(): void;
  /** Bytes of a request were written to a connected socket. */
  sent(): void;
  /** Something that it started threw where nobody could catch it: the attempt ends with that. */
  broke?(error: unknown): void;
}

export interface Sending {
  /** Runs an attempt so that `current()` finds its scope in everything it awaits. */
  within<T>(scope: AttemptScope, call: () => Promise<T>): Promise<T>;
  /** Runs a call of a connector that belongs to no attempt, such as one that opens a client for all of them. */
  outside<T>(origin: Origin, call: () => Promise<T>): Promise<T>;
  /** Undefined outside an attempt, such as in a check. */
  current(): AttemptScope | undefined;
  /** The connector whose code, or what it started, is under way; undefined in our own. */
  origin(): Origin | AttemptName | undefined;
}

/** `entered` is called whenever a connector's code is about to run. */
export function createSending(entered: () => void = () => undefined): Sending {
  const storage = new AsyncLocalStorage<{ readonly attempt?: AttemptScope; readonly origin?: Origin | undefined }>();
  return {
    within: (attempt, call) => {
      entered();
      return storage.run({ attempt, origin: attempt.about }, call);
    },
    outside: (origin, call) => {
      entered();
      return storage.run({ origin }, call);
    },
    current: () => storage.getStore()?.attempt,
    origin: () => storage.getStore()?.origin,
  };
}
