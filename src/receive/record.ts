// Turns what the route found into what the store keeps: one event or one more delivery of it, or a refusal.

import { createId } from '../core/id.ts';
import type { Event, Happening } from '../core/model.ts';
import type { AcceptDelivery, Accepted } from '../store/store.ts';
import type { EventRead, Identified } from './identify.ts';
import { storedHeaders, type Headers } from './headers.ts';
import type { Reason } from './reasons.ts';
import type { Refusals } from './refusals.ts';

/** One request as the receiver holds it. */
export interface Arrival {
  readonly source: string;
  readonly receivedAt: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** Length of the body, also of one that was not read. */
  readonly size: number;
  readonly keeps: (header: string) => boolean;
}

export interface RecordParts {
  /** Resolves once the delivery is durable. */
  readonly accept: (item: AcceptDelivery) => Promise<Accepted>;
  readonly refusals: Refusals;
  readonly random: (size: number) => Uint8Array;
  readonly clock: () => number;
  readonly notify: (happening: Happening) => void;
  /** Hash of the configuration in use, if none of its workflows takes such an event. */
  readonly ignoredBy: (kind: { readonly source: string; readonly type: string }) => string | undefined;
  /** Takes over a new event, `pending` or `ignored`, and what was read of it, so that its bytes need not be read again. */
  readonly arrived: (event: Event, read: EventRead) => void;
}

export interface Recorder {
  /** Rejects when nothing was stored. */
  accept(arrival: Arrival, identified: Identified): Promise<Accepted>;
  refuse(arrival: Arrival, reason: Reason): void;
  /** Tells of a delivery that could not be stored; nothing of it is kept. */
  fail(arrival: Arrival, reason: 'store.full' | 'store.unavailable'): void;
}

const keptOfRefused = 1024;

export function createRecorder(parts: RecordParts): Recorder {
  const { random, clock, notify } = parts;
  const tell = ({ source }: Arrival, deliveryId: string, reason: Reason) =>
    notify({ kind: 'delivery', status: 'refused', source, deliveryId, eventId: null, type: null, reason });
  return {
    accept: async (arrival, { type, key, rule, time, keepUntil, read }) => {
      const { source, receivedAt, headers, body, keeps } = arrival;
      const id = createId('evt', receivedAt, random);
      // Named alike, so that a store can keep both in one place.
      const deliveryId = `dlv${id.slice(3)}`;
      const fact = { source, type, key, rule, time, receivedAt, body };
      const ignoredBy = parts.ignoredBy(fact);
      const stored = storedHeaders(headers, keeps);
      const accepted = await parts.accept({ ...fact, deliveryId, eventId: id, keepUntil, headers: stored, ignoredBy });
      const { status, eventId } = accepted;
      if (status === 'accepted') {
        parts.arrived({ ...fact, id, status: ignoredBy === undefined ? 'pending' : 'ignored', matched: [] }, read);
      }
      const tookMs = clock() - receivedAt;
      notify({ kind: 'delivery', status, source, deliveryId, eventId, type, reason: null, tookMs });
      return accepted;
    },
    refuse: (arrival, reason) => {
      const { source, receivedAt, headers, body, size, keeps } = arrival;
      const id = createId('dlv', receivedAt, random);
      parts.refusals.add({
        id,
        source,
        receivedAt,
        reason,
        headers: storedHeaders(headers, keeps),
        size,
        body: new Uint8Array(body.subarray(0, keptOfRefused)),
      });
      tell(arrival, id, reason);
    },
    fail: (arrival, reason) => tell(arrival, createId('dlv', arrival.receivedAt, random), reason),
  };
}
