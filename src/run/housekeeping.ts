// What the engine does beside runs: tries paused connections again and removes what is past its time, both in the background.

import { storeError } from '../core/log.ts';
import { checkPaused } from './operate.ts';
import type { EngineParts } from './parts.ts';
import type { Worker } from './worker.ts';

const pruneEveryMs = 60_000;

/** Starts both timers; the function returned stops them and waits for what is under way. */
export function startHousekeeping(parts: EngineParts, worker: Pick<Worker, 'wake'>): () => Promise<void> {
  const checks = repeat(parts, parts.settings.CHECK_EVERY, () => checkPaused(parts, worker));
  const prunes = repeat(parts, pruneEveryMs, (stopped) => prune(parts, stopped));
  return async () => {
    await Promise.all([checks(), prunes()]);
  };
}

/** Small batches, so that no caller of the store waits long behind one. */
async function prune(parts: EngineParts, stopped: () => boolean): Promise<void> {
  const { KEEP_SUCCEEDED, KEEP_FAILED, KEEP_DELIVERIES } = parts.settings;
  const retention = { succeededMs: KEEP_SUCCEEDED, failedMs: KEEP_FAILED, deliveriesMs: KEEP_DELIVERIES };
  let removed = 0;
  for (let rows = -1; rows !== 0 && !stopped(); removed += rows)
    rows = await parts.store.prune(parts.clock(), retention);
  if (removed > 0) parts.log.info('removed what is past its time', { rows: removed });
}

function repeat(
  parts: EngineParts,
  everyMs: number,
  work: (stopped: () => boolean) => Promise<void>,
): () => Promise<void> {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running
      .then(() => (stopped ? undefined : work(() => stopped)))
      .catch((error: unknown) => parts.log.error('housekeeping failed', { error: storeError(error, parts.redactor) }));
  }, everyMs);
  timer.unref();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await running;
  };
}
