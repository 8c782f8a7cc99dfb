// How the nouns stand in columns, which is the same in both stores: rows as they are read, and what becomes of them.

import type {
  Attempt,
  AttemptStatus,
  ConnectionState,
  Delivery,
  DeliveryStatus,
  EffectWord,
  Event,
  EventStatus,
  HeldReason,
  Run,
  RunStatus,
  StepState,
  StoredError,
} from '../core/model.ts';

/** A value in a JSON column; absent is null. */
export function toJson(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}

export function fromJson(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

export interface RunRow {
  id: string;
  event_id: string;
  workflow: string;
  replay: number;
  status: RunStatus;
  reason: HeldReason | null;
  config: string;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
  due_at: number | null;
  deadline_at: number | null;
  lane: string;
  error: string | null;
  steps: string;
}

export function toRun(row: RunRow): Run {
  return {
    id: row.id,
    eventId: row.event_id,
    workflow: row.workflow,
    replay: row.replay,
    status: row.status,
    reason: row.reason,
    config: row.config,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    dueAt: row.due_at,
    deadlineAt: row.deadline_at,
    lane: row.lane,
    steps: JSON.parse(row.steps) as StepState[],
    error: fromJson(row.error) as StoredError | null,
  };
}

export const attemptColumns =
  'run_id, id, step, number, generation, key, connection, action, effect, status, begun_at, ended_at, sent, ' +
  'retry_after_ms, late, error, output';

/** SQLite has 0 and 1 for false and true. */
type Flag = boolean | number;

export interface AttemptRow {
  run_id: string;
  id: string;
  step: string;
  number: number;
  generation: number;
  key: string;
  connection: string;
  action: string;
  effect: EffectWord;
  status: AttemptStatus;
  begun_at: number;
  ended_at: number | null;
  sent: Flag | null;
  retry_after_ms: number | null;
  late: Flag;
  error: string | null;
  output: string | null;
}

export function toAttempt(row: AttemptRow): Attempt {
  return {
    id: row.id,
    runId: row.run_id,
    step: row.step,
    number: row.number,
    generation: row.generation,
    key: row.key,
    connection: row.connection,
    action: row.action,
    effect: row.effect,
    status: row.status,
    begunAt: row.begun_at,
    endedAt: row.ended_at,
    sent: row.sent === null ? null : Boolean(row.sent),
    output: fromJson(row.output),
    error: fromJson(row.error) as StoredError | null,
    retryAfterMs: row.retry_after_ms,
    late: Boolean(row.late),
  };
}

export interface EventRow {
  id: string;
  source: string;
  type: string;
  key: string;
  rule: string;
  time: string | null;
  received_at: number;
  status: EventStatus;
  matched: string;
  config: string | null;
}

/** All but its body. */
export function toEvent(row: EventRow): Omit<Event, 'body'> {
  return {
    id: row.id,
    source: row.source,
    type: row.type,
    key: row.key,
    rule: row.rule,
    time: row.time,
    receivedAt: row.received_at,
    status: row.status,
    matched: JSON.parse(row.matched) as string[],
    ...(row.config === null ? {} : { config: row.config }),
  };
}

export interface DeliveryRow {
  id: string;
  source: string;
  status: DeliveryStatus;
  received_at: number;
  reason: string | null;
  event_id: string | null;
  size: number;
  headers: string;
  body: Uint8Array | null;
}

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    source: row.source,
    status: row.status,
    receivedAt: row.received_at,
    headers: JSON.parse(row.headers) as Delivery['headers'],
    reason: row.reason,
    eventId: row.event_id,
    size: row.size,
    body: row.body,
  };
}

/** The event that is named like this delivery but for the prefix: then its row tells of both, and both sort alike. */
export function eventOf(deliveryId: string): string | undefined {
  return deliveryId.startsWith('dlv') ? `evt${deliveryId.slice(3)}` : undefined;
}

/** What is no delivery's id still has its place among them. */
export function amongEvents(id: string): string {
  return eventOf(id) ?? (id < 'dlv' ? '' : 'evu');
}

export interface ConnectionRow {
  name: string;
  status: ConnectionState['status'];
  reason: ConnectionState['reason'];
  since: number;
  until_at: number | null;
  error: string | null;
}

export function toConnection(row: ConnectionRow): ConnectionState {
  return {
    name: row.name,
    status: row.status,
    reason: row.reason,
    since: row.since,
    untilAt: row.until_at,
    error: fromJson(row.error) as StoredError | null,
  };
}
