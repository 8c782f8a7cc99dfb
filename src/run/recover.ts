// What happens to runs at a start: those of a process that ended go on, and those that waited for a connection get another chance.

import type { EngineParts } from './parts.ts';
import { releaseWorkflows } from './pauses.ts';
import { anyLane } from './state.ts';

/** Attempts that were under way come back with their run and are in doubt; the worker finds them when it claims. */
export async function recover(parts: EngineParts, owner: string): Promise<void> {
  const { store, lanes, log } = parts;
  const runs = await store.recover(owner, parts.clock());
  if (runs > 0) log.info('runs of the last process go on', { runs });
  for (const { name, status, reason } of lanes.states()) {
    // Its settings may have changed; when they have not, one refused call pauses it again.
    if (status === 'paused' && reason === 'credentials') await lanes.lift(name);
  }
  for (const name of parts.connections().names()) {
    const paused = lanes.state(name)?.status === 'paused';
    await store.release(name, paused ? ['missing'] : ['credentials', 'missing'], parts.clock());
  }
  await store.release(anyLane, ['credentials', 'missing'], parts.clock());
  await releaseWorkflows(parts);
  lanes.setUnserved(await store.lanes());
}
