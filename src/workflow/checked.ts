// A workflow file after its checks and before it is compiled: every name resolved, every expression parsed.

import type { Action, Connector, Effect, Schema, Source } from '../plugin/index.ts';
import type { Catalogue } from './catalogue.ts';
import type { RetryPolicy } from './compile.ts';
import type { EventPattern } from './glob.ts';
import type { Rate } from './rate.ts';
import type { Span } from './report.ts';
import type { Validate } from './validate.ts';
import type { Value, Written } from './value.ts';

export interface CheckedSource {
  readonly name: string;
  readonly source: Source;
  readonly catalogue: Catalogue;
  readonly secrets: readonly Value[];
  readonly settings: Value | undefined;
  readonly keepContentKeysMs: number | undefined;
  /** The secrets it reads, and where. */
  readonly secretSpans: ReadonlyMap<string, Span>;
  readonly span: Span;
}

export interface CheckedConnection {
  readonly name: string;
  readonly connector: Connector;
  readonly settings: Value | undefined;
  /** The secrets it reads, and where. */
  readonly secretSpans: ReadonlyMap<string, Span>;
  readonly concurrency: number | undefined;
  readonly rate: Rate | undefined;
  readonly span: Span;
}

export interface CheckedStep {
  readonly id: string;
  readonly connection: string;
  readonly connector: Connector;
  readonly actionName: string;
  readonly action: Action;
  /** The action's input schema, closed. */
  readonly schema: Schema;
  /** Validates a rendered input. */
  readonly validate: Validate;
  readonly effect: Effect;
  readonly needs: readonly string[];
  readonly onError: 'fail' | 'continue';
  readonly onDoubt: 'hold' | 'retry';
  /** Whether the file says `onDoubt` itself. */
  readonly saysDoubt: boolean;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number | undefined;
  readonly condition: Written | undefined;
  /** Undefined without `with`. */
  readonly input: Value | undefined;
  readonly span: Span;
}

/** What a step reads, and after which it runs. */
export type ReadingStep = Pick<CheckedStep, 'id' | 'needs' | 'condition' | 'input'>;

/** A step whose action is not known. */
export interface UnresolvedStep extends ReadingStep {
  readonly schema?: undefined;
}

export interface CheckedWorkflow {
  readonly name: string;
  readonly description: string;
  readonly on: readonly EventPattern[];
  readonly condition: Written | undefined;
  readonly unique: Written | undefined;
  readonly timeoutMs: number | undefined;
  readonly steps: readonly CheckedStep[];
  readonly unresolved: readonly UnresolvedStep[];
  readonly span: Span;
}

export interface CheckedFile {
  readonly env: Readonly<Record<string, unknown>>;
  /** Where the names of `env` stand. */
  readonly envSpans: ReadonlyMap<string, Span>;
  readonly sources: readonly CheckedSource[];
  readonly connections: readonly CheckedConnection[];
  readonly workflows: readonly CheckedWorkflow[];
}
