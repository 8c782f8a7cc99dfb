// Alerts of our own: the source `hookline`, which every workflow file has without declaring it.

import { defineSource, type EventDefinition, type Schema, type Source } from '../plugin/index.ts';
import { createCatalogue } from './catalogue.ts';
import type { SourceConfig } from './compile.ts';
import type { EventPattern } from './glob.ts';
import { alertSourceName, matchesGlob } from './glob.ts';

const text = (description: string) => ({ type: 'string', description }) as const;
const when = text('When, ISO 8601.');

const run = {
  run: text('Id of the run.'),
  workflow: text('Its workflow.'),
  event: text('Id of its event.'),
  source: text('Source of its event.'),
  type: text('Type of its event.'),
} as const;

const sampleRun = {
  run: 'run_01sample',
  workflow: 'call-summary',
  event: 'evt_01sample',
  source: 'phone',
  type: 'call.ended',
};

interface Alert {
  readonly description: string;
  readonly fields: Readonly<Record<string, Schema>>;
  readonly sample: Readonly<Record<string, unknown>>;
}

const alerts = {
  'run.failed': {
    description: 'A run has failed for good: a dead letter.',
    fields: {
      ...run,
      step: text('The step that failed first; empty when the run failed as a whole.'),
      message: text('Why.'),
    },
    sample: { ...sampleRun, step: 'notify', message: 'PermanentError: channel_not_found' },
  },
  'run.held': {
    description: 'A run waits for a person or for its connection.',
    fields: {
      ...run,
      reason: {
        enum: ['in_doubt', 'credentials', 'paused', 'missing'],
        description: 'What it waits for; `in_doubt`: somebody must say whether the step happened.',
      },
      step: text('The step that is held; empty when the run is held as a whole.'),
      message: text('Why.'),
    },
    sample: { ...sampleRun, reason: 'in_doubt', step: 'notify', message: 'no answer within 30000 ms' },
  },
  'connection.paused': {
    description: 'A connection is paused; everything that needs it is held.',
    fields: {
      connection: text('Its name.'),
      reason: {
        enum: ['paused', 'credentials'],
        description: '`credentials`: they are refused; `paused`: a person did it.',
      },
      message: text('What the service said; empty when a person paused it.'),
    },
    sample: { connection: 'crm', reason: 'credentials', message: 'invalid_grant' },
  },
  'config.refused': {
    description: 'A workflow file was refused; the last accepted one goes on.',
    fields: { problems: { type: 'integer', description: 'Errors in it.' }, message: text('Why.') },
    sample: { problems: 2, message: '"workflows.yaml" has 2 problem(s), so it was not loaded' },
  },
} as const satisfies Record<string, Alert>;

export type AlertType = keyof typeof alerts;

/** What stands in an alert's `event.data`, beside `at`. */
export type AlertData<T extends AlertType> = Readonly<
  Record<Exclude<keyof (typeof alerts)[T]['fields'], 'problems'>, string>
> &
  (T extends 'config.refused' ? { readonly problems: number } : unknown);

/** The body of an alert as it is stored. */
export interface AlertBody {
  readonly type: string;
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads an alert as any source reads its deliveries. Nothing is received under its name. */
export const alertSource: Source = defineSource({
  name: alertSourceName,
  description: 'What happens to Hookline itself; every workflow file has this source without declaring it.',
  verify: () => ({ ok: false, reason: 'signature.missing' }),
  identify: ({ body }) => {
    const { type, id, time, data } = (body ?? {}) as Partial<AlertBody>;
    return { type: type ?? 'unknown', id, rule: 'id', time, data };
  },
  events: Object.fromEntries(Object.entries<Alert>(alerts).map(([type, alert]) => [type, define(type, alert)])),
});

function define(type: string, { description, fields, sample }: Alert): EventDefinition {
  const properties = { ...fields, at: when };
  const data: Schema = { type: 'object', properties, required: Object.keys(properties) };
  const body: Schema = {
    type: 'object',
    properties: { type: { type: 'string' }, id: { type: 'string' }, time: { type: 'string' }, data },
    required: ['type', 'id', 'time', 'data'],
  };
  const made: EventDefinition['samples'][string] = ({ id, at }) =>
    ({ type, id, time: at, data: { ...sample, at } }) satisfies AlertBody;
  return { description, data, body, samples: { default: made } };
}

/** As if the file had declared it. */
export const alertConfig: SourceConfig = {
  name: alertSourceName,
  source: alertSource,
  secretNames: [],
  resolve: () => ({ secrets: [], settings: {} }),
  catalogue: createCatalogue(alertSource, new Map()),
  at: { file: '', line: 1, column: 1 },
};

/** The alerts that one of these patterns takes. */
export function alertsTaken(on: readonly EventPattern[]): readonly AlertType[] {
  const patterns = on.filter(({ source }) => source === alertSourceName);
  const types = Object.keys(alerts) as AlertType[];
  return types.filter((type) => patterns.some((pattern) => matchesGlob(pattern.type, type)));
}
