// What happens to runs at a start: those of a process that ended go on, and those that waited for a connection get another chance.

import { storeError } from '../core/log.ts';
import type { EngineParts } from './parts.ts';
import { releaseWorkflows } from './pauses.ts';
import { anyLane } from './state.ts';
import type { Worker } from './worker.ts';

/** Attempts that were under way come back with their run and are in doubt; the worker finds them when it claims. */
export async function recover(parts: EngineParts, owner: string): Promise<void> {
  const { store, lanes, log } = parts;
  const runs = await store.recover(owner, parts.clock());
  if (runs > 0) log.info('runs of the last process go on', { runs });
  for (const { name, status, reason } of lanes.states()) {
    // Its settings may have changed; when they have not, one refused call pauses it again.
    if (status === 'paused' && reason === 'credentials') await lanes.lift(name);
  }
  lanes.setUnserved(await store.lanes());
}

/** Goes on beside the runs, because it may be a million of them. What a failure leaves is found by the next check of the pauses. */
export async function releaseAtStart(parts: EngineParts, worker: Pick<Worker, 'wake'>): Promise<void> {
  const { store, lanes, log } = parts;
  try {
    for (const name of parts.connections().names()) {
      const paused = lanes.state(name)?.status === 'paused';
      await store.release(name, paused ? ['missing'] : ['credentials', 'missing'], parts.clock());
      worker.wake();
    }
    await store.release(anyLane, ['credentials', 'missing'], parts.clock());
    await releaseWorkflows(parts);
  } catch (error) {
    log.warn('held runs could not be looked at; that is tried again later', {
      error: storeError(error, parts.redactor),
    });
  }
  worker.wake();
}
