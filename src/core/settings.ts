// Every setting and default of Hookline in one table; `docs/reference/settings.md` is generated from it.

import { readFileSync } from 'node:fs';
import { HostError } from './errors.ts';

interface Setting<T> {
  readonly default: T;
  readonly description: string;
  /** What a value must look like, for the error message. */
  readonly expected: string;
  /** Undefined: not acceptable. */
  parse(text: string): T | undefined;
}

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const factors: Record<string, number> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

const text = (value: string, description: string): Setting<string> => ({
  default: value,
  description,
  expected: 'text',
  parse: (given) => given,
});

const port = (value: number, description: string): Setting<number> => ({
  default: value,
  description,
  expected: 'a port from 0 to 65535',
  parse: (given) => (/^\d{1,5}$/.test(given) && Number(given) <= 65_535 ? Number(given) : undefined),
});

const count = (value: number, description: string): Setting<number> => ({
  default: value,
  description,
  expected: 'a whole number of 1 or more',
  parse: (given) => (/^[1-9]\d{0,9}$/.test(given) ? Number(given) : undefined),
});

/** A duration in milliseconds, written `500ms`, `30s`, `5m`, `24h` or `30d`. */
const duration = (value: string, description: string): Setting<number> => ({
  default: parseDuration(value) ?? 0,
  description,
  expected: 'a duration such as 500ms, 30s, 5m, 24h or 30d',
  parse: parseDuration,
});

/** The queue hands a run to another replica no sooner than this. */
const lease = (value: string, description: string): Setting<number> => ({
  ...duration(value, description),
  expected: 'a duration of 10s or more',
  parse: (given) => ((parseDuration(given) ?? 0) >= 10_000 ? parseDuration(given) : undefined),
});

const list = (description: string): Setting<readonly string[]> => ({
  default: [],
  description,
  expected: 'a list separated by commas',
  parse: (given) =>
    given
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
});

const size = (value: number, description: string): Setting<number> => ({
  default: value,
  description,
  expected: 'a size such as 500kB, 1MiB or 1048576',
  parse: parseSize,
});

const leastBudget = 16 * 1024 ** 2;

const flag = (description: string): Setting<boolean> => ({
  default: false,
  description,
  expected: 'true or false',
  parse: (given) => (given === 'true' ? true : given === 'false' ? false : undefined),
});

