// What a change of the connections means for stored runs: those that waited for what is there now go on.

import { storeError } from '../core/log.ts';
import type { EngineParts } from './parts.ts';
import { anyLane } from './state.ts';
import type { Worker } from './worker.ts';

export interface Exchanged {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** How soon it is tried again when the store does not answer. */
const againMs = 5000;

/** Releases runs after connections were exchanged; what the store could not take is tried again by itself. */
export function createExchange(parts: EngineParts, worker: Pick<Worker, 'wake'>): (given: Exchanged) => Promise<void> {
  const gone = new Set<string>();
  const owed = new Set<string>();
  const settle = async () => {
    for (const name of owed) await release(parts, name);
    // Runs under way may still come to a step whose connection is gone, so its lane is looked at from now on.
    parts.lanes.setUnserved([...new Set([...(await parts.store.lanes()), ...gone])]);
    owed.clear();
    worker.wake();
  };
  const tryOn = async (): Promise<void> => {
    try {
      await settle();
    } catch (error) {
      parts.log.error('runs could not be released after the change of a connection; it is tried again', {
        error: storeError(error, parts.redactor),
      });
      setTimeout(() => void tryOn(), againMs).unref();
    }
  };
  return ({ added, changed, removed }) => {
    for (const name of [...added, ...changed]) {
      gone.delete(name);
      owed.add(name);
    }
    for (const name of removed) gone.add(name);
    return tryOn();
  };
}

async function release({ store, lanes, clock }: EngineParts, name: string): Promise<void> {
  const { status, reason } = lanes.state(name) ?? {};
  if (status === 'paused' && reason === 'credentials') await lanes.lift(name);
  const paused = status === 'paused' && reason !== 'credentials';
  const reasons = paused ? (['missing'] as const) : (['missing', 'credentials'] as const);
  // A run that is held for several connections is looked at anew whichever of them is there.
  for (const lane of [name, anyLane]) await store.release(lane, reasons, clock());
}
