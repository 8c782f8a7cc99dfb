// What a connector does outside of its promise: it throws in a timer, rejects unheard, or asks the process to exit.

import type { Sending } from '../connect/sending.ts';
import type { Log } from '../core/log.ts';

export interface Contain {
  readonly sending: Pick<Sending, 'current' | 'origin'>;
  readonly log: Log;
}

/**
 * Whoever's code it was is known by the context that it was started in: an attempt ends with the error, by what was sent, and the
 * process goes on. An error of our own ends it: what is in memory cannot be trusted any more. Returns what lifts it.
 */
export function contain(parts: Contain): () => Promise<void> {
  const exit = process.exit.bind(process);
  const onError = (error: unknown) => {
    if (caught(parts, error)) return;
    parts.log.error('an error that nobody caught; the process ends, start it again', { error: describe(error) });
    exit(1);
  };
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onError);
  process.exit = (code) => {
    if (parts.sending.origin() === undefined) return exit(code);
    throw new Error('a connector must not end the process');
  };
  return async () => {
    process.off('uncaughtException', onError);
    process.off('unhandledRejection', onError);
    process.exit = exit;
  };
}

/** False when it is our own. */
function caught({ sending, log }: Contain, error: unknown): boolean {
  const origin = sending.origin();
  if (origin === undefined) return false;
  log.error('a connector threw where nobody could catch it', { ...origin, error: describe(error) });
  sending.current()?.broke?.(error);
  return true;
}

/** With the stack: nobody else knows where it came from. */
function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  return { name: error.name, message: error.message, stack: error.stack };
}
