// The event that `hookline try` looks at: a sample of a source, a file with a body, or one that a running Hookline has stored.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { EventDetail } from '../console/api/events.ts';
import { fixedSeed } from '../plugin/define.ts';
import type { SampleSeed } from '../plugin/index.ts';
import { readBody } from '../receive/body.ts';
import { bodyForm, identify } from '../receive/identify.ts';
import { alertConfig } from '../workflow/alerts.ts';
import type { EventScope, SourceConfig, Workflows } from '../workflow/compile.ts';
import { nearest } from '../workflow/suggest.ts';
import { createClient, findServer, type Io } from './client.ts';
import { misuse } from './command.ts';

export interface EventOptions {
  readonly source?: string | undefined;
  readonly shape?: string | undefined;
  readonly type?: string | undefined;
}

export interface TriedEvent {
  readonly event: EventScope;
  /** Its body as it was or would be received. */
  readonly bytes: Uint8Array;
  /** Where it comes from: `sample "nested"`. */
  readonly from: string;
}

const command = { name: 'try' };

/** Rejects with an AnswerError that says what to write instead, or with that of the running Hookline. */
export async function findEvent(
  what: string,
  options: EventOptions,
  workflows: Workflows,
  io: Io,
): Promise<TriedEvent> {
  if (/^evt_[0-9a-z]+$/.test(what)) return findStored(what, io);
  const sampled = sourcesWith(what, options, workflows);
  const [source] = sampled;
  if (source !== undefined) {
    if (sampled.length > 1) throw several(`"${what}" is a sample`, sampled);
    const bytes = sampleBody(source, what, options);
    return { event: readAs(source, what, bytes, io), bytes, from: sampleName(source, what, options) };
  }
  const bytes = await readFile(resolve(io.cwd, what)).catch((error: NodeJS.ErrnoException) => {
    throw misuse(command, notFound(what, workflows, error.code));
  });
  return { event: readAs(onlySource(options, workflows), options.type, bytes, io), bytes, from: `file "${what}"` };
}

async function findStored(id: string, io: Io): Promise<TriedEvent> {
  const client = createClient(findServer(io));
  const stored = (await client.get(`/api/events/${encodeURIComponent(id)}`)) as EventDetail;
  const { type, source, time, receivedAt, payload } = stored;
  if (payload.problem !== null) throw misuse(command, `the body of "${id}" cannot be read: ${payload.problem}`);
  const { data = null, body = null, text, base64 } = payload;
  const bytes = base64 === null ? Buffer.from(text) : Buffer.from(base64, 'base64');
  return { event: { id, type, source, time, receivedAt, data, body }, bytes, from: 'stored' };
}

function sourcesWith(type: string, { source }: EventOptions, { sources }: Workflows): readonly SourceConfig[] {
  const asked = source === undefined ? [...sources.values(), alertConfig] : [findSource(source, sources)];
  return asked.filter((one) => Object.hasOwn(one.source.events, type));
}

function findSource(name: string, sources: Workflows['sources']): SourceConfig {
  const found = name === alertConfig.name ? alertConfig : sources.get(name);
  if (found !== undefined) return found;
  const near = nearest(name, [...sources.keys()]);
  const hint =
    near === undefined ? `; there is ${[...sources.keys()].join(', ') || 'none'}` : `; did you mean "${near}"?`;
  throw misuse(command, `source "${name}" is not in the file${hint}`);
}

function onlySource({ source }: EventOptions, { sources }: Workflows): SourceConfig {
  if (source !== undefined) return findSource(source, sources);
  const [only, ...others] = sources.values();
  if (only === undefined) throw misuse(command, 'the file declares no source to read the event with');
  if (others.length > 0) throw several('the file has several sources', [only, ...others]);
  return only;
}

function several(why: string, sources: readonly SourceConfig[]) {
  return misuse(command, `${why}; say which source with --source: ${sources.map(({ name }) => name).join(', ')}`);
}

function notFound(what: string, { sources }: Workflows, code: string | undefined): string {
  const types = [...sources.values()].flatMap(({ source }) => Object.keys(source.events));
  const near = nearest(what, types);
  if (near !== undefined) return `"${what}" is no sample; did you mean "${near}"?`;
  if (code !== 'ENOENT') return `"${what}" cannot be read: ${code ?? 'unknown'}`;
  return `"${what}" is neither a file nor a sample; the samples are ${types.join(', ') || 'none'}`;
}

function shapesOf({ source }: SourceConfig, type: string) {
  return source.events[type]?.samples ?? {};
}

function shapeOf(source: SourceConfig, type: string, { shape }: EventOptions): string {
  const shapes = Object.keys(shapesOf(source, type));
  const name = shape ?? shapes[0] ?? '';
  if (shapes.includes(name)) return name;
  throw misuse(command, `there is no shape "${name}" of "${type}"; there is ${shapes.join(', ') || 'none'}`);
}

function sampleName(source: SourceConfig, type: string, options: EventOptions): string {
  return `sample "${shapeOf(source, type, options)}"`;
}

function sampleBody(source: SourceConfig, type: string, options: EventOptions): Uint8Array {
  const sample = shapesOf(source, type)[shapeOf(source, type, options)];
  return new TextEncoder().encode(JSON.stringify(sample?.(fixedSeed)));
}

/** What expressions read as `event`, made from the bytes as the receiver makes it. Throws an AnswerError when it refuses them. */
export function readAs(
  config: SourceConfig,
  type: string | undefined,
  bytes: Uint8Array,
  io: Pick<Io, 'clock'>,
): EventScope {
  const { name, source } = config;
  const { settings } = config.resolve(() => 'not-a-secret');
  const receivedAt = (io.clock ?? Date.now)();
  const read = readBody(bodyForm(source, settings), bytes);
  if (!read.ok) throw misuse(command, `the body is not what source "${name}" takes: ${read.reason}`);
  const headers = headersOf(config, type, fixedSeed);
  const keep = { keysMs: 0, contentKeysMs: 0 };
  const found = identify(source, settings, { body: read.value, headers, receivedAt }, keep);
  const { time, read: data } = found;
  return {
    id: 'evt_try',
    type: found.type,
    source: name,
    time,
    receivedAt: new Date(receivedAt).toISOString(),
    ...data,
  };
}

function headersOf({ source }: SourceConfig, type: string | undefined, seed: SampleSeed) {
  const given = type === undefined ? {} : (source.sampleHeaders?.(type, seed) ?? {});
  return new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), [value]]));
}
