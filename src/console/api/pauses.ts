// The states that the store keeps, told apart: those of connections and the pauses of workflows.

import { workflowOfLane, type ConnectionState, type Time } from '../../core/model.ts';
import type { AdminParts } from './parts.ts';

export interface KeptStates {
  readonly connections: readonly ConnectionState[];
  /** Name of each paused workflow, and since when. */
  readonly paused: ReadonlyMap<string, Time>;
}

export async function readStates({ store }: Pick<AdminParts, 'store'>): Promise<KeptStates> {
  const connections: ConnectionState[] = [];
  const paused = new Map<string, Time>();
  for (const state of await store.connections()) {
    const workflow = workflowOfLane(state.name);
    if (workflow === null) connections.push(state);
    else if (state.status === 'paused') paused.set(workflow, state.since);
  }
  return { connections, paused };
}
