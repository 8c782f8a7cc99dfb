// The event of a test: a sample, a file with the body of a webhook, or one written in the test; with some values replaced.

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fixedSeed } from '../plugin/define.ts';
import type { Schema } from '../plugin/index.ts';
import { alertConfig } from '../workflow/alerts.ts';
import type { EventScope, SourceConfig, Workflows } from '../workflow/compile.ts';
import type { Fault } from '../workflow/fault.ts';
import { reportFaults } from '../workflow/faults.ts';
import { closed } from '../workflow/input-schema.ts';
import { child, entriesOf, textOf, toData, type Entry, type Node } from '../workflow/node.ts';
import type { Report } from '../workflow/report.ts';
import { nearest } from '../workflow/suggest.ts';
import { createValidators, type Validate } from '../workflow/validate.ts';
import { AnswerError } from './client.ts';
import { readAs } from './try-event.ts';

export interface TestEventParts {
  readonly workflows: Workflows;
  readonly report: Report;
  /** The test file; files that it names are found from its folder. */
  readonly path: string;
  /** Faults of a value by a schema; kept, because compiling one takes long. */
  readonly faults: (schema: Schema, value: unknown) => readonly Fault[];
}

/** For `faults`. */
export function createFaults(): TestEventParts['faults'] {
  const validators = createValidators();
  const known = new Map<Schema, Validate>();
  return (schema, value) => {
    const validate = known.get(schema) ?? validators.compile(closed(schema));
    known.set(schema, validate);
    return validate(value);
  };
}

/** Undefined when it cannot be made; why is in the report. */
export async function readTestEvent(node: Node, parts: TestEventParts): Promise<EventScope | undefined> {
  const forms = ['sample', 'file', 'data', 'body'].filter((word) => child(node, word) !== undefined);
  const [form] = forms;
  const both = forms.length > 1 && forms.join() !== 'data,body';
  if (form === undefined || both) {
    const message = form === undefined ? 'the event is empty' : `the event has both "${forms.join('" and "')}"`;
    parts.report.error('value.invalid', node, message, 'Write one of "sample", "file" and "data".');
    return undefined;
  }
  const base =
    form === 'sample'
      ? readSample(node, parts)
      : form === 'file'
        ? await readBodyFile(node, parts)
        : readInline(node, parts);
  if (base === undefined) return undefined;
  const event = { ...base, ...given(node) };
  for (const [path, entry] of entriesOf(child(node, 'with'))) {
    if (!replace(event, path, entry, parts)) return undefined;
  }
  return event;
}

/** Fields of the event itself that the test sets. */
function given(node: Node): Partial<EventScope> {
  const fields = ['id', 'type', 'time', 'receivedAt'].flatMap((name) => {
    const found = child(node, name);
    return found === undefined ? [] : [[name, toData(found)] as const];
  });
  return Object.fromEntries(fields);
}

const received = { clock: () => Date.parse(fixedSeed.at) };

function readSample(node: Node, { workflows, report }: TestEventParts): EventScope | undefined {
  const written = child(node, 'sample') ?? node;
  const wanted = textOf(written) ?? '';
  const [name = '', ...rest] = wanted.split(':');
  const type = rest.join(':');
  if (rest.length === 0) {
    const meant = [...workflows.sources.keys()].map((source) => `"${source}:${wanted}"`);
    const hint = `Write ${meant.join(' or ') || '"source:type"'}.`;
    report.error('event.pattern', written, `"${wanted}" is not "source:type"`, hint);
    return undefined;
  }
  const source = findSource(name, written, workflows, report);
  if (source === undefined) return undefined;
  const samples = Object.hasOwn(source.source.events, type) ? source.source.events[type]?.samples : undefined;
  if (samples === undefined) {
    const types = Object.keys(source.source.events);
    report.error('event.unknown-type', written, `source "${name}" has no sample "${type}"`, advise(type, types));
    return undefined;
  }
  const shapes = Object.keys(samples);
  const shape = textOf(child(node, 'shape')) ?? shapes[0] ?? '';
  const sample = Object.hasOwn(samples, shape) ? samples[shape] : undefined;
  if (sample === undefined) {
    const at = child(node, 'shape') ?? written;
    report.error('value.invalid', at, `"${type}" has no shape "${shape}"`, advise(shape, shapes));
    return undefined;
  }
  return readAs(source, type, new TextEncoder().encode(JSON.stringify(sample(fixedSeed))), received);
}

async function readBodyFile(node: Node, { workflows, report, path }: TestEventParts): Promise<EventScope | undefined> {
  const written = child(node, 'file') ?? node;
  const file = textOf(written) ?? '';
  const source = sourceOf(node, written, workflows, report);
  if (source === undefined) return undefined;
  try {
    const bytes = await readFile(resolve(dirname(path), file));
    return readAs(source, textOf(child(node, 'type')), bytes, received);
  } catch (error) {
    const why = error instanceof AnswerError ? error.message : (error as NodeJS.ErrnoException).code;
    report.error('value.invalid', written, `"${file}" cannot be read: ${why ?? 'unknown'}`);
    return undefined;
  }
}

