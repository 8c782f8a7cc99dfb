// What crosses the threads most, made small, because cloning each object and body costs more than storing it: a batch of
// deliveries is one list of plain values and one run of bytes, and its answer is nothing for what was simply accepted.

import type { AcceptDelivery, Accepted, RecordRun, RunUpdate, Settled } from '../store.ts';

export interface PackedDeliveries {
  /** The fields of one item after those of the other, the length of its body last. */
  readonly fields: readonly (string | number | null)[];
  /** All bodies, one after the other. */
  readonly bodies: Uint8Array<ArrayBuffer>;
}

/** A delivery as it comes out again: its headers are JSON, as they are kept. */
export type PackedDelivery = Omit<AcceptDelivery, 'headers'> & { readonly headers: string };

const width = 12;

export function pack(batch: readonly AcceptDelivery[]): PackedDeliveries {
  const fields: (string | number | null)[] = [];
  const bodies = new Uint8Array(batch.reduce((sum, { body }) => sum + body.byteLength, 0));
  let offset = 0;
  for (const item of batch) {
    const { deliveryId, eventId, source, type, key, rule, time, receivedAt, keepUntil, headers, body, ignoredBy } =
      item;
    const size = body.byteLength;
    fields.push(
      deliveryId,
      eventId,
      source,
      type,
      key,
      rule,
      time,
      receivedAt,
      keepUntil,
      JSON.stringify(headers),
      ignoredBy ?? null,
      size,
    );
    bodies.set(body, offset);
    offset += size;
  }
  return { fields, bodies };
}

export function unpack({ fields, bodies }: PackedDeliveries): readonly PackedDelivery[] {
  const items: PackedDelivery[] = [];
  let offset = 0;
  for (let at = 0; at < fields.length; at += width) {
    const end = offset + (fields[at + 11] as number);
    items.push({
      deliveryId: fields[at] as string,
      eventId: fields[at + 1] as string,
      source: fields[at + 2] as string,
      type: fields[at + 3] as string,
      key: fields[at + 4] as string,
      rule: fields[at + 5] as string,
      time: fields[at + 6] as string | null,
      receivedAt: fields[at + 7] as number,
      keepUntil: fields[at + 8] as number,
      headers: fields[at + 9] as string,
      ignoredBy: (fields[at + 10] as string | null) ?? undefined,
      body: bodies.subarray(offset, end),
    });
    offset = end;
  }
  return items;
}

/** Null: accepted, with its own event. */
export type PackedAnswer = Settled<Accepted> | null;

export function packAnswer(answer: Settled<Accepted>): PackedAnswer {
  return answer.ok && answer.value.status === 'accepted' ? null : answer;
}

export function unpackAnswer(answer: PackedAnswer, { eventId }: AcceptDelivery): Settled<Accepted> {
  return answer ?? { ok: true, value: { status: 'accepted', eventId, differs: false } };
}

/** The steps are JSON, as they are kept: text crosses the threads faster than what it tells. */
export type PackedRecord = Omit<RecordRun, 'update'> & {
  readonly update: Omit<RunUpdate, 'steps'> & { readonly steps: string };
};

export function packRecord(item: RecordRun): PackedRecord {
  return { ...item, update: { ...item.update, steps: JSON.stringify(item.update.steps) } };
}