/** Environment variable → setting. Nothing else in Hookline has a default of its own. */
export const settingTable = {
  HOST: text(
    '127.0.0.1',
    'Address the receiver listens on; the image sets 0.0.0.0. Of a name, `localhost` say, the first address that the system gives is taken, and no other; the line at the start shows it. `::` listens on every address, IPv4 too.',
  ),
  PORT: port(3000, 'Port of the receiver; 0 takes a free one.'),
  ADMIN_HOST: text('127.0.0.1', 'Address the admin listener listens on; any but a loopback address needs ADMIN_TOKEN.'),
  ADMIN_PORT: port(3001, 'Port of the admin listener; 0 takes a free one.'),
  METRICS_PUBLIC: flag(
    '`true`: `/metrics` on the admin listener needs no token. It names sources, workflows and connections, and holds no data.',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: text(
    '',
    'Address of an OpenTelemetry collector (OTLP over HTTP), such as `http://collector:4318`: traces from delivery to effect are sent there. Default: none are made.',
  ),
  DATA_DIR: text('./data', 'Folder of the embedded store.'),
  DATABASE_POOL: count(10, 'Connections of one replica to the database, besides one to receive and one to listen.'),
  DATABASE_LEASE: lease('10s', 'How long a replica may be silent before the others take over its runs; 10 s at least.'),
  WORKFLOWS: text(
    './workflows.yaml',
    'The workflow file, or a folder of them. Not set, and without that file: the folder `./workflows`.',
  ),
  PLUGINS: text('', 'Folder of custom connectors; default: `plugins` beside the workflow file.'),
  LOG_LEVEL: text('info', 'debug, info, warn or error.'),
  ALLOW_PRIVATE: list(
    'Hosts and CIDR ranges that connectors may reach although they are private: `10.0.0.0/8,crm.internal`.',
  ),
  BODY_LIMIT: size(1_048_576, 'Largest body of a delivery; a larger one is answered 413.'),
  REQUEST_TIMEOUT: duration('10s', 'Time in which a request must have been read; then the connection is closed.'),
  ATTEMPT_TIMEOUT: duration('30s', 'Time limit of one attempt.'),
  RETRY_WITHIN: duration('24h', 'How long a step is retried after its first attempt.'),
  RETRY_FIRST_DELAY: duration('5s', 'Delay before the first durable retry; it doubles each time, with full jitter.'),
  RETRY_MAX_DELAY: duration('1h', 'Longest delay between two retries.'),
  RETRY_AFTER_CAP: duration('24h', 'Longest Retry-After of a vendor that is honoured.'),
  CONCURRENCY: count(10, 'Attempts under way at the same time for each connection.'),
  SHUTDOWN_GRACE: duration('25s', 'Time that attempts under way have to finish at SIGTERM.'),
  CHECK_EVERY: duration('5m', 'How often a connection with refused credentials is checked.'),
  WATCHDOG: duration(
    '10s',
    'How long a connector may keep the whole process from working, by a loop say, before the process is ended to be started again; `0s`: for ever.',
  ),
  CIRCUIT_AFTER: count(5, 'Failures in a row after which a connection is left alone for a while.'),
  CIRCUIT_FOR: duration('30s', 'How long a connection is left alone before one call tries it again.'),
  STORAGE_BUDGET: {
    ...size(
      0,
      'Most bytes that the embedded store may take, such as `5GiB`. At nine tenths of it the oldest runs and events that are over leave before their time; at the whole of it deliveries are answered 503. Default: none, only the disk limits it.',
    ),
    expected: 'a size of 16MiB or more, such as 5GiB',
    parse: (given) => {
      const bytes = parseSize(given);
      return bytes === undefined || bytes < leastBudget ? undefined : bytes;
    },
  },
  KEEP_SUCCEEDED: duration('30d', 'How long succeeded and canceled runs are kept.'),
  KEEP_FAILED: duration('90d', 'How long failed runs are kept.'),
  KEEP_DELIVERIES: duration('30d', 'How long refused deliveries, and events that no workflow took, are kept.'),
  KEEP_KEYS: duration('30d', 'How long a dedupe key is remembered.'),
  KEEP_CONTENT_KEYS: duration('24h', 'How long a dedupe key made from a content hash is remembered.'),
} as const satisfies Record<string, Setting<unknown>>;

type Table = typeof settingTable;
/** `settings.PORT` and so on; durations in milliseconds, sizes in bytes. */
export type Settings = {
  readonly [K in keyof Table]: Table[K]['default'] extends readonly string[]
    ? readonly string[]
    : Widen<Table[K]['default']>;
};
type Widen<T> = T extends number ? number : T extends string ? string : T extends boolean ? boolean : T;

/** Reads all settings from an environment; an empty variable counts as not set. Throws `setting.invalid`. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settingTable) as [string, Setting<unknown>][]) {
    const given = env[name];
    if (given === undefined || given.trim() === '') {
      values[name] = setting.default;
      continue;
    }
    const value = setting.parse(given.trim());
    if (value === undefined) throw new HostError('setting.invalid', { name, value: given, expected: setting.expected });
    values[name] = value;
  }
  return values as Settings;
}

/** A secret from `NAME` or the file that `NAME_FILE` names, without a trailing line break. Throws `secret.empty` or `secret.file`. */
export function readSecret(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const file = env[`${name}_FILE`];
  let value = env[name] ?? '';
  if (value === '' && file !== undefined && file !== '') {
    try {
      value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      throw new HostError(
        'secret.file',
        { name, file, why: (error as NodeJS.ErrnoException).code ?? 'unknown' },
        { cause: error },
      );
    }
  }
  if (value.trim() === '') throw new HostError('secret.empty', { name });
  return value;
}

/** DATABASE_URL, or what the file has that DATABASE_URL_FILE names; empty: the embedded store. Throws `secret.file`. */
export function databaseAddress(env: Readonly<Record<string, string | undefined>>): string {
  const given = (env['DATABASE_URL'] ?? '') !== '' || (env['DATABASE_URL_FILE'] ?? '') !== '';
  return given ? readSecret(env, 'DATABASE_URL') : '';
}

/** `5m` → 300000; undefined when it is no duration. */
export function parseDuration(given: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(given);
  return match ? Number(match[1]) * (units[match[2] ?? ''] ?? 0) : undefined;
}

function parseSize(given: string): number | undefined {
  const match = /^(\d{1,12})\s*([kmg]?i?b)?$/i.exec(given);
  const factor = factors[(match?.[2] ?? '').toLowerCase()];
  return match && factor ? Number(match[1]) * factor : undefined;
}
