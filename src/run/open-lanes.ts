// The lanes of the live connections, with the pauses and circuits that the store remembers.

import type { Connections } from '../connect/connection.ts';
import { workflowOfLane, type ConnectionState, type Happening, type Time } from '../core/model.ts';
import type { Settings } from '../core/settings.ts';
import type { Store } from '../store/store.ts';
import type { Workflows } from '../workflow/compile.ts';
import { alertsOfPause } from './alert.ts';
import { createLanes, type Lanes } from './lanes.ts';

export interface OpenLanes {
  readonly store: Pick<Store, 'connections' | 'setConnection'>;
  readonly live: () => Pick<Workflows, 'connections' | 'alerts'>;
  readonly connections: Connections;
  readonly settings: Pick<Settings, 'CONCURRENCY' | 'CIRCUIT_AFTER' | 'CIRCUIT_FOR'>;
  readonly clock: () => Time;
  readonly notify: (happening: Happening) => void;
  /** An event of our own was stored. */
  readonly raised: () => void;
}

export async function openLanes(parts: OpenLanes): Promise<Lanes> {
  const { store, live, connections, settings, clock, notify } = parts;
  const stored = await store.connections();
  return createLanes(
    {
      has: (name) => connections.get(name) !== undefined,
      names: () => connections.names(),
      concurrency: (name) => live().connections.get(name)?.concurrency ?? settings.CONCURRENCY,
      rate: (name) => live().connections.get(name)?.rate,
      save: createSave(parts, stored),
      tell: (state) => notify(changeOf(state)),
      clock,
      circuitAfter: settings.CIRCUIT_AFTER,
      circuitForMs: settings.CIRCUIT_FOR,
    },
    stored,
  );
}

function changeOf(state: ConnectionState): Happening {
  const workflow = workflowOfLane(state.name);
  if (workflow === null) return { kind: 'connection', state };
  return { kind: 'workflow', workflow, paused: state.status === 'paused' };
}

/** A pause is stored with its alert: once, however many attempts meet the same refusal. */
function createSave({ store, live, raised }: OpenLanes, stored: readonly ConnectionState[]) {
  const paused = new Set(stored.flatMap(({ name, status }) => (status === 'paused' ? [name] : [])));
  return async (state: ConnectionState) => {
    const { name, status } = state;
    const isNews = status === 'paused' && !paused.has(name) && workflowOfLane(name) === null;
    if (status === 'paused') paused.add(name);
    else paused.delete(name);
    const raises = isNews ? alertsOfPause(live(), state) : [];
    try {
      await store.setConnection(state, raises);
    } catch (error) {
      if (isNews) paused.delete(name);
      throw error;
    }
    if (raises.length > 0) raised();
  };
}
