// Finds what a Truedy body is about, as the receiver does.

import truedy from '../../../connectors/truedy/source.ts';
import { identify } from '../../../src/receive/identify.ts';

const keep = { keysMs: 30, contentKeysMs: 1 };

export function find(body: unknown) {
  const delivery = { body, headers: new Map(), receivedAt: 0 };
  const { data, time } = truedy.identify(delivery, {});
  return { ...identify(truedy, {}, delivery, keep), data: data as Record<string, Record<string, unknown>>, time };
}
