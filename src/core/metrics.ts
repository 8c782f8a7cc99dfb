// What is measured: the one table of metrics, and the counting of what happens. How it is written out is not said here.

import { finalRunStatuses, type Happening } from './model.ts';

interface Entry {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Every value of a label is a word of ours or a name from the workflow file. */
  readonly labels: readonly string[];
}

/** Metric → what it is; `docs/reference/metrics.md` is made from it. */
export const metricTable = {
  hookline_deliveries_total: {
    type: 'counter',
    help: 'Deliveries answered. `source` is empty for a name that no source has, `reason` is why one was refused.',
    labels: ['source', 'status', 'reason'],
  },
  hookline_ack_seconds: {
    type: 'histogram',
    help: 'Time from the whole body of a delivery until it was on disk, for accepted and duplicate ones.',
    labels: [],
  },
  hookline_events_total: {
    type: 'counter',
    help: 'Events looked at by the matcher: taken by a workflow (`matched`) or by none (`ignored`).',
    labels: ['status'],
  },
  hookline_matches_total: { type: 'counter', help: 'Events that each workflow took.', labels: ['workflow'] },
  hookline_runs_total: {
    type: 'counter',
    help: 'Runs that ended, and times that one was held; `reason` is why it was held.',
    labels: ['workflow', 'status', 'reason'],
  },
  hookline_attempts_total: {
    type: 'counter',
    help: 'Attempts that ended, by what they came to when they did.',
    labels: ['connection', 'action', 'status'],
  },
  hookline_attempt_seconds: { type: 'histogram', help: 'Time of one attempt.', labels: ['connection'] },
  hookline_step_seconds: {
    type: 'histogram',
    help: 'Time of a step from its first attempt to its end, with all retries and waits.',
    labels: [],
  },
  hookline_config_loads_total: {
    type: 'counter',
    help: 'Workflow files read, at the start and since: `accepted` or `refused`.',
    labels: ['result'],
  },
  hookline_config_stale: {
    type: 'gauge',
    help: '1 when the workflow file is refused and the last accepted one is in use.',
    labels: [],
  },
  hookline_ready: { type: 'gauge', help: '1 when `/readyz` answers 200.', labels: [] },
  hookline_events_pending: {
    type: 'gauge',
    help: 'Events that are stored and not matched yet; counted up to 10,000.',
    labels: [],
  },
  hookline_runs: {
    type: 'gauge',
    help: 'Runs stored that are not over, and failed ones (dead letters); each status counted up to 10,000.',
    labels: ['status'],
  },
  hookline_runs_held: {
    type: 'gauge',
    help: 'Runs held, by reason: `in_doubt` waits for an answer; counted up to 10,000.',
    labels: ['reason'],
  },
  hookline_oldest_due_seconds: {
    type: 'gauge',
    help: 'How long the longest waiting run could have been going on; 0 when none is late.',
    labels: [],
  },
  hookline_runs_active: { type: 'gauge', help: 'Runs under way in this process.', labels: [] },
  hookline_connection_state: {
    type: 'gauge',
    help: '1 for the state that each connection is in: `ok`, `paused` or `open` (left alone for a while).',
    labels: ['connection', 'status'],
  },
  hookline_store_bytes: { type: 'gauge', help: 'Bytes of the store that hold something.', labels: [] },
  hookline_storage_budget_bytes: { type: 'gauge', help: '`STORAGE_BUDGET`; absent without one.', labels: [] },
  hookline_disk_free_bytes: { type: 'gauge', help: 'Free bytes on the disk of the store.', labels: [] },
  hookline_storage_days_left: {
    type: 'gauge',
    help: 'Days until the budget, or without one the disk, is used up if it goes on like this; `+Inf` when nothing grows, absent in the first ten minutes.',
    labels: [],
  },
  hookline_event_loop_delay_seconds: {
    type: 'gauge',
    help: 'How late the process came to its work since the last scrape; `quantile` 1 is the longest delay.',
    labels: ['quantile'],
  },
  process_cpu_seconds_total: { type: 'counter', help: 'CPU time of the process.', labels: [] },
  process_resident_memory_bytes: { type: 'gauge', help: 'Memory of the process.', labels: [] },
  process_start_time_seconds: { type: 'gauge', help: 'When the process started, in seconds since 1970.', labels: [] },
} as const satisfies Record<string, Entry>;

export type MetricName = keyof typeof metricTable;

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of a histogram: which of its series. */
  readonly series?: 'bucket' | 'sum' | 'count';
}

export type Samples = Partial<Record<MetricName, readonly Sample[]>>;

export interface Metrics {
  /** Cheap enough for every delivery. */
  note(happening: Happening): void;
  /** What was counted so far. */
  read(): Samples;
}

/** Upper bounds in seconds. */
export const bounds: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Series of one metric; what comes beyond is counted together, under empty labels. */
const mostSeries = 5000;

