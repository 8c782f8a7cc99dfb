// Says what a verified delivery is about: its type, its time, and the key that tells a repeat from a new fact.

import { createHash } from 'node:crypto';
import type { Identity, ReceivedDelivery, Source } from '../plugin/index.ts';
import type { Time } from '../core/model.ts';
import { readBody, type BodyForm } from './body.ts';
import { contentHash } from './json.ts';

export interface Identified {
  readonly type: string;
  readonly key: string;
  readonly rule: string;
  readonly time: string | null;
  /** When the dedupe mark may be forgotten. */
  readonly keepUntil: Time;
  /** The key holds a hash of the content: an equal one may be a new fact, so it is remembered for a shorter time. */
  readonly contentKey: boolean;
  /** What expressions read as `event.data` and `event.body`. */
  readonly read: EventRead;
}

export interface EventRead {
  readonly data: unknown;
  readonly body: unknown;
}

export interface KeepKeys {
  readonly keysMs: number;
  readonly contentKeysMs: number;
}

/** The key is `<type>:<id>`, `<type>:<id>:<hash of data>` or `<type>:<hash of data>`. */
export function identify(source: Source, settings: unknown, delivery: ReceivedDelivery, keep: KeepKeys): Identified {
  const identity = source.identify(delivery, settings);
  const type = word(identity.type === '' ? 'unknown' : identity.type);
  const contentKey = identity.id === undefined || identity.withContent === true;
  const parts = [
    // Escaped, so that type and id cannot run into each other.
    type.replaceAll('%', '%25').replaceAll(':', '%3A'),
    ...(identity.id === undefined ? [] : [word(identity.id)]),
    ...(contentKey ? [contentHash(identity.data ?? delivery.body)] : []),
  ];
  const keepMs = contentKey ? keep.contentKeysMs : Math.max(keep.keysMs, source.retriesForMs ?? 0);
  return {
    type,
    key: parts.join(':'),
    rule: readRule(identity),
    time: identity.time === undefined ? null : word(identity.time),
    keepUntil: delivery.receivedAt + keepMs,
    contentKey,
    read: eventRead(identity, delivery.body),
  };
}

/** A source may map its data only when they are asked for. */
function eventRead(identity: Identity, body: unknown): EventRead {
  return {
    get data() {
      return identity.data;
    },
    body,
  };
}

function readRule(identity: Identity): string {
  if (identity.id === undefined) return 'hash of data';
  return identity.withContent === true ? `${identity.rule} + hash of data` : identity.rule;
}

/** Text that every store takes and an index carries: one that is long, or has control characters or half characters, is replaced by its hash. */
function word(text: string): string {
  if (/^[^\p{Cc}\p{Cs}]{1,200}$/u.test(text)) return text;
  return `sha256-${createHash('sha256').update(JSON.stringify(text)).digest('hex')}`;
}

export function bodyForm(source: Source, settings: unknown): BodyForm {
  return typeof source.body === 'function' ? source.body(settings) : (source.body ?? 'json');
}

/** What expressions read as `event.data` and `event.body`, made again from the stored bytes; its type is stored, so headers are not needed. */
export function readEvent(source: Source, settings: unknown, bytes: Uint8Array): EventRead {
  const read = readBody(bodyForm(source, settings), bytes);
  if (!read.ok) return { data: null, body: null };
  return eventRead(source.identify({ body: read.value, headers: new Map(), receivedAt: 0 }, settings), read.value);
}
