// Which screen a place has.

import type { ComponentType } from 'preact';
import type { Route } from './route.ts';
import { Connections } from './screens/connections.tsx';
import { Event } from './screens/event.tsx';
import { Events } from './screens/events.tsx';
import { Missing } from './screens/missing.tsx';
import { Refused } from './screens/refused.tsx';
import { Run } from './screens/run.tsx';
import { Runs } from './screens/runs.tsx';
import { Sandboxes } from './screens/sandboxes.tsx';

export interface ScreenParts {
  readonly route: Route;
}

export function screenOf({ path }: Route): ComponentType<ScreenParts> {
  const [place = '', id] = path;
  return (id === undefined ? lists[place] : details[place]) ?? Missing;
}

const lists: Readonly<Record<string, ComponentType<ScreenParts>>> = {
  '': Events,
  events: Events,
  runs: Runs,
  connections: Connections,
  refused: Refused,
  sandboxes: Sandboxes,
};
const details: Readonly<Record<string, ComponentType<ScreenParts>>> = { events: Event, runs: Run };
