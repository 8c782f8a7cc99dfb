// What happens between a request that was read and its answer: verify, read, identify, store, and only then say so.

import { HostError } from '../core/errors.ts';
import { failpoint } from '../core/failpoint.ts';
import type { Log } from '../core/log.ts';
import type { ReceivedDelivery } from '../plugin/index.ts';
import { isOtherForm, readBody } from './body.ts';
import { keepHeader, type Headers } from './headers.ts';
import { identify, type Identified, type KeepKeys } from './identify.ts';
import { reasons, type Reason } from './reasons.ts';
import type { Arrival, Recorder } from './record.ts';
import type { PreparedSource } from './source.ts';

export interface Incoming {
  readonly name: string;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Headers;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RouteParts {
  readonly source: (name: string) => PreparedSource | undefined;
  readonly recorder: Recorder;
  readonly keep: KeepKeys;
  readonly clock: () => number;
  readonly log: Log;
}

export interface Route {
  /** Never rejects. */
  answer(incoming: Incoming, body: Uint8Array): Promise<Answer>;
  /** For a request whose body could not be read. `size`: as announced. */
  refuse(incoming: Incoming, reason: Reason, size: number): Answer;
}

/** When a sender may come again, in seconds. */
const retryAfter = '10';

export function createRoute(parts: RouteParts): Route {
  const { recorder, keep, clock, log } = parts;
  const accept = createAccept(parts);
  const arrivalOf = ({ name, headers }: Incoming, source: PreparedSource | undefined, body: Uint8Array): Arrival => ({
    source: name,
    receivedAt: clock(),
    headers,
    body,
    size: body.byteLength,
    keeps: source?.keeps ?? ((header) => keepHeader(header, undefined)),
  });
  const refuse = (arrival: Arrival, reason: Reason): Answer => {
    recorder.refuse(arrival, reason);
    return refusal(reason);
  };

  const judge = (source: PreparedSource, incoming: Incoming, arrival: Arrival): Answer | Identified => {
    if (source.fault !== null) return refuse(arrival, 'source.fault');
    const reason = check(source, incoming, arrival);
    if (reason !== null) return refuse(arrival, reason);
    const read = readBody(source.form, arrival.body);
    if (!read.ok) return refuse(arrival, read.reason);
    const delivery = { body: read.value, headers: arrival.headers, receivedAt: arrival.receivedAt };
    const contentKeysMs = source.keepContentKeysMs ?? keep.contentKeysMs;
    return shake(source, delivery) ?? identify(source.source, source.settings, delivery, { ...keep, contentKeysMs });
  };

  return {
    answer: async (incoming, body) => {
      const source = parts.source(incoming.name);
      const arrival = arrivalOf(incoming, source, body);
      if (source === undefined) return refuse(arrival, 'source.unknown');
      try {
        const judged = judge(source, incoming, arrival);
        return 'key' in judged ? await accept(source, arrival, judged) : judged;
      } catch (error) {
        // Code of a plugin: the sender keeps the delivery until that is mended.
        log.error(`source "${incoming.name}" could not read a delivery`, { error: textOf(error) });
        return refuse(arrival, 'source.fault');
      }
    },
    refuse: (incoming, reason, size) =>
      refuse({ ...arrivalOf(incoming, parts.source(incoming.name), new Uint8Array()), size }, reason),
  };
}

/** Everything that is judged before the body is read as more than bytes. */
function check(source: PreparedSource, { method, url }: Incoming, arrival: Arrival): Reason | null {
  const { headers, body, receivedAt } = arrival;
  const encoding = headers.get('content-encoding')?.join(',').trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') return 'body.encoding';
  const verdict = source.check({ method, url: source.publicUrl ?? url, headers, body }, receivedAt);
  if (!verdict.ok) return verdict.reason;
  return isOtherForm(source.form, headers.get('content-type')?.[0] ?? '') ? 'body.type' : null;
}

/** The answer to a handshake; null when the delivery is none. */
function shake(source: PreparedSource, delivery: ReceivedDelivery): Answer | null {
  const answer = source.source.handshake?.(delivery, source.secrets) ?? null;
  if (answer === null) return null;
  return { status: answer.status, headers: { 'content-type': answer.contentType }, body: answer.body };
}

function createAccept({ recorder, log }: RouteParts) {
  let failing = false;
  return async (source: PreparedSource, arrival: Arrival, identified: Identified): Promise<Answer> => {
    try {
      const { status, eventId } = await recorder.accept(arrival, identified);
      failpoint('after-commit-before-answer');
      if (failing) log.info('deliveries can be stored again');
      failing = false;
      return { status: source.status, headers: { 'hookline-delivery': status, 'hookline-event': eventId }, body: '' };
    } catch (error) {
      // Once, not for each request of a sender that tries again.
      if (!failing) log.error('deliveries cannot be stored; senders are asked to try again', { error: textOf(error) });
      failing = true;
      const reason = error instanceof HostError && error.code === 'store.full' ? 'store.full' : 'store.unavailable';
      recorder.fail(arrival, reason);
      return refusal(reason);
    }
  };
}

function refusal(reason: Reason): Answer {
  const { status, message } = reasons[reason];
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(status === 503 ? { 'retry-after': retryAfter } : {}),
    },
    body: JSON.stringify({ reason, message }),
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
