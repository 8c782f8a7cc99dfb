// Calls an action once, within its time limit, and says which of the five ends it came to.

import type { AttemptName, AttemptScope, Sending } from '../connect/sending.ts';
import { outcomeSymbol, type Action, type Attempt, type ErrorOutcome, type Log } from '../plugin/index.ts';

export type Outcome =
  | { readonly status: 'succeeded'; readonly output: unknown }
  | { readonly status: 'rejected'; readonly error: unknown; readonly credentials: boolean; readonly progress?: unknown }
  | {
      readonly status: 'retryable';
      readonly error: unknown;
      readonly retryAfterMs: number | null;
      readonly progress?: unknown;
    }
  | { readonly status: 'in_doubt'; readonly error: unknown; readonly progress?: unknown }
  | { readonly status: 'interrupted'; readonly error: unknown; readonly progress?: unknown };

/** An outcome, and whether anything was sent: null when nobody could tell. */
export type AttemptEnd = Outcome & { readonly sent: boolean | null };

export interface CallAction {
  /** For messages about it. */
  readonly about?: AttemptName | undefined;
  readonly action: Action;
  /** Opens the connection's client; its failure counts as nothing sent. */
  readonly client: () => Promise<unknown>;
  readonly input: unknown;
  readonly key: string;
  readonly number: number;
  readonly firstAt: number;
  readonly progress: unknown;
  readonly timeoutMs: number;
  /** Of the trace that it belongs to. */
  readonly traceparent?: string | undefined;
  /** Aborts at shutdown and cancel. */
  readonly stop: AbortSignal;
  readonly log: Log;
}

/** After an abort an action may still say itself how it ended: only its own error carries progress. */
const settleMs = 250;

const over = new Error('the attempt is over');

/** Never rejects. A plugin that does not settle is left behind at its time limit. */
export async function callAction(sending: Sending, call: CallAction): Promise<AttemptEnd> {
  let sent: boolean | null = null;
  const limit = startLimit(call);
  const { signal } = limit;
  const scope: AttemptScope = {
    signal,
    about: call.about,
    traceparent: call.traceparent,
    tracked: () => {
      sent ??= false;
    },
    sent: () => {
      sent = true;
    },
    broke: limit.giveUp,
  };
  const { key, number, firstAt, progress, log } = call;
  const attempt: Attempt = { key, number, firstAt, progress, signal, log, sending: () => scope.sent() };
  const started = { run: false };
  try {
    const output = await sending.within(scope, () => {
      const running = runAction(call, attempt, started);
      running.catch(() => undefined);
      return Promise.race([running, limit.passed]);
    });
    return { status: 'succeeded', output, sent };
  } catch (error) {
    const left = started.run ? sent : false;
    return { ...classify(error, left, call.stop.aborted, signal.aborted, call.log), sent: left };
  } finally {
    limit.end();
  }
}

/** Aborts at the time limit and when the caller stops; `passed` rejects a little later, for an action that ignores it. */
function startLimit({ stop, timeoutMs }: Pick<CallAction, 'stop' | 'timeoutMs'>) {
  const limit = new AbortController();
  const { signal } = limit;
  const passed = Promise.withResolvers<never>();
  passed.promise.catch(() => undefined);
  let late: NodeJS.Timeout | undefined;
  const onAbort = () => {
    late = setTimeout(() => passed.reject(signal.reason as Error), settleMs);
  };
  signal.addEventListener('abort', onAbort);
  // Followed by hand: a joint signal of `AbortSignal.any` costs as much as the rest of this function.
  const onStop = () => limit.abort(stop.reason);
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop);
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  return {
    signal,
    passed: passed.promise,
    giveUp: (error: unknown) => passed.reject(error),
    end: () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
      signal.removeEventListener('abort', onAbort);
      // Whatever the action left open, an unread body say, is let go.
      limit.abort(over);
      clearTimeout(late);
    },
  };
}

async function runAction(call: CallAction, attempt: Attempt, started: { run: boolean }): Promise<unknown> {
  attempt.signal.throwIfAborted();
  const client = await call.client();
  // Too late: the host has already called this attempt "nothing sent".
  attempt.signal.throwIfAborted();
  started.run = true;
  return call.action.run(client, call.input, attempt);
}

/** `left`: whether a request left the process; null counts as yes. */
function classify(error: unknown, left: boolean | null, stopped: boolean, aborted: boolean, log: Log): Outcome {
  const known = outcomeOf(error);
  const progress = (error as { progress?: unknown } | null)?.progress;
  const kept = progress === undefined ? {} : { progress };
  if (known === 'rejected' || known === 'credentials') {
    return { status: 'rejected', error, credentials: known === 'credentials', ...kept };
  }
  if (known === 'in_doubt') return { status: 'in_doubt', error, ...kept };
  if (stopped && left === false) return { status: 'interrupted', error, ...kept };
  if (known === 'retryable') {
    const wish = (error as { retryAfterMs?: unknown }).retryAfterMs;
    return { status: 'retryable', error, retryAfterMs: typeof wish === 'number' ? wish : null, ...kept };
  }
  if (!aborted)
    log.warn('unclassified error of an action', { error: error instanceof Error ? error.message : String(error) });
  if (left === false) return { status: 'retryable', error, retryAfterMs: null, ...kept };
  return { status: 'in_doubt', error, ...kept };
}

function outcomeOf(error: unknown): ErrorOutcome | undefined {
  if (error === null || typeof error !== 'object') return undefined;
  return (error as { [outcomeSymbol]?: ErrorOutcome })[outcomeSymbol];
}
