// The nouns and status words that every stage shares. A status word is never renamed.

export type DeliveryStatus = 'accepted' | 'duplicate' | 'refused';
export type EventStatus = 'pending' | 'matched' | 'ignored';
export type RunStatus = 'pending' | 'running' | 'waiting' | 'held' | 'succeeded' | 'failed' | 'canceled';
export type StepStatus = RunStatus | 'skipped';
export type AttemptStatus = 'begun' | 'succeeded' | 'rejected' | 'retryable' | 'in_doubt' | 'interrupted';
export type HeldReason = 'in_doubt' | 'credentials' | 'paused' | 'missing';
/** From `plugin`, repeated as a word because the store keeps it. */
export type EffectWord = 'keyed' | 'repeatable' | 'lookup' | 'once';

export const finalRunStatuses: readonly RunStatus[] = ['succeeded', 'failed', 'canceled'];

/** All times are milliseconds since 1970. */
export type Time = number;

/** One HTTP request from a sender, kept even when refused or repeated. */
export interface Delivery {
  readonly id: string;
  readonly source: string;
  readonly status: DeliveryStatus;
  readonly receivedAt: Time;
  /** Lower-case name and value pairs, without secrets. */
  readonly headers: readonly (readonly [string, string])[];
  /** Refused: why. */
  readonly reason: string | null;
  /** Accepted and duplicate: the event. */
  readonly eventId: string | null;
  /** Length of the whole body in bytes. */
  readonly size: number;
  /** Refused: the first bytes. Duplicate: the body when it differs from the event's. Otherwise null. */
  readonly body: Uint8Array | null;
}

/** The distinct fact behind one or more deliveries. */
export interface Event {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** Dedupe key, and the rule that gave it. */
  readonly key: string;
  readonly rule: string;
  /** When it happened, as the sender says; null when it does not. */
  readonly time: string | null;
  readonly receivedAt: Time;
  readonly status: EventStatus;
  /** The bytes as received. */
  readonly body: Uint8Array;
  /** Names of the workflows that took it, once matched. */
  readonly matched: readonly string[];
  /** Hash of the configuration it was matched with; absent while pending, and for events from before it was kept. */
  readonly config?: string;
}

/** An error as it is stored: secrets already redacted. */
export interface StoredError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  /** Messages of the cause chain, outermost first. */
  readonly causes?: readonly string[];
  /** Place in the workflow file: `workflows.yaml:12:9`. */
  readonly at?: string;
}

/** What a run remembers of one step. */
export interface StepState {
  readonly id: string;
  readonly status: StepStatus;
  /** Of a held step. */
  readonly reason?: HeldReason;
  /** Of a step that is held because its workflow is paused: where its run waits. */
  readonly lane?: string;
  /** Why it was skipped or failed, for people. */
  readonly note?: string;
  /** Raised when the input is rendered anew; part of the key. */
  readonly generation: number;
  /** Attempts begun so far, over all generations. */
  readonly attempts: number;
  /** Attempts that count toward the retry limit, since the last `retry` by a person. */
  readonly retries: number;
  /** First attempt of this generation since the last `retry` by a person; held time is taken off. */
  readonly firstAt?: Time;
  /** When it was last put on hold. */
  readonly heldAt?: Time;
  /** Next attempt or lookup, when waiting. */
  readonly dueAt?: Time;
  /** Present from the first `begun` of the generation on; every retry sends exactly this. */
  readonly input?: unknown;
  readonly output?: unknown;
  readonly error?: StoredError;
  /** The last attempt, when what it did is not known. */
  readonly doubt?: { readonly attemptId: string; readonly endedAt: Time; readonly lookups: number };
  readonly progress?: unknown;
  /** Attempts in a row, the last one among them, during which the process ended. */
  readonly deaths?: number;
  readonly endedAt?: Time;
}

/** One event through one workflow. */
export interface Run {
  readonly id: string;
  readonly eventId: string;
  readonly workflow: string;
  /** 0 for the first run of the event through the workflow; each "replay as new" adds one. */
  readonly replay: number;
  readonly status: RunStatus;
  readonly reason: HeldReason | null;
  /** Hash of the configuration it began with. */
  readonly config: string;
  readonly createdAt: Time;
  readonly startedAt: Time | null;
  readonly endedAt: Time | null;
  /** When it is to be claimed next; null when it is running, held or final. */
  readonly dueAt: Time | null;
  /** Time limit of the whole run; null without one. */
  readonly deadlineAt: Time | null;
  /** The connection that the next step needs: what claims are counted by. */
  readonly lane: string;
  readonly steps: readonly StepState[];
  /** Of the run as a whole: an `if` that threw, a limit passed. */
  readonly error: StoredError | null;
}

