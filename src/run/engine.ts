// The engine put together: its parts, the worker, and what goes on beside the runs.

import type { LiveConnections } from '../connect/connection.ts';
import type { Config } from './config.ts';
import { createForecast } from './forecast.ts';
import { startHousekeeping } from './housekeeping.ts';
import { createInbox } from './inbox.ts';
import { openLanes } from './open-lanes.ts';
import type { EngineParts } from './parts.ts';
import { createRecorder } from './record.ts';
import { recover, releaseAtStart } from './recover.ts';
import { joinReplicas } from './replicas.ts';
import { createSteady } from './steady.ts';
import { createWorker, type Worker } from './worker.ts';

type Given = 'store' | 'readEvent' | 'sending' | 'settings' | 'redactor' | 'random' | 'randomBytes' | 'log' | 'notify';

export interface OpenEngine extends Pick<EngineParts, Given | 'clock' | 'ticks' | 'traces'> {
  readonly config: Config;
  readonly connections: LiveConnections;
}

export interface Engine {
  readonly parts: EngineParts;
  /** Until the storage is used up; null while too little is known. */
  readonly daysLeft: () => number | null;
  /** Goes on with what the last process left, and from then on with everything. */
  start(owner: string): Promise<Worker>;
}

/** `onStop`: what is called at the stop, the last one given first. */
export async function openEngine(given: OpenEngine, onStop: (close: () => Promise<unknown>) => void): Promise<Engine> {
  const { config, connections, ...rest } = given;
  const { store, settings, log } = given;
  const recorder = createRecorder(store, log);
  const inbox = createInbox(store);
  const parts: EngineParts = {
    ...rest,
    inbox,
    record: recorder.record,
    steadyMs: createSteady(given.clock, given.ticks),
    connections: () => connections,
    live: config.live,
    pinned: config.pinned,
    lanes: await openLanes({ ...given, live: config.live, raised: () => inbox.missed() }),
  };
  const forecast = createForecast();
  return {
    parts,
    daysLeft: () => forecast.daysLeft(),
    start: async (owner) => {
      const worker = createWorker(parts, owner);
      await joinReplicas(parts, worker, owner);
      await recover(parts, owner);
      worker.start();
      void releaseAtStart(parts, worker);
      onStop(async () => {
        setTimeout(recorder.giveUp, settings.SHUTDOWN_GRACE + 2000).unref();
        await worker.stop(settings.SHUTDOWN_GRACE);
      });
      onStop(startHousekeeping(parts, worker, forecast));
      return worker;
    },
  };
}