function readInline(node: Node, { workflows, report }: TestEventParts): EventScope | undefined {
  const source = sourceOf(node, node, workflows, report);
  const type = textOf(child(node, 'type'));
  if (type === undefined) {
    report.error('value.missing-key', node, 'the event has no "type"', 'Add "type", such as call.ended.');
  }
  if (source === undefined || type === undefined) return undefined;
  const data = child(node, 'data');
  const body = child(node, 'body') ?? data ?? node;
  return {
    id: 'evt_test',
    type,
    source: source.name,
    time: fixedSeed.at,
    receivedAt: fixedSeed.at,
    data: data === undefined ? null : toData(data),
    body: toData(body),
  };
}

/** The source that is named; the only one when none is. */
function sourceOf(node: Node, at: Node, workflows: Workflows, report: Report): SourceConfig | undefined {
  const written = child(node, 'source');
  if (written !== undefined) return findSource(textOf(written) ?? '', written, workflows, report);
  const [only, ...others] = workflows.sources.values();
  if (only !== undefined && others.length === 0) return only;
  const names = [...workflows.sources.keys()].join(', ');
  report.error('value.missing-key', at, 'the event has no "source"', `Add "source"; there is ${names || 'none'}.`);
  return undefined;
}

function findSource(name: string, at: Node, { sources }: Workflows, report: Report): SourceConfig | undefined {
  const found = sourceOfName(name, sources);
  if (found === undefined) {
    const message = `"${name}" is no source of the workflow file`;
    report.error('event.unknown-source', at, message, advise(name, [...sources.keys()]));
  }
  return found;
}

/** Alerts of our own have a source that no file declares. */
export function sourceOfName(name: string, sources: Workflows['sources']): SourceConfig | undefined {
  return sources.get(name) ?? (name === alertConfig.name ? alertConfig : undefined);
}

function advise(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? `There is ${known.join(', ') || 'none'}.` : `Did you mean "${near}"?`;
}

/** Sets one value of the event, which is the test's own; false when there is no such field. */
function replace(event: EventScope, path: string, entry: Entry, parts: TestEventParts): boolean {
  const { workflows, report } = parts;
  const [root = '', ...rest] = path.split('.');
  const roots = ['data', 'body'];
  if (!roots.includes(root) || rest.some((part) => part === '' || part === '__proto__')) {
    report.error('value.unknown-key', entry.key, `"${path}" is no path into data or body`, advise(root, roots));
    return false;
  }
  const value = toData(entry.value);
  const schema = sourceOfName(event.source, workflows.sources)?.catalogue.schema(event.type);
  if (root === 'data' && schema !== undefined && !isKnown(schema, rest, entry, value, parts)) return false;
  Object.assign(event, { [root]: withValue(root === 'data' ? event.data : event.body, rest, value) });
  return true;
}

/** The data with another value at a path. */
function withValue(data: unknown, [part, ...rest]: readonly string[], value: unknown): unknown {
  if (part === undefined) return value;
  if (Array.isArray(data)) {
    return data.map((item: unknown, index) => (String(index) === part ? withValue(item, rest, value) : item));
  }
  const fields: Readonly<Record<string, unknown>> = typeof data === 'object' && data !== null ? { ...data } : {};
  const { [part]: before, ...others } = fields;
  const after = withValue(Object.hasOwn(fields, part) ? before : undefined, rest, value);
  return after === null && rest.length === 0 ? others : { ...others, [part]: after };
}

/** A mistyped path or a value that never comes would make a test that proves nothing. */
function isKnown(
  schema: Schema,
  path: readonly string[],
  entry: Entry,
  value: unknown,
  { report, faults }: TestEventParts,
): boolean {
  let inner: Schema | undefined = schema;
  for (const [index, part] of path.entries()) {
    const { properties, additionalProperties, items }: Schema = inner;
    const next: Schema | undefined = Object.hasOwn(properties ?? {}, part) ? properties?.[part] : items;
    if (next === undefined) {
      if (additionalProperties !== undefined || properties === undefined) return true;
      const before = ['data', ...path.slice(0, index)].join('.');
      report.error(
        'value.unknown-key',
        entry.key,
        `"${before}" has no "${part}"`,
        advise(part, Object.keys(properties)),
      );
      return false;
    }
    inner = next;
  }
  if (value === null) return true;
  const found = faults(inner, value);
  reportFaults(found, entry.value, entry.key, report, '');
  return found.length === 0;
}
