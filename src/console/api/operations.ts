// What a person can do to a run, an event or a connection; the run engine fulfils it, the admin listener offers it.

import type { StoredError } from '../../core/model.ts';

/** What a person found out about an attempt in doubt. `output`: what later steps read, in the form of the action's output. */
export type Answer = { readonly happened: true; readonly output: unknown } | { readonly happened: false };

/** Every verb rejects with a HostError: `not.found`, `state.conflict` or `input.invalid`. */
export interface Operations {
  /** Goes on at the failed step; with `latest`, by the workflow as it is now. */
  retry(runId: string, options: { readonly latest: boolean }): Promise<void>;
  /** Starts over as new runs, of one workflow or of all that took the event; gives their ids. */
  replay(eventId: string, workflow: string | undefined): Promise<readonly string[]>;
  /** Settles a step in doubt; without a step, the only one there is. */
  resolve(runId: string, step: string | undefined, answer: Answer): Promise<void>;
  cancel(runId: string): Promise<void>;
  /** Holds the connection's runs until `resume`; nothing is discarded. */
  pause(connection: string): Promise<void>;
  resume(connection: string): Promise<void>;
  /** Holds the workflow's runs before their next step; its events are taken as before. */
  pauseWorkflow(name: string): Promise<void>;
  resumeWorkflow(name: string): Promise<void>;
  /** Calls the connection's own check, which changes nothing. */
  check(connection: string): Promise<{ readonly ok: true } | { readonly ok: false; readonly error: StoredError }>;
}
