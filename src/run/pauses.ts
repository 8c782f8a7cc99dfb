// Pauses of connections and workflows: a person makes and lifts them, and a good check lifts those of refused credentials.

import { HostError } from '../core/errors.ts';
import { storeError } from '../core/log.ts';
import { workflowLane, workflowOfLane } from '../core/model.ts';
import type { Checked, Operations } from '../core/operations.ts';
import type { EngineParts } from './parts.ts';
import { connectionReasons } from './settle.ts';
import { anyLane } from './state.ts';
import type { Worker } from './worker.ts';

type PauseOperations = Pick<Operations, 'pause' | 'resume' | 'pauseWorkflow' | 'resumeWorkflow' | 'check'>;

type Wake = Pick<Worker, 'wake'>;

export function createPauseOperations(parts: EngineParts, worker: Wake): PauseOperations {
  const { lanes } = parts;
  return {
    pause: async (name) => {
      known(parts, name);
      await lanes.pause(name, 'paused', null);
      worker.wake();
    },
    resume: async (name) => {
      known(parts, name);
      await resumeConnection(parts, worker, name);
    },
    pauseWorkflow: async (name) => {
      await followOthers(parts);
      knownWorkflow(parts, name);
      if (!lanes.isPaused(name)) await lanes.pause(workflowLane(name), 'paused', null);
    },
    resumeWorkflow: async (name) => {
      await followOthers(parts);
      knownWorkflow(parts, name);
      const lane = workflowLane(name);
      if (lanes.isPaused(name)) await lanes.resume(lane);
      await parts.store.release(lane, connectionReasons, parts.clock());
      worker.wake();
    },
    check: (name) => check(parts, worker, name),
  };
}

/** Lets a connection be called again and releases the runs it held. */
async function resumeConnection(parts: EngineParts, worker: Wake, name: string): Promise<void> {
  await parts.lanes.resume(name);
  await releaseHeld(parts, name);
  worker.wake();
}

/** A run whose steps are held for several connections is looked at anew whichever of them works again. */
async function releaseHeld({ store, clock }: EngineParts, name: string): Promise<void> {
  const lanes = workflowOfLane(name) === null ? [name, anyLane] : [name];
  for (const lane of lanes) await store.release(lane, connectionReasons, clock());
}

/** What other replicas did to pauses and circuits holds here from now on; runs that were just being held here meanwhile go on. */
export async function followOthers(parts: EngineParts): Promise<void> {
  if (!parts.store.shared) return;
  for (const name of await parts.lanes.follow(() => parts.store.connections())) await releaseHeld(parts, name);
}

/** A person waits for the answer. */
const mostCheckMs = 15_000;

async function check(parts: EngineParts, worker: Wake, name: string): Promise<Checked> {
  const connection = known(parts, name);
  if (!connection.connector.check) {
    const what = `connection "${name}" cannot be checked: its connector "${connection.connector.name}" has no check`;
    throw new HostError('input.invalid', { what });
  }
  try {
    await within(mostCheckMs, connection.check());
  } catch (error) {
    return { ok: false, error: storeError(error, parts.redactor) };
  }
  await followOthers(parts);
  const state = parts.lanes.state(name);
  if (state?.status === 'paused' && state.reason === 'credentials') await liftRefused(parts, worker, name);
  return { ok: true };
}

async function liftRefused(parts: EngineParts, worker: Wake, name: string): Promise<void> {
  await parts.lanes.lift(name);
  await releaseHeld(parts, name);
  worker.wake();
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  await Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}

function known(parts: EngineParts, name: string) {
  const connection = parts.connections().get(name);
  if (!connection) throw new HostError('not.found', { what: 'connection', id: name });
  return connection;
}

/** One that left the file while it was paused can still be resumed. */
function knownWorkflow(parts: EngineParts, name: string): void {
  if (parts.live().workflows.has(name) || parts.lanes.isPaused(name)) return;
  throw new HostError('not.found', { what: 'workflow', id: name });
}

/** Calls the check of every connection with refused credentials; a good one lifts the pause. Then nothing is held for what works. */
export async function checkPaused(parts: EngineParts, worker: Wake): Promise<void> {
  for (const state of parts.lanes.states()) {
    const connection = parts.connections().get(state.name);
    if (state.status !== 'paused' || state.reason !== 'credentials' || !connection?.connector.check) continue;
    try {
      await connection.check();
      parts.log.info('connection works again', { connection: state.name });
      await liftRefused(parts, worker, state.name);
    } catch (error) {
      parts.log.warn('connection still refused', { connection: state.name, error: storeError(error, parts.redactor) });
    }
  }
  await releaseForgotten(parts, worker);
}

/** A run that was just being held while its connection or workflow was resumed, or whose release failed, would be held for ever. */
async function releaseForgotten(parts: EngineParts, worker: Wake): Promise<void> {
  const names = parts.connections().names();
  const working = names.filter((name) => parts.lanes.state(name)?.status !== 'paused');
  const lanes = working.length === names.length ? [...working, anyLane] : working;
  let runs = await releaseWorkflows(parts);
  for (const lane of lanes) runs += await parts.store.release(lane, connectionReasons, parts.clock());
  if (runs > 0) worker.wake();
}

/** The runs of workflows that were paused once and are not any more. Returns how many. */
export async function releaseWorkflows({ lanes, store, clock }: EngineParts): Promise<number> {
  let runs = 0;
  for (const { name, status } of lanes.states()) {
    if (workflowOfLane(name) === null || status === 'paused') continue;
    runs += await store.release(name, connectionReasons, clock());
  }
  return runs;
}
