// The lanes of the live connections, with the pauses and circuits that the store remembers.

import type { Connections } from '../connect/connection.ts';
import { workflowOfLane, type ConnectionState, type Happening, type Time } from '../core/model.ts';
import type { Settings } from '../core/settings.ts';
import type { Pace, RaiseEvent, Store } from '../store/store.ts';
import type { Workflows } from '../workflow/compile.ts';
import { alertsOfPause } from './alert.ts';
import { createLanes, type Lanes } from './lanes.ts';

export interface OpenLanes {
  readonly store: Pick<Store, 'connections' | 'setConnection' | 'shared'>;
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
  const { shared } = store;
  const raising = createRaising(parts);
  return createLanes(
    {
      has: (name) => connections.get(name) !== undefined,
      names: () => connections.names(),
      concurrency: (name) => live().connections.get(name)?.concurrency ?? settings.CONCURRENCY,
      rate: (name) => live().connections.get(name)?.rate,
      save: (state, before) => raising(state, before, (raises) => store.setConnection(state, raises)),
      ...(shared && {
        swap: (state: ConnectionState, before: ConnectionState | undefined) =>
          raising(state, before, (raises) => shared.swapConnection(state, before, raises)),
        takeTurn: (name: string, pace: Pace) => shared.takeTurn(name, pace),
      }),
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
function createRaising({ live, raised }: OpenLanes) {
  return async <T>(
    state: ConnectionState,
    before: ConnectionState | undefined,
    write: (raises: readonly RaiseEvent[]) => Promise<T>,
  ): Promise<T> => {
    const { name, status } = state;
    const isNews = status === 'paused' && before?.status !== 'paused' && workflowOfLane(name) === null;
    const raises = isNews ? alertsOfPause(live(), state) : [];
    const written = await write(raises);
    if (raises.length > 0) raised();
    return written;
  };
}
