// What a connector or a source is: plain objects from `defineConnector`, `defineAction` and `defineSource`.

import type { FromSchema, Schema } from './schema.ts';
import type { RawRequest, SignatureScheme, Verdict } from './signature.ts';

/**
 * What a repeat of the action does, and so what the host may do when an attempt ends in doubt.
 * - `keyed`: the vendor honours `attempt.key`; a repeat with it changes nothing
 * - `repeatable`: doing it twice is the same as doing it once
 * - `lookup`: the action can ask whether it happened (`lookup`)
 * - `once`: none of these; a person or the YAML's `onDoubt` decides
 */
export type Effect = 'keyed' | 'repeatable' | 'lookup' | 'once';

export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** What the host gives `connect`. */
export interface Tools {
  /**
   * `fetch` behind the host's guard: refuses private addresses on the address really connected to, follows no redirect
   * (a 3xx is returned as it is), limits time and size, and knows whether a request left. Use it for every request.
   */
  readonly fetch: typeof globalThis.fetch;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** One try of one step. */
export interface Attempt {
  /** Idempotency key: 64 lower-case hex characters, the same for every attempt that sends the same input. */
  readonly key: string;
  /** 1 for the first attempt of the step. */
  readonly number: number;
  /** When the first attempt with this key began, in milliseconds since 1970. */
  readonly firstAt: number;
  /** Aborts at the attempt's time limit, on cancel and at shutdown. `tools.fetch` obeys it by itself. */
  readonly signal: AbortSignal;
  /** `progress` of the last error of this step; undefined on the first attempt. */
  readonly progress: unknown;
  readonly log: Log;
  /** Call before anything is sent by another way than `tools.fetch`. */
  sending(): void;
}

/**
 * One thing a connector can do. `run` resolves to the output when the vendor confirmed; otherwise it throws one of the
 * four action errors (anything else is in doubt when something was sent, else retryable).
 */
export interface ActionDefinition<I extends Schema = Schema, O extends Schema = Schema, C = never> {
  readonly description: string;
  readonly input: I;
  readonly output: O;
  /**
   * The word, or a function of the literal input that gives it. Where an expression decides a field with an `enum` or a
   * boolean, the host tries each value and takes the weakest word; another such field is absent.
   */
  readonly effect: Effect | ((input: Partial<FromSchema<I>>, settings: unknown) => Effect);
  /** True when it changes nothing and is there for its output alone: `check` then warns of a step whose output nobody reads. */
  readonly reads?: boolean;
  run(client: C, input: FromSchema<I>, attempt: Attempt): Promise<FromSchema<O>>;
  /**
   * Only for `effect: 'lookup'`: did the attempt with this key happen? The output when it did, undefined when it surely did
   * not. A `RetryableError` asks to look again later; any other error means it cannot be known this way.
   */
  lookup?(client: C, input: FromSchema<I>, attempt: Attempt): Promise<FromSchema<O> | undefined>;
  /** How long after an attempt's end a lookup may be believed, in milliseconds. Default 10,000. */
  readonly lookupAfterMs?: number;
  /** Time limit of one attempt in milliseconds, when the host's default (30,000) does not suit. */
  readonly timeoutMs?: number;
}

/** An action whose types are forgotten, as the host holds it. */
export interface Action extends Omit<ActionDefinition, 'run' | 'lookup' | 'effect'> {
  readonly effect: Effect | ((input: Record<string, unknown>, settings: unknown) => Effect);
  run(client: unknown, input: unknown, attempt: Attempt): Promise<unknown>;
  lookup?(client: unknown, input: unknown, attempt: Attempt): Promise<unknown>;
}

/** One thing a sandbox holds: a message, a mail, a record, a request. */
export interface SandboxItem {
  readonly id: string;
  /** `message`, `mail`, `record`, `request`. */
  readonly kind: string;
  /** ISO 8601. */
  readonly at: string;
  /** One line for a list: `Task "Call with an agent"`. */
  readonly title: string;
  readonly fields: Record<string, unknown>;
}

/** A running local stand-in of a vendor. */
export interface Sandbox {
  /** Replaces the connection's settings. */
  readonly settings: Record<string, unknown>;
  /** `host:port` pairs the guard opens for this connection, and nothing else. */
  readonly hosts: readonly string[];
  /** What arrived, oldest first. */
  list(): readonly SandboxItem[];
  close(): Promise<void>;
}

export interface SandboxOptions {
  /** False in `dev`, where an unknown custom field is accepted with a note; true in tests. */
  readonly strict: boolean;
  readonly now: () => number;
  readonly log: Log;
  /** Settings as written in the workflow file, secrets left out: what a stand-in should imitate. */
  readonly settings: Record<string, unknown>;
}

export type StartSandbox = (options: SandboxOptions) => Promise<Sandbox>;

export interface ConnectorDefinition<S extends Schema = Schema, C = unknown> {
  readonly name: string;
  readonly description: string;
  readonly settings: S;
  /** Settings that are masked everywhere. */
  readonly secrets?: readonly string[];
  /** Makes the client; import vendor libraries here, so that an unused connector costs nothing. */
  connect(settings: FromSchema<S>, tools: Tools): C | Promise<C>;
  /** A call that changes nothing and fails with an action error when the connection does not work. */
  check?(client: C): Promise<void>;
  close?(client: C): Promise<void>;
  readonly actions: { readonly [name: string]: ActionDefinition<Schema, Schema, C> };
  /** Loads the local stand-in; its imports are paid for only when it is used. */
  readonly sandbox?: () => Promise<{ readonly startSandbox: StartSandbox }>;
}

/** A connector whose types are forgotten, as the host holds it. */
export interface Connector extends Omit<ConnectorDefinition, 'connect' | 'check' | 'close' | 'actions'> {
  connect(settings: unknown, tools: Tools): unknown;
  check?(client: unknown): Promise<void>;
  close?(client: unknown): Promise<void>;
  readonly actions: { readonly [name: string]: Action };
}

/** A received delivery after verification, with its body decoded. */
export interface ReceivedDelivery {
  /** The parsed body; integers beyond 2^53 are text. */
  readonly body: unknown;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** What a delivery is about. */
export interface Identity {
  /** Such as `call.ended`. */
  readonly type: string;
  /** The fact's own id; undefined: the host uses a hash of `data`. */
  readonly id?: string | undefined;
  /** True when a hash of `data` belongs to the key beside `id`, because one id has several facts. */
  readonly withContent?: boolean;
  /** Which rule gave the id, shown to people: `data.id`. */
  readonly rule: string;
  /** When it happened, ISO 8601; undefined when the sender does not say. */
  readonly time?: string | undefined;
  /** What expressions read as `event.data`. */
  readonly data: unknown;
}

/** What a sample is made from, so that it can be the same twice or fresh. */
export interface SampleSeed {
  /** A UUID: the call's, batch's or voice's id. */
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
}

/** The seed of the sample that is the same every time. */
export const fixedSeed: SampleSeed = { id: '7c9e6679-7425-40de-944b-e07fc1f90ae7', at: '2026-01-15T10:30:00.000Z' };

export interface EventDefinition {
  readonly description: string;
  /** Schema of `event.data`, after the source mapped the sender's shapes to one. */
  readonly data: Schema;
  /** Schema of the body as sent, in any of the sender's shapes. */
  readonly body: Schema;
  /** Shape name → the whole body as the sender would send it; the first is the one `send` uses. */
  readonly samples: { readonly [shape: string]: (seed: SampleSeed) => unknown };
}

export interface SourceDefinition<S extends Schema = Schema> {
  readonly name: string;
  readonly description: string;
  /** Settings beside `secrets`; none when absent. */
  readonly settings?: S;
  /** The declarative scheme; or `verify` for the few senders that need code. */
  readonly scheme?: SignatureScheme | ((settings: FromSchema<S>) => SignatureScheme);
  verify?(request: RawRequest, secrets: readonly string[], now: number, settings: FromSchema<S>): Verdict;
  /** How the body is read. Default `json`. */
  readonly body?: 'json' | 'form' | 'text' | ((settings: FromSchema<S>) => 'json' | 'form' | 'text');
  /** Throws nothing for any body; a body of another form than the sender's still gives a type and data. */
  identify(delivery: ReceivedDelivery, settings: FromSchema<S>): Identity;
  /** Answers a verified handshake request; null when the delivery is none. */
  handshake?(
    delivery: ReceivedDelivery,
    secrets: readonly string[],
  ): { readonly status: number; readonly contentType: string; readonly body: string } | null;
  /** Status of an accepted or duplicate delivery. Default 204. */
  readonly status?: number;
  /** How long a dedupe mark is kept at least, in milliseconds: the sender's whole retry schedule. */
  readonly retriesForMs?: number;
  /** Catalogue: type → event. */
  readonly events: { readonly [type: string]: EventDefinition };
  /** Headers beside the signature that the sender adds to a sample of a type: the type itself, a delivery id. */
  sampleHeaders?(type: string, seed: SampleSeed): Record<string, string>;
}

/** A source whose types are forgotten, as the host holds it. */
export interface Source extends Omit<SourceDefinition, 'scheme' | 'verify' | 'body' | 'identify'> {
  readonly scheme?: SignatureScheme | ((settings: unknown) => SignatureScheme);
  verify?(request: RawRequest, secrets: readonly string[], now: number, settings: unknown): Verdict;
  readonly body?: 'json' | 'form' | 'text' | ((settings: unknown) => 'json' | 'form' | 'text');
  identify(delivery: ReceivedDelivery, settings: unknown): Identity;
}

/** Declares an action; `input` and `output` give the types of `run`. */
export function defineAction<const I extends Schema, const O extends Schema, C>(
  definition: ActionDefinition<I, O, C>,
): ActionDefinition<Schema, Schema, C> {
  return definition;
}

/** Declares a connector; the default export of its file. */
export function defineConnector<const S extends Schema, C>(definition: ConnectorDefinition<S, C>): Connector {
  return definition;
}

/** Declares a source; the default export of its file. */
export function defineSource<const S extends Schema>(definition: SourceDefinition<S>): Source {
  return definition as Source;
}
