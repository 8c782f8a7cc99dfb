// What the admin listener is built from.

import type { Log } from '../../core/log.ts';
import type { Event } from '../../core/model.ts';
import type { Sandbox } from '../../plugin/index.ts';
import type { Store } from '../../store/store.ts';
import type { Workflows } from '../../workflow/compile.ts';
import type { Changes } from './changes.ts';
import type { Health } from './health.ts';
import type { Measured } from './metrics.ts';
import type { Operations } from './operations.ts';

export interface AdminParts {
  readonly store: Store;
  readonly operations: Operations;
  readonly sandboxes: () => ReadonlyMap<string, Sandbox>;
  /** Names of the live connections; those that the store knows nothing of are listed as `ok`. */
  readonly connections?: () => readonly string[];
  readonly token: string;
  /** A second token that may look and not act; empty: there is none. */
  readonly viewerToken?: string;
  /** Signs the browser of this machine in, from a link that `dev` prints. */
  readonly signInCode?: string;
  /** Folder of the built page; default: the one that ships. */
  readonly page?: string;
  /** What tells the page that something changed. */
  readonly changes?: Changes;
  readonly settings: { readonly host: string; readonly port: number };
  readonly log: Log;
  readonly clock: () => number;
  /** What expressions read as `event.data` and `event.body`. */
  readonly readEvent: (event: Event) => { readonly data: unknown; readonly body: unknown };
  /** The live workflow file, or the one with this hash; null when it can no longer be read. */
  readonly workflows?: (hash?: string) => Promise<Workflows | null>;
  /** Behind `/livez` and `/readyz`; absent: they are not served. */
  readonly health?: Health;
  /** Behind `/metrics`; absent: it is not served. */
  readonly measured?: Measured;
  /** What the process says of itself; holds no secret. */
  readonly status: () => Promise<Record<string, unknown>>;
}
