// What the checks of a file share: where problems go, what the catalog has, and what is known so far.

import type { Action, Schema } from '../plugin/index.ts';
import type { CheckedConnection, CheckedSource } from './checked.ts';
import type { Order } from './order.ts';
import type { Parser } from './parser.ts';
import type { Parts } from './parts.ts';
import type { Report } from './report.ts';
import type { Validate, Validators } from './validate.ts';

export interface Checking {
  readonly report: Report;
  readonly parts: Parts;
  readonly parser: Parser;
  readonly validators: Validators;
  readonly env: Readonly<Record<string, unknown>>;
}

export interface WorkflowChecking extends Checking {
  readonly sources: ReadonlyMap<string, CheckedSource>;
  /** Grows by the connectors that steps use under their own names. */
  readonly connections: Map<string, CheckedConnection>;
  /** Names under `sources` and `connections`, those with problems too. */
  readonly declared: { readonly sources: ReadonlySet<string>; readonly connections: ReadonlySet<string> };
  /** Patterns of sources looked up so far. */
  readonly patterns: Map<string, Taken>;
  /** Compiled schemas of the actions used so far. */
  readonly actions: Map<Action, ReadyAction>;
}

/** What a pattern of sources names. */
export interface Taken {
  readonly taken: readonly string[];
  readonly types: readonly string[];
}

export interface StepChecking extends WorkflowChecking {
  readonly order: Order;
}

export interface ReadyAction {
  /** Of the input, closed. */
  readonly schema: Schema;
  /** Of the input as written. */
  readonly written: Validate;
  /** Of the rendered input. */
  readonly rendered: Validate;
}
