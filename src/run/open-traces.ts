// Turns traces on when a collector is named; only then their libraries are loaded.

import type { Settings } from '../core/settings.ts';
import type { TraceParts, Traces } from './traces.ts';

export interface OpenTraces extends Pick<TraceParts, 'store' | 'clock'> {
  readonly settings: Pick<Settings, 'OTEL_EXPORTER_OTLP_ENDPOINT'>;
}

/** Undefined: nothing is traced. */
export async function openTraces({ settings, store, clock }: OpenTraces): Promise<Traces | undefined> {
  const endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === '') return undefined;
  return (await import('./traces.ts')).createTraces({ endpoint, store, clock });
}
