// A batch of deliveries on its way to the worker: one text and one run of bytes, because cloning each object and body costs more than storing it.

import type { AcceptDelivery } from '../store.ts';

export interface PackedDeliveries {
  /** The items as JSON, each with the length of its body instead of the body. */
  readonly items: string;
  /** All bodies, one after the other. */
  readonly bodies: Uint8Array<ArrayBuffer>;
}

export function pack(batch: readonly AcceptDelivery[]): PackedDeliveries {
  const bodies = new Uint8Array(batch.reduce((sum, { body }) => sum + body.byteLength, 0));
  let offset = 0;
  for (const { body } of batch) {
    bodies.set(body, offset);
    offset += body.byteLength;
  }
  return { items: JSON.stringify(batch.map((item) => ({ ...item, body: item.body.byteLength }))), bodies };
}

export function unpack({ items, bodies }: PackedDeliveries): readonly AcceptDelivery[] {
  let offset = 0;
  const packed = JSON.parse(items) as (Omit<AcceptDelivery, 'body'> & { readonly body: number })[];
  return packed.map((item) => {
    const start = offset;
    offset += item.body;
    return { ...item, body: bodies.subarray(start, offset) };
  });
}