/** `knows`: whether a source of this name is configured, because anybody may post to any name. */
export function createMetrics(knows: (source: string) => boolean): Metrics {
  const counted = {
    hookline_deliveries_total: createCounter('hookline_deliveries_total'),
    hookline_ack_seconds: createHistogram('hookline_ack_seconds'),
    hookline_events_total: createCounter('hookline_events_total'),
    hookline_matches_total: createCounter('hookline_matches_total'),
    hookline_runs_total: createCounter('hookline_runs_total'),
    hookline_attempts_total: createCounter('hookline_attempts_total'),
    hookline_attempt_seconds: createHistogram('hookline_attempt_seconds'),
    hookline_step_seconds: createHistogram('hookline_step_seconds'),
    hookline_config_loads_total: createCounter('hookline_config_loads_total'),
  };
  return {
    note: (happening) => note(happening, counted, knows),
    read: () => Object.fromEntries(Object.entries(counted).map(([name, tally]) => [name, tally.read()])),
  };
}

type Counted = Readonly<
  Record<
    Exclude<
      { [K in MetricName]: (typeof metricTable)[K]['type'] extends 'gauge' ? never : K }[MetricName],
      'process_cpu_seconds_total'
    >,
    Tally
  >
>;

function note(happening: Happening, counted: Counted, knows: (source: string) => boolean): void {
  switch (happening.kind) {
    case 'delivery': {
      const { source, status, reason, tookMs } = happening;
      counted.hookline_deliveries_total.add([knows(source) ? source : '', status, reason ?? '']);
      if (tookMs !== undefined) counted.hookline_ack_seconds.add([], tookMs / 1000);
      return;
    }
    case 'event':
      counted.hookline_events_total.add([happening.workflows.length > 0 ? 'matched' : 'ignored']);
      for (const workflow of happening.workflows) counted.hookline_matches_total.add([workflow]);
      return;
    case 'run': {
      const { workflow, status, reason } = happening;
      const over = finalRunStatuses.includes(status) || status === 'held';
      if (over) counted.hookline_runs_total.add([workflow, status, reason ?? '']);
      return;
    }
    case 'step':
      if (happening.tookMs !== undefined) counted.hookline_step_seconds.add([], happening.tookMs / 1000);
      return;
    case 'attempt': {
      const { connection, action, status, tookMs } = happening;
      counted.hookline_attempts_total.add([connection, action, status]);
      counted.hookline_attempt_seconds.add([connection], tookMs / 1000);
      return;
    }
    case 'config':
      counted.hookline_config_loads_total.add([happening.status]);
      return;
    default:
  }
}

interface Tally {
  /** `values`: of the labels, in the order of the table. */
  add(values: readonly string[], seconds?: number): void;
  read(): readonly Sample[];
}

function createCounter(name: MetricName): Tally {
  const series = createSeries(name, () => ({ count: 0 }));
  return {
    add: (values) => void (series.of(values).count += 1),
    read: () => series.all().map(({ labels, state }) => ({ labels, value: state.count })),
  };
}

function createHistogram(name: MetricName): Tally {
  const series = createSeries(name, () => ({ counts: bounds.map(() => 0), sum: 0, count: 0 }));
  return {
    add: (values, seconds = 0) => {
      const state = series.of(values);
      const bucket = bounds.findIndex((bound) => seconds <= bound);
      if (bucket !== -1) state.counts[bucket] = (state.counts[bucket] ?? 0) + 1;
      state.sum += seconds;
      state.count += 1;
    },
    read: () =>
      series.all().flatMap(({ labels, state }): Sample[] => {
        let below = 0;
        const buckets = bounds.map((bound, index): Sample => {
          below += state.counts[index] ?? 0;
          return { labels: { ...labels, le: String(bound) }, value: below, series: 'bucket' };
        });
        return [
          ...buckets,
          { labels: { ...labels, le: '+Inf' }, value: state.count, series: 'bucket' },
          { labels, value: state.sum, series: 'sum' },
          { labels, value: state.count, series: 'count' },
        ];
      }),
  };
}

function createSeries<State>(name: MetricName, create: () => State) {
  const names: readonly string[] = metricTable[name].labels;
  const known = new Map<string, { readonly labels: Readonly<Record<string, string>>; readonly state: State }>();
  return {
    of: (values: readonly string[]): State => {
      const given = known.size < mostSeries ? values : values.map(() => '');
      const found = known.get(values.join('\0')) ?? known.get(given.join('\0'));
      if (found !== undefined) return found.state;
      const labels = Object.fromEntries(names.map((label, index) => [label, given[index] ?? '']));
      const made = { labels, state: create() };
      known.set(given.join('\0'), made);
      return made.state;
    },
    all: () => [...known.values()],
  };
}
