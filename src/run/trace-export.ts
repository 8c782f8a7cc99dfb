// Sends spans whose ids are given to an OpenTelemetry collector, in batches.

import { ROOT_CONTEXT, SpanStatusCode, trace, type Attributes, type SpanKind } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, TracerProvider, type TracerProviderOptions } from '@opentelemetry/sdk-trace';
import type { Time } from '../core/model.ts';

/** The trace of an event: the sender's when it sent one. */
export interface Context {
  readonly traceId: string;
  readonly flags: number;
  /** The sender's span. */
  readonly parent: string | null;
}

export interface Span {
  readonly name: string;
  readonly id: string;
  readonly parent: string | null;
  readonly kind: SpanKind;
  readonly from: Time;
  readonly to: Time;
  /** Our own words and names, never a payload or a message. */
  readonly attributes: Attributes;
  readonly failed: boolean;
}

/** What a collector that does not answer may hold up a stop. */
const patienceMs = 3000;

export interface Exporter {
  emit(context: Context, span: Span): void;
  /** Sends what is left. */
  stop(): Promise<void>;
}

export function createExporter(endpoint: string): Exporter {
  let next = { trace: '', span: '' };
  const ids = { generateTraceId: () => next.trace, generateSpanId: () => next.span };
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url });
  const provider = new TracerProvider({
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 2000, maxQueueSize: 8192 })],
    resource: namedResource({ 'service.name': 'hookline' }),
  });
  const tracer = provider.getTracer('hookline');
  return {
    /** Its id is taken at the start, in one go with the call before it. */
    emit: ({ traceId, flags }: Context, { name, id, parent, kind, from, to, attributes, failed }: Span): void => {
      next = { trace: traceId, span: id };
      const above = { traceId, spanId: parent ?? '', traceFlags: flags, isRemote: true };
      const context = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, above);
      const span = tracer.startSpan(name, { kind, startTime: from, attributes }, context);
      if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(to);
    },
    stop: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, patienceMs);
      await Promise.race([provider.shutdown().catch(() => undefined), promise]);
      clearTimeout(timer);
    },
  };
}

/** What stands beside every span; the library that makes one is not needed for a single name. */
function namedResource(attributes: Attributes): NonNullable<TracerProviderOptions['resource']> {
  const resource: NonNullable<TracerProviderOptions['resource']> = {
    attributes,
    merge: () => resource,
    getRawAttributes: () => Object.entries(attributes),
  };
  return resource;
}
