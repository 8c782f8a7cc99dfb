// What the engine's decisions are made of: the plan of a run, its state, what can happen to it and what it asks for.

import type { EffectWord, HeldReason, Run, StepState, StoredError, Time } from '../core/model.ts';
import type { Backoff } from './backoff.ts';

/** What `decide` must know of one step; plain data from the pinned workflow and the settings. */
export interface StepPlan extends Backoff {
  readonly id: string;
  readonly needs: readonly string[];
  /** Its connection. */
  readonly lane: string;
  readonly effect: EffectWord;
  readonly onError: 'fail' | 'continue';
  readonly onDoubt: 'hold' | 'retry';
  /** Attempts in all; Infinity when only time limits them. */
  readonly maxAttempts: number;
  readonly withinMs: number;
  readonly lookupAfterMs: number;
}

/** The lane of a run whose next steps need several connections: it is claimed whichever of them is free. */
export const anyLane = '*';

export interface RunPlan {
  readonly steps: readonly StepPlan[];
  /** Time limit of the whole run. */
  readonly timeoutMs: number | null;
}

export type RunState = Pick<
  Run,
  'status' | 'reason' | 'startedAt' | 'endedAt' | 'dueAt' | 'deadlineAt' | 'lane' | 'steps' | 'error'
>;

/** How an attempt ended, without its output's side effects: what `decide` needs of an `AttemptEnd`. */
export type Ended =
  | { readonly status: 'succeeded'; readonly output: unknown }
  | {
      readonly status: 'rejected';
      readonly error: StoredError;
      readonly credentials: boolean;
      readonly progress?: unknown;
    }
  | {
      readonly status: 'retryable';
      readonly error: StoredError;
      readonly retryAfterMs: number | null;
      readonly progress?: unknown;
    }
  | { readonly status: 'in_doubt'; readonly error: StoredError; readonly progress?: unknown }
  | { readonly status: 'interrupted'; readonly error: StoredError; readonly progress?: unknown };

/** What can happen to a run. `random` is from 0 up to 1, for jitter. */
export type RunInput =
  /** A worker took it; `lost`: attempts whose process ended before their outcome was written. */
  | {
      readonly type: 'claimed';
      readonly lost: readonly { readonly id: string; readonly step: string }[];
      readonly random: number;
    }
  /** The step's `if` was false. */
  | { readonly type: 'skipped'; readonly step: string }
  /** The `if` or the input could not be rendered. */
  | { readonly type: 'unrenderable'; readonly step: string; readonly error: StoredError }
  | { readonly type: 'begun'; readonly step: string; readonly input: unknown }
  | {
      readonly type: 'ended';
      readonly step: string;
      readonly attemptId: string;
      readonly end: Ended;
      readonly random: number;
    }
  | {
      readonly type: 'looked-up';
      readonly step: string;
      readonly result:
        | { readonly is: 'found'; readonly output: unknown }
        | { readonly is: 'absent' }
        | { readonly is: 'unavailable' }
        | { readonly is: 'unknown'; readonly retryAfterMs: number | null };
      readonly random: number;
    }
  /** Its connection is paused, its credentials are refused, or it is gone; with a `lane`, its workflow is paused. */
  | {
      readonly type: 'held';
      readonly step: string;
      readonly reason: Exclude<HeldReason, 'in_doubt'>;
      readonly lane?: string;
    }
  /** Its connection's circuit is open. */
  | { readonly type: 'postponed'; readonly step: string; readonly until: Time }
  /** A person answered a step in doubt. */
  | { readonly type: 'happened'; readonly step: string; readonly output: unknown }
  | { readonly type: 'again'; readonly step: string }
  /** An attempt in doubt had an outcome after all, which came when the run had moved on. */
  | {
      readonly type: 'late';
      readonly step: string;
      readonly attemptId: string;
      readonly end: Ended;
      readonly random: number;
    }
  /** A person retries a failed or canceled run; `latest`: unfinished steps are rendered anew by the plan given. */
  | { readonly type: 'retried'; readonly latest: boolean }
  | { readonly type: 'canceled' };

/** What a run asks the worker for, now. */
export type RunEffect =
  /** Evaluate the `if`, render the input, then attempt. */
  | { readonly type: 'start'; readonly step: string }
  /** Attempt with the stored input. */
  | { readonly type: 'attempt'; readonly step: string }
  | { readonly type: 'lookup'; readonly step: string };

export interface Decision {
  readonly state: RunState;
  readonly effects: readonly RunEffect[];
}

export const isFinal = (step: StepState): boolean =>
  step.status === 'succeeded' || step.status === 'failed' || step.status === 'skipped' || step.status === 'canceled';
