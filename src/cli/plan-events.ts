// The stored events that `hookline plan` looks at: streamed by a running Hookline, or from a file, one JSON object a line.

import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { StreamedEvent } from '../console/api/event-stream.ts';
import { readEvent } from '../receive/identify.ts';
import { alertConfig } from '../workflow/alerts.ts';
import type { EventScope, SourceConfig, Workflows } from '../workflow/compile.ts';
import type { Client, Io } from './client.ts';
import { misuse } from './command.ts';

const command = { name: 'plan' };

/** Newest first, at most `last`. */
export async function* liveEvents(client: Client, last: number): AsyncGenerator<StreamedEvent> {
  for await (const line of client.lines('/api/events/stream', { last: String(last) })) {
    yield JSON.parse(line) as StreamedEvent;
  }
}

/** The first `last` of a file that `GET /api/events/stream` gave. Rejects with an AnswerError that names the line. */
export async function* fileEvents(io: Io, file: string, last: number): AsyncGenerator<StreamedEvent> {
  const input = createReadStream(resolve(io.cwd, file));
  const lines = createInterface({ input, crlfDelay: Infinity });
  let number = 0;
  let given = 0;
  try {
    for await (const line of lines) {
      number += 1;
      if (line.trim() === '') continue;
      yield readLine(line, file, number);
      given += 1;
      if (given === last) return;
    }
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    throw syscall === undefined ? error : misuse(command, `"${file}" cannot be read: ${code ?? 'unknown'}`);
  } finally {
    lines.close();
    input.destroy();
  }
}

function readLine(line: string, file: string, number: number): StreamedEvent {
  try {
    const event: unknown = JSON.parse(line);
    if (isEvent(event)) return event;
  } catch {
    // Told below.
  }
  throw misuse(command, `"${file}" line ${number} is not an event as "GET /api/events/stream" gives it`);
}

function isEvent(value: unknown): value is StreamedEvent {
  if (typeof value !== 'object' || value === null) return false;
  const { id, source, type, receivedAt, body } = value as Record<string, unknown>;
  const texts = [id, source, type, receivedAt].every((text) => typeof text === 'string');
  if (!texts || Number.isNaN(Date.parse(String(receivedAt))) || typeof body !== 'object' || body === null) return false;
  return Object.values(body).every((text) => typeof text === 'string');
}

/**
 * What the expressions of both files read as `event`; the bytes are read once when both have the same source. Undefined
 * for an event that the code of a source cannot read: no workflow takes it then.
 */
export function createReader(before: Workflows, after: Workflows) {
  const [old, next] = [readySources(before), readySources(after)];
  return (event: StreamedEvent): readonly [before: EventScope, after: EventScope] | undefined => {
    const { id, source, type, time, receivedAt } = event;
    const base = { id, source, type, time, receivedAt };
    const bytes = 'text' in event.body ? Buffer.from(event.body.text) : Buffer.from(event.body.base64, 'base64');
    const [was, now] = [old.get(source), next.get(source)];
    const same = was?.source === now?.source && was?.key === now?.key;
    try {
      const first = read(base, was, bytes);
      return [first, same ? first : read(base, now, bytes)];
    } catch {
      return undefined;
    }
  };
}

interface ReadySource {
  readonly source: SourceConfig['source'];
  readonly settings: unknown;
  /** Equal for equal settings. */
  readonly key: string;
}

function readySources({ sources }: Workflows): ReadonlyMap<string, ReadySource> {
  return new Map(
    [[alertConfig.name, alertConfig] as const, ...sources].map(([name, config]) => {
      // Reading a body takes no secret.
      const { settings } = config.resolve(() => 'not-a-secret');
      return [name, { source: config.source, settings, key: JSON.stringify(settings) ?? '' }];
    }),
  );
}

function read(base: Omit<EventScope, 'data' | 'body'>, ready: ReadySource | undefined, bytes: Uint8Array): EventScope {
  const content = ready === undefined ? undefined : readEvent(ready.source, ready.settings, bytes);
  return { ...base, data: content?.data ?? null, body: content?.body ?? null };
}
