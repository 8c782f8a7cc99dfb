// A checked workflow file made ready to match and run: every expression compiled, every action resolved.

import type { Action, Connector, Effect, Source } from '../plugin/index.ts';
import type { Catalogue } from './catalogue.ts';
import type { Budget } from './expression/budget.ts';
import type { Place } from './problem.ts';
import type { Rate } from './rate.ts';

/** What expressions read as `event`. */
export interface EventScope {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  /** ISO 8601, or null when the sender does not say. */
  readonly time: string | null;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly data: unknown;
  /** The whole body as it was sent. */
  readonly body: unknown;
}

/** What expressions of a step read. */
export interface StepScope {
  readonly event: EventScope;
  readonly run: { readonly id: string; readonly startedAt: string; readonly replay: number };
  readonly steps: { readonly [id: string]: { readonly status: string; readonly output?: unknown } };
}

/** An expression that failed while it ran, with its place in the file. */
export interface ExpressionFailure {
  readonly message: string;
  readonly at: Place;
  /** An input that was rendered and is only not valid. */
  readonly rendered?: unknown;
}

export type Evaluated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: ExpressionFailure };

export interface RetryPolicy {
  /** Attempts in all; undefined: only time limits them. */
  readonly attempts?: number;
  readonly withinMs?: number;
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
}

export interface Step {
  readonly id: string;
  /** Connection name, or the connector's own name when it is used without one. */
  readonly connection: string;
  readonly connector: Connector;
  readonly actionName: string;
  readonly action: Action;
  /** The weakest word the literal input allows. */
  readonly effect: Effect;
  /** Ids of the steps that must be done first; all above when the YAML has no `needs`. */
  readonly needs: readonly string[];
  readonly onError: 'fail' | 'continue';
  readonly onDoubt: 'hold' | 'retry';
  readonly retry: RetryPolicy;
  /** Time limit of one attempt. */
  readonly timeoutMs?: number;
  readonly at: Place;
  /** True without an `if`. The budget is one for a step: given to both, what its `if` spends is not there for its input. */
  condition(scope: StepScope, budget?: Budget): Evaluated<boolean>;
  /** Renders and validates the input. */
  input(scope: StepScope, budget?: Budget): Evaluated<unknown>;
}

export interface Workflow {
  readonly name: string;
  readonly description: string;
  /** What it waits for, as `source:type` patterns. */
  readonly on: readonly string[];
  readonly steps: readonly Step[];
  /** Time limit of the whole run. */
  readonly timeoutMs?: number;
  readonly at: Place;
}

/** One workflow that takes an event. */
export interface Match {
  readonly workflow: Workflow;
  /** Value of `unique` as text; null without one, or when it is missing. */
  readonly unique: string | null;
  /** The `if` or `unique` threw: the run is recorded as failed with this. */
  readonly failure?: ExpressionFailure;
}

/** A value that a condition read. */
export interface SeenValue {
  /** As written: `event.data.call.summary`. */
  readonly path: string;
  /** JSON, cut when it is long; `missing` without quotes when there is none. */
  readonly shown: string;
}

/** A top-level `&&` term of an `if` that is false. */
export interface FalseTerm {
  /** As written, on one line. */
  readonly text: string;
  readonly at: Place;
  readonly values: readonly SeenValue[];
}

/** Why one workflow takes an event, or does not. */
export type Explanation = { readonly workflow: Workflow } & (
  | { readonly is: 'taken'; readonly match: Match }
  /** No entry of its `on` names the event. */
  | { readonly is: 'other-event'; readonly on: readonly string[] }
  /** The first false term of its `if`; null when none is false by itself. `failing`: how many terms do not hold. */
  | { readonly is: 'false'; readonly term: FalseTerm | null; readonly failing: number }
);

export interface SourceConfig {
  readonly name: string;
  readonly source: Source;
  /** Names of the secrets it refers to. */
  readonly secretNames: readonly string[];
  /** Secrets and settings with every reference filled in. */
  resolve(secret: (name: string) => string): { readonly secrets: readonly string[]; readonly settings: unknown };
  /** Event types it is known to send, those that the file adds among them. */
  readonly catalogue: Catalogue;
  /** How long a key made from content is remembered; undefined: as the settings say. */
  readonly keepContentKeysMs?: number;
  readonly at: Place;
}

export interface ConnectionConfig {
  readonly name: string;
  readonly connector: Connector;
  readonly secretNames: readonly string[];
  /** Settings with every reference filled in. */
  resolve(secret: (name: string) => string): unknown;
  /** Settings as written, secret references left out. */
  readonly plainSettings: Readonly<Record<string, unknown>>;
  /** Attempts at the same time; undefined: the default. */
  readonly concurrency?: number;
  /** Attempts begun in a span of time; undefined: any number. */
  readonly rate?: Rate;
  readonly at: Place;
}

/** A loaded file. */
export interface Workflows {
  /** Of several files: their folder. */
  readonly file: string;
  /** Of several files: all of them with their names, as `unpackFiles` reads them. */
  readonly text: string;
  /** sha256 of the text, hex. */
  readonly hash: string;
  readonly sources: ReadonlyMap<string, SourceConfig>;
  /** Every connection that is declared or used under a connector's own name. */
  readonly connections: ReadonlyMap<string, ConnectionConfig>;
  readonly workflows: ReadonlyMap<string, Workflow>;
  /** Whether a workflow takes this alert of our own (`run.failed`); absent: none does. */
  readonly alerts?: ReadonlySet<string>;
  /** The workflows that take this event, in file order. */
  match(event: EventScope): readonly Match[];
  /** False: no workflow takes an event of this source and type, whatever it holds. */
  wants(kind: Pick<EventScope, 'source' | 'type'>): boolean;
  /** Every workflow in file order, with the reason. Absent on what was not loaded from a file. */
  explain?(event: EventScope): readonly Explanation[];
}

/** Where connectors and sources come from; `connect/find.ts` gives one. */
export interface Catalog {
  connector(name: string): Promise<Connector | undefined>;
  source(name: string): Promise<Source | undefined>;
  readonly connectorNames: readonly string[];
  readonly sourceNames: readonly string[];
  /** Plugin files that could not be loaded: name → why, with the file. */
  readonly broken: ReadonlyMap<string, string>;
}
