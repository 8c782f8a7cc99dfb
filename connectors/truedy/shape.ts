// Maps the shapes Truedy is known to use (nested and flat, camelCase and snake_case) to the one that expressions read.

import { camelFields, defined, isFields, read, readPath, toNumber, toSeconds, toText, type Fields } from './fields.ts';

/** Fields that belong to the event, not to the call, also where a flat body mixes them. */
const eventFields = new Set([
  'id',
  'eventId',
  'event_id',
  'event',
  'timestamp',
  'error_message',
  'errorMessage',
  'data',
]);

const callNames: ReadonlyMap<string, string> = new Map([
  ['duration_seconds', 'duration'],
  ['durationSeconds', 'duration'],
  ['created_at', 'created'],
  ['createdAt', 'created'],
  // Truedy says "started" where a call is created.
  ['started_at', 'created'],
  ['startedAt', 'created'],
  ['joined_at', 'joined'],
  ['joinedAt', 'joined'],
  ['ended_at', 'ended'],
  ['endedAt', 'ended'],
]);

const noRenames: ReadonlyMap<string, string> = new Map();

/** Fields of another type than the catalogue's are mapped as far as they can be; all others are carried over. */
export function mapData(type: string, raw: Fields): Fields {
  if (type.startsWith('call.')) return mapCallEvent(raw);
  if (type.startsWith('batch.')) return mapSubject(raw, 'batchId');
  if (type.startsWith('voice.')) return mapSubject(raw, 'voiceId');
  return raw;
}

function mapCallEvent(raw: Fields): Fields {
  const nested = read(raw, 'call');
  // A shape nobody has seen yet is left as it is.
  if (nested !== undefined && nested !== null && !isFields(nested)) return raw;
  const beside = Object.entries(raw).filter(([name]) => name !== 'call');
  const isFlat = !isFields(nested);
  const ofEvent = isFlat
    ? beside.filter(([name]) => eventFields.has(name))
    : beside.filter(([name]) => !/^call_?id$/i.test(name));
  const ofCall = isFlat ? beside.filter(([name]) => !eventFields.has(name)) : Object.entries(nested);
  const callId = [
    readPath(raw, 'call.callId'),
    readPath(raw, 'call.call_id'),
    read(raw, 'call_id'),
    read(raw, 'callId'),
  ]
    .map(toText)
    .find((id) => id !== undefined);
  return {
    ...withError(camelFields(Object.fromEntries(ofEvent), noRenames), raw),
    call: mapCall(camelFields(Object.fromEntries(ofCall), callNames), callId),
  };
}

function mapCall(call: Fields, callId: string | undefined): Fields {
  const { duration, costUsd, agent, ...rest } = call;
  return defined({
    ...rest,
    callId,
    duration: toSeconds(duration) ?? secondsBetween(call['joined'], call['ended']),
    costUsd: toNumber(costUsd),
    agent: mapAgent(isFields(agent) ? agent : {}, call),
  });
}

function mapAgent(agent: Fields, call: Fields): Fields | undefined {
  const fields = camelFields(agent, noRenames);
  const mapped = defined({
    ...fields,
    agentId: toText(fields['agentId']) ?? toText(call['agentId']),
    name: toText(fields['name']) ?? toText(call['agentName']),
  });
  return Object.keys(mapped).length === 0 ? undefined : mapped;
}

function mapSubject(raw: Fields, idName: 'batchId' | 'voiceId'): Fields {
  const fields = camelFields(raw, noRenames);
  return defined({ ...withError(fields, raw), [idName]: toText(fields[idName]) });
}

/** The error text has been seen beside the subject, and one level deeper. */
function withError(fields: Fields, raw: Fields): Fields {
  const { errorMessage: own, ...rest } = fields;
  const deeper = [readPath(raw, 'data.error_message'), readPath(raw, 'call.error_message')];
  return defined({ ...rest, errorMessage: [own, ...deeper].map(toText).find((text) => text !== undefined) });
}

function secondsBetween(from: unknown, to: unknown): number | undefined {
  if (typeof from !== 'string' || typeof to !== 'string') return undefined;
  const seconds = Math.round((Date.parse(to) - Date.parse(from)) / 1000);
  return seconds >= 0 ? seconds : undefined;
}
