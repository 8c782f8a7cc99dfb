// What the engine does beside runs: tries paused connections again, removes what is past its time or over the budget, and measures growth.

import { storeError } from '../core/log.ts';
import { createForecast, type Forecast } from './forecast.ts';
import { checkPaused } from './pauses.ts';
import type { EngineParts } from './parts.ts';
import type { Worker } from './worker.ts';

const pruneEveryMs = 60_000;
/** Often enough that a crowd cannot fill the tenth of the budget that is kept free for it. */
const roomEveryMs = 2000;
/** What is used when the oldest begin to leave; the rest is kept free for what arrives. */
const fullAt = 0.9;

/** Starts both timers; the function returned stops them and waits for what is under way. */
export function startHousekeeping(
  parts: EngineParts,
  worker: Pick<Worker, 'wake'>,
  forecast: Forecast = createForecast(),
): () => Promise<void> {
  const { CHECK_EVERY, STORAGE_BUDGET } = parts.settings;
  const checks = repeat(parts, CHECK_EVERY, () => checkPaused(parts, worker));
  const prunes = repeat(parts, pruneEveryMs, async (stopped) => {
    await prune(parts, stopped);
    await measure(parts, forecast);
  });
  const room = STORAGE_BUDGET > 0 ? repeat(parts, roomEveryMs, (stopped) => makeRoom(parts, stopped)) : async () => {};
  return async () => {
    await Promise.all([checks(), prunes(), room()]);
  };
}

async function makeRoom(parts: EngineParts, stopped: () => boolean): Promise<void> {
  const { usedBytes } = await parts.store.backlog(0);
  if (usedBytes > parts.settings.STORAGE_BUDGET * fullAt) await prune(parts, stopped);
}

async function measure({ store, settings, clock }: EngineParts, forecast: Forecast): Promise<void> {
  const { usedBytes, diskFreeBytes } = await store.backlog(0);
  const disk = diskFreeBytes === null ? null : usedBytes + diskFreeBytes;
  const { STORAGE_BUDGET } = settings;
  forecast.add({ at: clock(), used: usedBytes, limit: STORAGE_BUDGET > 0 ? STORAGE_BUDGET : disk });
}

/** Small batches, so that no caller of the store waits long behind one. */
async function prune(parts: EngineParts, stopped: () => boolean): Promise<void> {
  const { KEEP_SUCCEEDED, KEEP_FAILED, KEEP_DELIVERIES, STORAGE_BUDGET } = parts.settings;
  const retention = {
    succeededMs: KEEP_SUCCEEDED,
    failedMs: KEEP_FAILED,
    deliveriesMs: KEEP_DELIVERIES,
    ...(STORAGE_BUDGET > 0 ? { mostBytes: STORAGE_BUDGET * fullAt } : {}),
  };
  let removed = 0;
  for (let rows = -1; rows !== 0 && !stopped(); removed += rows)
    rows = await parts.store.prune(parts.clock(), retention);
  if (removed > 0) parts.log.info('removed what is past its time or over the budget', { rows: removed });
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
