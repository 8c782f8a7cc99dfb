// The lanes of the live connections, with the pauses and circuits that the store remembers.

import type { Connections } from '../connect/connection.ts';
import type { Happening, Time } from '../core/model.ts';
import type { Settings } from '../core/settings.ts';
import type { Store } from '../store/store.ts';
import type { Workflows } from '../workflow/compile.ts';
import { createLanes, type Lanes } from './lanes.ts';

export interface OpenLanes {
  readonly store: Pick<Store, 'connections' | 'setConnection'>;
  readonly live: () => Pick<Workflows, 'connections'>;
  readonly connections: Connections;
  readonly settings: Pick<Settings, 'CONCURRENCY' | 'CIRCUIT_AFTER' | 'CIRCUIT_FOR'>;
  readonly clock: () => Time;
  readonly notify: (happening: Happening) => void;
}

export async function openLanes(parts: OpenLanes): Promise<Lanes> {
  const { store, live, connections, settings, clock, notify } = parts;
  return createLanes(
    {
      has: (name) => connections.get(name) !== undefined,
      names: () => connections.names(),
      concurrency: (name) => live().connections.get(name)?.concurrency ?? settings.CONCURRENCY,
      save: (state) => store.setConnection(state),
      tell: (state) => notify({ kind: 'connection', state }),
      clock,
      circuitAfter: settings.CIRCUIT_AFTER,
      circuitForMs: settings.CIRCUIT_FOR,
    },
    await store.connections(),
  );
}
