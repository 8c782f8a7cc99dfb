// Which screen a place has.

import type { ComponentType } from 'preact';
import type { Route } from './route.ts';
import { Event } from './screens/event.tsx';
import { Events } from './screens/events.tsx';
import { Missing } from './screens/missing.tsx';
import { Run } from './screens/run.tsx';
import { Runs } from './screens/runs.tsx';

export interface ScreenParts {
  readonly route: Route;
}

export function screenOf({ path }: Route): ComponentType<ScreenParts> {
  const [place = '', id] = path;
  return (id === undefined ? lists[place] : details[place]) ?? Missing;
}

const lists: Readonly<Record<string, ComponentType<ScreenParts>>> = { '': Events, events: Events, runs: Runs };
const details: Readonly<Record<string, ComponentType<ScreenParts>>> = { events: Event, runs: Run };
