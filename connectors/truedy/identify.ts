// Finds type, time and dedupe id of a Truedy body in any of the shapes that were documented over time.

import type { Identity } from 'hookline/plugin';
import { events } from './events.ts';
import { isFields, readPath, toText, type Fields } from './fields.ts';
import { mapData } from './shape.ts';

/** Where the id of what the event is about may be, by the first word of the type. */
const subjectPaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['call', ['call.callId', 'call.call_id', 'call_id', 'callId']],
  ['batch', ['batch_id', 'batchId']],
  ['voice', ['voice_id', 'voiceId']],
]);

/** Several facts share one subject: a batch changes its status often, a voice is trained again. */
const repeatingTypes = new Set(['batch.status.changed', 'voice.training.completed', 'voice.training.failed']);

export function identify(body: unknown): Identity {
  if (!isFields(body)) return { type: 'unknown', rule: 'content', data: body };
  const inner = isFields(body['data']) ? body['data'] : undefined;
  const raw = inner ?? withoutEnvelope(body);
  const type = readType(body, raw);
  let mapped: Fields | undefined;
  return {
    type,
    time: toIso(body['timestamp']),
    // Mapped when somebody looks: most events are of no workflow.
    get data() {
      return (mapped ??= mapData(type, raw));
    },
    ...factOf(type, body, inner),
  };
}

/** Which fact it is: by its own id, by what it is about, or by its content. */
function factOf(type: string, body: Fields, inner: Fields | undefined): Pick<Identity, 'id' | 'rule' | 'withContent'> {
  const own = findId([
    ['data.id', inner?.['id']],
    ['data.eventId', inner?.['eventId']],
    ['id', body['id']],
    ['event_id', body['event_id']],
  ]);
  if (own !== undefined) return own;
  for (const path of pathsOf(type)) {
    const id = toText(readPath(inner ?? body, path));
    if (id === undefined) continue;
    // Of a type nobody has described yet it is not known whether it comes once for its subject.
    const withContent = repeatingTypes.has(type) || !Object.hasOwn(events, type);
    return { id, rule: inner ? `data.${path}` : path, withContent };
  }
  return { rule: 'content' };
}

function findId(
  candidates: readonly (readonly [rule: string, value: unknown])[],
): { readonly id: string; readonly rule: string } | undefined {
  for (const [rule, value] of candidates) {
    const id = toText(value);
    if (id !== undefined) return { id, rule };
  }
  return undefined;
}

function pathsOf(type: string): readonly string[] {
  return subjectPaths.get(type.split('.', 1)[0] ?? '') ?? [...subjectPaths.values()].flat();
}

function readType(body: Fields, raw: Fields): string {
  const type = [body['event'], raw['event']].find((value) => typeof value === 'string' && value !== '');
  if (typeof type !== 'string') return 'unknown';
  return type === 'call.completed' ? 'call.ended' : type;
}

/** The oldest shape has no `data`: its fields stand beside the event's name. */
function withoutEnvelope(body: Fields): Fields {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'event' && name !== 'timestamp'));
}

/** ISO 8601 in UTC, from ISO text (without a zone it is UTC) or from Unix seconds or milliseconds. */
function toIso(value: unknown): string | undefined {
  const text = toText(value);
  if (text === undefined) return undefined;
  let at = Number.NaN;
  if (/^\d{9,13}$/.test(text)) at = Number(text) * (text.length > 11 ? 1 : 1000);
  else if (/^\d{4}-\d\d-\d\d[T ]/.test(text)) at = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
