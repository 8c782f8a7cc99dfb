// What the engine is given: everything outside its decisions.

import type { Connections } from '../connect/connection.ts';
import type { Sending } from '../connect/sending.ts';
import type { Log, Redactor } from '../core/log.ts';
import type { Event, Happening, Time } from '../core/model.ts';
import type { Settings } from '../core/settings.ts';
import type { RecordRun, Store } from '../store/store.ts';
import type { EventScope, Workflows } from '../workflow/compile.ts';
import type { Inbox } from './inbox.ts';
import type { Lanes } from './lanes.ts';
import type { Traces } from './traces.ts';

export interface EngineParts {
  readonly store: Store;
  /** Events to plan. */
  readonly inbox: Inbox;
  /** `store.record`, grouped with the writes of other runs. */
  readonly record: (item: RecordRun) => Promise<boolean>;
  readonly connections: () => Connections;
  /** The live configuration. */
  readonly live: () => Workflows;
  /** The configuration a run began with; null when it can no longer be read. */
  readonly pinned: (hash: string) => Promise<Workflows | null>;
  readonly readEvent: (event: Event, workflows: Workflows) => EventScope;
  readonly lanes: Lanes;
  readonly sending: Sending;
  readonly settings: Settings;
  readonly redactor: Redactor;
  readonly clock: () => Time;
  /** Milliseconds of a clock that nobody sets. */
  readonly ticks: () => number;
  /** How long the clock has gone evenly; absent: always. */
  readonly steadyMs?: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly log: Log;
  readonly notify: (happening: Happening) => void;
  /** Absent: nothing is traced. */
  readonly traces?: Pick<Traces, 'parentOf'> | undefined;
}
