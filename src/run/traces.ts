// Traces from delivery to effect for OpenTelemetry, made from what happens and what is stored: ids come from our own ids, so that
// a restart or another replica goes on in the same trace and the engine carries nothing along.

import { hash } from 'node:crypto';
import { SpanKind } from '@opentelemetry/api';
import { finalRunStatuses, type Happening, type Time } from '../core/model.ts';
import type { Store } from '../store/store.ts';
import { createExporter, type Context, type Span } from './trace-export.ts';

export interface Traces {
  note(happening: Happening): void;
  /** The `traceparent` of what an attempt sends. */
  parentOf(attempt: AttemptPlace): Promise<string>;
  /** Resolves when everything noted so far is sent, or given up. */
  stop(): Promise<void>;
}

export interface AttemptPlace {
  readonly eventId: string;
  readonly runId: string;
  readonly step: string;
  readonly number: number;
}

export interface TraceParts {
  /** Of the collector: `http://collector:4318`. */
  readonly endpoint: string;
  readonly store: Pick<Store, 'deliveries' | 'run'>;
  readonly clock: () => Time;
}

/** Events and runs that are remembered; others are looked for in the store. */
const most = 5000;

export function createTraces({ endpoint, store, clock }: TraceParts): Traces {
  const exporter = createExporter(endpoint);
  const contexts = createMemory((eventId) => readContext(store, eventId));
  const events = createMemory(async (runId) => (await store.run(runId))?.run.eventId ?? '');
  const emit = async (eventId: string, span: Span) => exporter.emit(await contexts.get(eventId), span);
  const tracing: Tracing = { store, emit, context: contexts.get, eventOf: events.get };
  const work = new Set<Promise<void>>();
  return {
    note: (happening) => {
      // A trace that cannot be made is no reason to stop anything.
      const done = tell(tracing, happening, clock())
        .catch(() => undefined)
        .finally(() => work.delete(done));
      work.add(done);
    },
    parentOf: async ({ eventId, runId, step, number }) => {
      events.set(runId, eventId);
      const { traceId, flags } = await contexts.get(eventId);
      return `00-${traceId}-${idOf('attempt', runId, step, String(number))}-${flags.toString(16).padStart(2, '0')}`;
    },
    stop: async () => {
      await Promise.all(work);
      await exporter.stop();
    },
  };
}

interface Tracing {
  readonly store: TraceParts['store'];
  readonly emit: (eventId: string, span: Span) => Promise<void>;
  readonly context: (eventId: string) => Promise<Context>;
  readonly eventOf: (runId: string) => Promise<string>;
}

async function tell(tracing: Tracing, happening: Happening, now: Time): Promise<void> {
  switch (happening.kind) {
    case 'delivery':
      return happening.status === 'accepted' ? tellDelivery(tracing, happening, now) : undefined;
    case 'event':
      return tellEvent(tracing, happening, now);
    case 'run':
      return finalRunStatuses.includes(happening.status) ? tellRun(tracing, happening.runId, now) : undefined;
    case 'attempt':
      return tellAttempt(tracing, happening, now);
    default:
  }
}

type Of<K extends Happening['kind']> = Extract<Happening, { kind: K }>;

async function tellDelivery(tracing: Tracing, delivery: Of<'delivery'>, now: Time): Promise<void> {
  const { source, deliveryId, eventId, tookMs = 0 } = delivery;
  if (eventId === null) return;
  await tracing.emit(eventId, {
    name: `receive ${source}`,
    id: idOf('delivery', eventId),
    parent: (await tracing.context(eventId)).parent,
    kind: SpanKind.SERVER,
    from: now - tookMs,
    to: now,
    attributes: { 'hookline.source': source, 'hookline.delivery.id': deliveryId, 'hookline.event.id': eventId },
    failed: false,
  });
}

async function tellEvent(tracing: Tracing, { eventId, workflows }: Of<'event'>, now: Time): Promise<void> {
  await tracing.emit(eventId, {
    name: 'match',
    id: idOf('event', eventId),
    parent: idOf('delivery', eventId),
    kind: SpanKind.INTERNAL,
    from: now,
    to: now,
    attributes: { 'hookline.event.id': eventId, 'hookline.matches': workflows.length },
    failed: false,
  });
}

/** The run and its steps, as they are stored when it is over. */
async function tellRun({ store, emit }: Tracing, runId: string, now: Time): Promise<void> {
  const found = await store.run(runId);
  if (found === null) return;
  const { eventId, workflow, status, steps, createdAt, endedAt } = found.run;
  const id = idOf('run', runId);
  const kind = SpanKind.INTERNAL;
  await emit(eventId, {
    name: `run ${workflow}`,
    id,
    parent: idOf('event', eventId),
    kind,
    from: createdAt,
    to: endedAt ?? now,
    attributes: { 'hookline.run.id': runId, 'hookline.workflow': workflow, 'hookline.status': status },
    failed: status === 'failed',
  });
  for (const step of steps) {
    if (step.firstAt === undefined) continue;
    await emit(eventId, {
      name: `step ${step.id}`,
      id: idOf('step', runId, step.id),
      parent: id,
      kind,
      from: step.firstAt,
      to: step.endedAt ?? now,
      attributes: { 'hookline.step': step.id, 'hookline.status': step.status },
      failed: step.status === 'failed',
    });
  }
}

async function tellAttempt({ emit, eventOf }: Tracing, attempt: Of<'attempt'>, now: Time): Promise<void> {
  const { runId, step, number, connection, action, status, tookMs } = attempt;
  await emit(await eventOf(runId), {
    name: `attempt ${connection}.${action}`,
    id: idOf('attempt', runId, step, String(number)),
    parent: idOf('step', runId, step),
    kind: SpanKind.CLIENT,
    from: now - tookMs,
    to: now,
    attributes: {
      'hookline.connection': connection,
      'hookline.action': action,
      'hookline.attempt': number,
      'hookline.status': status,
    },
    failed: status !== 'succeeded',
  });
}

/** A span's id, the same wherever it is asked for. */
function idOf(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts)).slice(0, 16);
}

async function readContext(store: TraceParts['store'], eventId: string): Promise<Context> {
  const [delivery] = await store.deliveries({ eventId, status: 'accepted' }, { limit: 1 });
  const given = delivery?.headers.filter(([name]) => name === 'traceparent').map(([, value]) => value) ?? [];
  const [, traceId = '', parent = '', flags = '00'] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(given[0] ?? '') ?? [];
  const usable = given.length === 1 && /[1-9a-f]/.test(traceId) && /[1-9a-f]/.test(parent);
  if (usable) return { traceId, parent, flags: Number.parseInt(flags, 16) & 1 };
  return { traceId: hash('sha256', eventId).slice(0, 32), parent: null, flags: 1 };
}

/** A value that cannot be read is asked for again. */
function createMemory<T>(read: (key: string) => Promise<T>) {
  const known = new Map<string, Promise<T>>();
  const keep = (key: string, value: Promise<T>) => {
    const [oldest] = known.keys();
    if (known.size >= most && oldest !== undefined) known.delete(oldest);
    known.set(key, value);
    value.catch(() => known.delete(key));
    return value;
  };
  return {
    get: (key: string): Promise<T> => known.get(key) ?? keep(key, read(key)),
    set: (key: string, value: T) => void keep(key, Promise.resolve(value)),
  };
}
