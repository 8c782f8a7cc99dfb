// `/metrics` for Prometheus: what was counted, and what the store, the connections and the process are like at this moment.

import { createRequire } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { HostError } from '../../core/errors.ts';
import { metricTable, type MetricName, type Sample, type Samples } from '../../core/metrics.ts';
import type { Backlog } from '../../store/store.ts';
import type { Access } from './access.ts';
import { readConnections } from './connections.ts';
import type { AdminParts, Measured } from './parts.ts';

/** Where the counts of what waits end. */
const most = 10_000;
/** Several who ask at about the same time share one look at the store. */
const keepMs = 2000;
/** A store that takes longer is told of by what is absent. */
const patienceMs = 5000;

export function metricRoutes(server: FastifyInstance, parts: AdminParts, access: Access): void {
  const { measured } = parts;
  if (measured === undefined) return;
  let known: { readonly until: number; readonly text: Promise<string> } | undefined;
  let exporter: Exporter | undefined;
  const write = async () => {
    // Only who is asked pays for it.
    exporter ??= createExporter();
    return exporter.write(await collect(parts, measured, exporter.delay));
  };
  server.addHook('onClose', async () => exporter?.delay.disable());
  server.get('/metrics', async ({ method, headers }, reply) => {
    if (!measured.open && access.roleOf({ method, headers }) === null) throw new HostError('admin.unauthorized');
    const now = performance.now();
    if (known === undefined || known.until <= now) known = { until: now + keepMs, text: write() };
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await known.text);
  });
}

/** Everything of the table; what cannot be known now has no samples. */
async function collect(parts: AdminParts, measured: Measured, delay: Delay): Promise<Samples> {
  const answered = await withPatience(
    Promise.all([parts.store.backlog(most), readConnections(parts), measured.ready()]),
  );
  const [backlog, connections, ready] = answered ?? [];
  const { user, system } = process.cpuUsage();
  const daysLeft = measured.daysLeft();
  const samples: Samples = {
    ...measured.counted(),
    hookline_config_stale: one(measured.stale() ? 1 : 0),
    hookline_ready: one(ready?.ok === true ? 1 : 0),
    ...(backlog === undefined ? {} : ofStore(backlog, parts.clock())),
    hookline_runs_active: one(measured.active()),
    hookline_connection_state: (connections ?? []).map(({ name, status }) => sample({ connection: name, status }, 1)),
    hookline_storage_budget_bytes: measured.budget > 0 ? one(measured.budget) : [],
    hookline_storage_days_left: daysLeft === null ? [] : one(daysLeft),
    hookline_event_loop_delay_seconds: delays(delay),
    process_cpu_seconds_total: one((user + system) / 1e6),
    process_resident_memory_bytes: one(process.memoryUsage.rss()),
    process_start_time_seconds: one((Date.now() - process.uptime() * 1000) / 1000),
  };
  return samples;
}

function ofStore(backlog: Backlog, now: number): Samples {
  const { pendingEvents, runs, held, oldestDueAt, usedBytes, diskFreeBytes } = backlog;
  return {
    hookline_events_pending: one(pendingEvents),
    hookline_runs: Object.entries(runs).map(([status, count]) => sample({ status }, count)),
    hookline_runs_held: Object.entries(held).map(([reason, count]) => sample({ reason }, count)),
    hookline_oldest_due_seconds: one(oldestDueAt === null ? 0 : Math.max(0, now - oldestDueAt) / 1000),
    hookline_store_bytes: one(usedBytes),
    hookline_disk_free_bytes: diskFreeBytes === null ? [] : one(diskFreeBytes),
  };
}

const sample = (labels: Sample['labels'], value: number): Sample => ({ labels, value });
const one = (value: number): readonly Sample[] => [sample({}, value)];

/** Undefined when it fails or takes too long. */
async function withPatience<T>(work: Promise<T>): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), patienceMs);
  try {
    return await Promise.race([work, promise]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

type Delay = ReturnType<typeof monitorEventLoopDelay>;

const resolutionMs = 20;

/** Since the last time; what the timer takes by itself is left out. */
function delays(histogram: Delay): readonly Sample[] {
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolutionMs / 1000);
  const found = histogram.count === 0 ? [] : [0.5, 0.99, 1];
  const samples = found.map((quantile) =>
    sample(
      { quantile: String(quantile) },
      seconds(quantile === 1 ? histogram.max : histogram.percentile(quantile * 100)),
    ),
  );
  histogram.reset();
  return samples;
}

interface Exporter {
  readonly delay: Delay;
  write(samples: Samples): Promise<string>;
}

/** The part of prom-client that writes; its entry would load all of it and take 20 MB. */
interface Registry {
  registerMetric(metric: object): void;
  metrics(): Promise<string>;
}

function createExporter(): Exporter {
  const load = createRequire(import.meta.url);
  const PromRegistry = load('prom-client/lib/registry.js') as new () => Registry;
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  return {
    delay,
    write: (samples) => {
      const registry = new PromRegistry();
      for (const [name, { type, help }] of Object.entries(metricTable)) {
        const values = (samples[name as MetricName] ?? []).map(({ labels, value, series }) => ({
          labels,
          value,
          ...(series === undefined ? {} : { metricName: `${name}_${series}` }),
        }));
        registry.registerMetric({ name, get: async () => ({ name, type, help, values }) });
      }
      return registry.metrics();
    },
  };
}
