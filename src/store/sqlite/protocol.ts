// What passes between the main thread and the store's worker.

import type { Store } from '../store.ts';
import type { Fault } from './fault.ts';

export type Verb = Exclude<keyof Store, 'ended' | 'shared'>;

export interface Request {
  readonly id: number;
  readonly verb: Verb;
  readonly args: readonly unknown[];
}

export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly fault: Fault };

/** One transaction that served several requests. */
export interface Commit {
  readonly requests: number;
  /** Whether the disk was waited for. */
  readonly synced: boolean;
  readonly tookMs: number;
}

export interface StartWorker {
  readonly dir: string;
  /** Largest size of the database; null: only the disk limits it. */
  readonly maxBytes: number | null;
  /** Bytes beyond which nothing new is taken in; null: there is no budget. */
  readonly budget: number | null;
  /** Whether commits are to be reported. */
  readonly watch: boolean;
}

export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly fault: Fault }
  | { readonly kind: 'answers'; readonly answers: readonly Answer[]; readonly commit: Commit | null }
  | { readonly kind: 'closed' };
