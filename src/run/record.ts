// Writes of claimed runs, grouped into few commits; while the store cannot take them they wait, so that no outcome is forgotten.

import pRetry, { AbortError } from 'p-retry';
import { HostError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { createBatcher } from '../store/batch.ts';
import type { RecordRun, Store } from '../store/store.ts';

export interface Recorder {
  /** Rejects only after `giveUp`, or when the write itself is wrong. */
  readonly record: (item: RecordRun) => Promise<boolean>;
  /** Writes that the store still refuses are given up; the next start finds their attempts in doubt. */
  readonly giveUp: () => void;
}

export function createRecorder(store: Pick<Store, 'record'>, log: Log): Recorder {
  const batcher = createBatcher<RecordRun, boolean>({ run: (items) => store.record(items), maxItems: 500 });
  const given = new AbortController();
  const write = async (item: RecordRun) => {
    try {
      return await batcher.add(item);
    } catch (error) {
      const waits = error instanceof HostError && error.code === 'store.unavailable';
      if (!waits) throw new AbortError(error instanceof Error ? error : String(error));
      log.error('a run waits for the store', { runId: item.runId, error: error.message });
      throw error;
    }
  };
  return {
    record: (item) =>
      pRetry(() => write(item), {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: 200,
        maxTimeout: 5000,
        randomize: true,
        signal: given.signal,
      }),
    giveUp: () => given.abort(new Error('the store stayed unavailable')),
  };
}