/** One try of one step. */
export interface Attempt {
  readonly id: string;
  readonly runId: string;
  readonly step: string;
  readonly number: number;
  readonly generation: number;
  /** Idempotency key. */
  readonly key: string;
  readonly connection: string;
  readonly action: string;
  readonly effect: EffectWord;
  readonly status: AttemptStatus;
  readonly begunAt: Time;
  readonly endedAt: Time | null;
  /** Whether anything was sent: false only when it is known that nothing was. */
  readonly sent: boolean | null;
  readonly output: unknown;
  readonly error: StoredError | null;
  /** The vendor's own wish, in milliseconds. */
  readonly retryAfterMs: number | null;
  /** True when the outcome came after the run had moved on: evidence only. */
  readonly late: boolean;
}

export type ConnectionStatus = 'ok' | 'paused' | 'open';

/** What is kept of a connection, for every replica. */
export interface ConnectionState {
  readonly name: string;
  readonly status: ConnectionStatus;
  /** `paused`: by a person, or because its credentials are refused. */
  readonly reason: 'paused' | 'credentials' | 'down' | null;
  readonly since: Time;
  /** `open`: when the next call may be tried. */
  readonly untilAt: Time | null;
  readonly error: StoredError | null;
}

/** What just happened, for whoever watches: the terminal of `dev`, metrics, the console. Never waited for. */
export type Happening =
  | {
      readonly kind: 'delivery';
      readonly status: DeliveryStatus;
      readonly source: string;
      readonly deliveryId: string;
      readonly eventId: string | null;
      readonly type: string | null;
      readonly reason: string | null;
      /** From the whole body to the disk; absent when it was refused. */
      readonly tookMs?: number;
    }
  | {
      readonly kind: 'event';
      readonly eventId: string;
      readonly type: string;
      readonly workflows: readonly string[];
      /** Of these, those without a run: another run has their `unique` value. */
      readonly withoutRun?: readonly string[];
    }
  | {
      readonly kind: 'run';
      readonly runId: string;
      readonly eventId: string;
      readonly workflow: string;
      readonly status: RunStatus;
      readonly reason: HeldReason | null;
    }
  | {
      readonly kind: 'step';
      readonly runId: string;
      readonly workflow: string;
      readonly step: string;
      readonly status: StepStatus;
      readonly note: string | null;
      readonly dueAt: Time | null;
      /** From its first attempt; only of one that ended. */
      readonly tookMs?: number;
    }
  | {
      readonly kind: 'attempt';
      readonly runId: string;
      readonly step: string;
      readonly number: number;
      readonly connection: string;
      readonly action: string;
      readonly status: AttemptStatus;
      readonly tookMs: number;
      readonly output: unknown;
      readonly error: StoredError | null;
    }
  | { readonly kind: 'connection'; readonly state: ConnectionState }
  /** A person paused it, or let it go on. */
  | { readonly kind: 'workflow'; readonly workflow: string; readonly paused: boolean }
  | {
      /** A workflow file was loaded at the start or since, or refused. */
      readonly kind: 'config';
      readonly status: 'accepted' | 'refused';
      /** Of the one in use from now on. */
      readonly hash: string;
      /** Errors in what was refused. */
      readonly problems: number;
      /** Why it was refused. */
      readonly why: string | null;
      readonly workflows: ConfigChanges;
    };

/** Names of the workflows that an accepted file changed. */
export type ConfigChanges = Readonly<Record<'added' | 'removed' | 'changed', readonly string[]>>;

const workflowPrefix = 'workflow:';

/** Where the pause of a workflow is kept among the states of connections, and where its held runs wait; no connection has such a name. */
export function workflowLane(workflow: string): string {
  return workflowPrefix + workflow;
}

/** Null: it is the lane of a connection. */
export function workflowOfLane(lane: string): string | null {
  return lane.startsWith(workflowPrefix) ? lane.slice(workflowPrefix.length) : null;
}
