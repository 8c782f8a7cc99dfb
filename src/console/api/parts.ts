// What the admin listener is built from.

import type { Log } from '../../core/log.ts';
import type { Samples } from '../../core/metrics.ts';
import type { Event } from '../../core/model.ts';
import type { Operations } from '../../core/operations.ts';
import type { Sandbox } from '../../plugin/index.ts';
import type { Store } from '../../store/store.ts';
import type { Workflows } from '../../workflow/compile.ts';
import type { Changes } from './changes.ts';
import type { Loading } from './loading.ts';
import type { Playground } from './looking.ts';
import type { Tallies } from './tally.ts';

export interface Health {
  /** Why only a restart can help; null while the process may work. */
  readonly dead: () => string | null;
  readonly ready: () => Promise<{ readonly ok: boolean; readonly detail: Record<string, unknown> }>;
}

/** What only the running process can say. */
export interface Measured {
  /** What was counted since the start. */
  readonly counted: () => Samples;
  readonly ready: () => Promise<{ readonly ok: boolean }>;
  /** Whether the last accepted workflow file stands in for a refused one. */
  readonly stale: () => boolean;
  /** Runs under way. */
  readonly active: () => number;
  /** In bytes; 0 without one. */
  readonly budget: number;
  /** Null while too little is known. */
  readonly daysLeft: () => number | null;
  /** Whether everybody who reaches the listener may read them. */
  readonly open: boolean;
}

export interface AdminParts {
  readonly store: Store;
  readonly operations: Operations;
  readonly sandboxes: () => ReadonlyMap<string, Sandbox>;
  /** Names of the live connections; those that the store knows nothing of are listed as `ok`. */
  readonly connections?: () => readonly string[];
  /** Calls of this process under way over a connection. */
  readonly underWay?: (connection: string) => number;
  readonly token: string;
  /** A second token that may look and not act; empty: there is none. */
  readonly viewerToken?: string;
  /** Signs the browser of this machine in, from a link that `dev` prints. */
  readonly signInCode?: string;
  /** Folder of the built page; default: the one that ships. */
  readonly page?: string;
  /** What looks at texts that somebody types. */
  readonly playground?: Playground;
  /** Counts over time. */
  readonly tallies?: Tallies;
  /** What tells the page that something changed. */
  readonly changes?: Changes;
  readonly settings: { readonly host: string; readonly port: number };
  readonly log: Log;
  readonly clock: () => number;
  /** Random bytes, for ids. */
  readonly random: (size: number) => Uint8Array;
  /** What expressions read as `event.data` and `event.body`. `workflows`: where a source stands that is gone from the live file. */
  readonly readEvent: (event: Event, workflows?: Workflows) => { readonly data: unknown; readonly body: unknown };
  /** The live workflow file, or the one with this hash; null when it can no longer be read. */
  readonly workflows?: (hash?: string) => Promise<Workflows | null>;
  /** The workflow file on the disk; absent: it is loaded only at the start. */
  readonly loading?: Loading;
  /** Behind `/livez` and `/readyz`; absent: they are not served. */
  readonly health?: Health;
  /** Behind `/metrics`; absent: it is not served. */
  readonly measured?: Measured;
  /** What the process says of itself; holds no secret. */
  readonly status: () => Promise<Record<string, unknown>>;
}
