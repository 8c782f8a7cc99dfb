// What a person can do to a run, an event or a connection; the run engine fulfils it, the admin listener offers it.

import type { StoredError } from './model.ts';

/** What a person found out about an attempt in doubt. `output`: what later steps read, in the form of the action's output. */
export type Answer = { readonly happened: true; readonly output: unknown } | { readonly happened: false };

/** How a check of a connection ended; `error` without secrets. */
export type Checked = { readonly ok: true } | { readonly ok: false; readonly error: StoredError };

/** Every verb rejects with a HostError: `not.found`, `state.conflict`, `input.invalid` or `store.unavailable`. */
export interface Operations {
  /** From the failed step on; with `latest`, by the workflow as it is now, which renders unfinished steps anew. */
  retry(runId: string, options: { readonly latest: boolean }): Promise<void>;
  /** Starts over as new runs with new keys, of the workflow named or of all that take the event now; resolves to their ids. */
  replay(eventId: string, workflow: string | undefined): Promise<readonly string[]>;
  /** Answers a step in doubt; without a step, the only one there is. */
  resolve(runId: string, step: string | undefined, answer: Answer): Promise<void>;
  cancel(runId: string): Promise<void>;
  /** Holds the connection's runs until `resume`; nothing is discarded. */
  pause(connection: string): Promise<void>;
  resume(connection: string): Promise<void>;
  /** Events are taken as before, and their runs are held before their next step. An attempt under way finishes. */
  pauseWorkflow(name: string): Promise<void>;
  resumeWorkflow(name: string): Promise<void>;
  /** Makes the call of the connector that changes nothing; a good one lifts a pause for refused credentials. */
  check(connection: string): Promise<Checked>;
}
