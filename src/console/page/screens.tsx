// Which screen a place has.

import type { ComponentType } from 'preact';
import type { Route, ScreenParts } from './route.ts';
import { Activity } from './screens/activity.tsx';
import { Connections } from './screens/connections.tsx';
import { Event } from './screens/event.tsx';
import { Events } from './screens/events.tsx';
import { Missing } from './screens/missing.tsx';
import { Playground } from './screens/playground.tsx';
import { Refused } from './screens/refused.tsx';
import { Run } from './screens/run.tsx';
import { Runs } from './screens/runs.tsx';
import { Attention } from './screens/attention.tsx';
import { Overview } from './screens/overview.tsx';
import { Sandboxes } from './screens/sandboxes.tsx';
import { Workflow } from './screens/workflow.tsx';
import { Workflows } from './screens/workflows.tsx';

export function screenOf({ path }: Route): ComponentType<ScreenParts> {
  const [place = '', id] = path;
  return (id === undefined ? lists[place] : details[place]) ?? Missing;
}

const lists: Readonly<Record<string, ComponentType<ScreenParts>>> = {
  '': Overview,
  events: Events,
  runs: Runs,
  attention: Attention,
  workflows: Workflows,
  connections: Connections,
  playground: Playground,
  refused: Refused,
  activity: Activity,
  sandboxes: Sandboxes,
};
const details: Readonly<Record<string, ComponentType<ScreenParts>>> = {
  events: Event,
  runs: Run,
  workflows: Workflow,
};
