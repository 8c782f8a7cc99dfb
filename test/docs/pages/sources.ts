// One page for each source that ships: how a delivery is verified, and the events it is known to send.

import { identify } from '../../../src/receive/identify.ts';
import { readHeaders } from '../../../src/receive/headers.ts';
import type { EventDefinition, SampleSeed, Schema, SignatureScheme, Source } from '../../../src/plugin/index.ts';
import { block, code, durationText, page, table } from '../markdown.ts';
import { fieldsOf } from '../schema-rows.ts';

export function sourcePage(source: Source): string {
  const { name, description, settings } = source;
  return page(
    `# Source: ${name}`,
    description,
    `Declare it with \`uses: ${name}\`; deliveries go to \`POST /webhooks/<the name you give it>\`.`,
    '## Verification',
    ...verification(source),
    answerText(source),
    ...(settings === undefined ? [] : ['## Settings', settingsTable(settings)]),
    '## Events',
    ...eventParts(source),
  );
}

function settingsTable(settings: Schema): string {
  return table(
    ['Setting', 'Type', 'Default', 'What it is'],
    fieldsOf(settings).map((field) => [
      code(field.path),
      field.type,
      field.required ? '**required**' : field.default,
      field.description,
    ]),
  );
}

interface Case {
  readonly when: string;
  readonly scheme: SignatureScheme;
}

/** The scheme, or one for each value of the settings it depends on. */
function schemesOf({ scheme, settings }: Source): readonly Case[] {
  if (typeof scheme !== 'function') return scheme === undefined ? [] : [{ when: '', scheme }];
  const cases = Object.entries(settings?.properties ?? {}).flatMap(([name, { enum: values = [] }]) =>
    values.map((value) => ({ when: `With \`${name}: ${value}\`:`, scheme: scheme({ [name]: value }) })),
  );
  return cases.filter(({ scheme }) => scheme.signature !== undefined);
}

function verification(source: Source): string[] {
  const cases = schemesOf(source);
  if (cases.length === 0) return ['As the settings say.'];
  return cases.flatMap(({ when, scheme }) => [when, schemeTable(scheme)]);
}

function schemeTable(scheme: SignatureScheme): string {
  const { algorithm, signature, content = '{body}', timestamp, id, key } = scheme;
  const { header, prefix, encoding = 'hex', key: item, keySeparator } = signature;
  const form = [
    ...(prefix === undefined ? [] : [`after ${code(prefix)}`]),
    ...(item === undefined ? [] : [`in the item ${code(item + (keySeparator ?? ''))}`]),
    `in ${encoding}`,
  ].join(', ');
  return table(
    ['', ''],
    [
      ['algorithm', code(algorithm)],
      ['signature', `header ${code(header)}, ${form}`],
      ['signed text', code(content)],
      ...(timestamp === undefined ? [] : [['time', timeText(timestamp)]]),
      ...(id === undefined ? [] : [['id', `header ${code(id.header)}`]]),
      ['key', keyText(key)],
    ],
  );
}

const unitWords = { s: 'Unix seconds', ms: 'Unix milliseconds', iso: 'ISO 8601' } as const;

function timeText({
  header,
  item,
  unit,
  tolerance = 300,
  future = tolerance,
}: NonNullable<SignatureScheme['timestamp']>) {
  const place = header === undefined ? `item ${code(item ?? '')} of that header` : `header ${code(header)}`;
  return `${place}, ${unitWords[unit]}; at most ${tolerance} s old, at most ${future} s ahead`;
}

const formWords = {
  text: 'the secret as text',
  hex: 'the secret decoded from hex',
  base64: 'the secret decoded from base64',
  'spki-base64': "the sender's public key (SPKI, base64)",
  'raw-hex': "the sender's public key (raw, hex)",
  'raw-base64': "the sender's public key (raw, base64)",
} as const;

function keyText({ form = 'text', stripPrefix }: NonNullable<SignatureScheme['key']> = {}): string {
  return formWords[form] + (stripPrefix === undefined ? '' : `, without ${code(stripPrefix)} at its start`);
}

function answerText({ status = 204, body, retriesForMs, handshake }: Source): string {
  const form = typeof body === 'string' || body === undefined ? (body ?? 'json') : 'json or form, by the settings';
  return [
    `The body is read as ${form}. Accepted and duplicate deliveries are answered ${status}.`,
    ...(handshake === undefined ? [] : ['A verified handshake request is answered as the sender wants it.']),
    ...(retriesForMs === undefined ? [] : [`Ids are remembered for ${durationText(retriesForMs)} at least.`]),
  ].join(' ');
}

function eventParts(source: Source): string[] {
  const types = Object.entries(source.events);
  if (types.length === 0) {
    return [
      'None is known beforehand. Every type is accepted; name those you use under `events`, so that `hookline check` knows them.',
    ];
  }
  const byData = Map.groupBy(types, ([, { data }]) => data);
  return [
    'Other types are accepted just the same; name them under `events`, so that `hookline check` knows them.',
    table(
      ['Type', 'When', 'The same event has the same', 'Shapes of the sample'],
      types.map(([type, event]) => [code(type), event.description, ruleOf(source, type, event), shapes(event)]),
    ),
    ...[...byData].flatMap(([data, events]) => dataParts(source, data, events)),
  ];
}

const seed: SampleSeed = { id: '7c9e6679-7425-40de-944b-e07fc1f90ae7', at: '2026-01-15T10:30:00.000Z' };

function shapes({ samples }: EventDefinition): string {
  return Object.keys(samples).map(code).join(', ');
}

/** Which rule tells a sample from other events, as the receiver says it. */
function ruleOf(source: Source, type: string, { samples }: EventDefinition): string {
  const delivery = deliveryOf(source, type, Object.values(samples)[0]?.(seed));
  const keep = { keysMs: 1, contentKeysMs: 1 };
  return code(identify(source, {}, delivery, keep).rule);
}

function deliveryOf(source: Source, type: string, body: unknown) {
  const headers = Object.entries({ ...source.sampleHeaders?.(type, seed) }).flat();
  return { body, headers: readHeaders(headers), receivedAt: Date.parse(seed.at) };
}

function dataParts(source: Source, data: Schema, events: readonly (readonly [string, EventDefinition])[]): string[] {
  const [first] = events;
  if (first === undefined) return [];
  const [type, { samples }] = first;
  const sample = Object.values(samples)[0]?.(seed);
  const seen = source.identify(deliveryOf(source, type, sample), {}).data;
  return [
    `### ${events.map(([name]) => code(name)).join(', ')}`,
    table(
      ['`event.data`', 'Type', 'What it is'],
      fieldsOf(data).map((field) => [
        code(field.path),
        field.required ? field.type : `${field.type}, may be missing`,
        field.description,
      ]),
    ),
    data.additionalProperties === true ? 'Other fields are carried over as they come.' : '',
    `\`event.data\` of the sample of \`${type}\`:`,
    block('json', JSON.stringify(seen, null, 2)),
  ];
}
