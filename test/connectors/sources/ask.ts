// Asks a source what the receiver would ask it, for one signed request.

import { createHmac } from 'node:crypto';
import type { Source } from '../../../src/plugin/index.ts';
import { identify } from '../../../src/receive/identify.ts';
import { readBody } from '../../../src/receive/body.ts';
import { readHeaders } from '../../../src/receive/headers.ts';
import { prepareSource } from '../../../src/receive/source.ts';

export const now = 1_774_000_000_000;
export const seconds = String(now / 1000);

export interface Ask {
  readonly source: Source;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly settings?: unknown;
  readonly later?: number;
}

/** What the receiver would find: the refusal's reason, or what the delivery is about. */
export function ask({ source, body, headers, secrets, settings = {}, later = 0 }: Ask) {
  const prepared = prepareSource({ name: 'x', source, secrets, settings });
  if (prepared.fault !== null) return prepared.fault;
  const map = readHeaders(Object.entries(headers).flat());
  const bytes = Buffer.from(body);
  const url = prepared.publicUrl ?? '/webhooks/x';
  const verdict = prepared.check({ method: 'POST', url, headers: map, body: bytes }, now + later);
  if (!verdict.ok) return verdict.reason;
  const read = readBody(prepared.form, bytes);
  if (!read.ok) return read.reason;
  const delivery = { body: read.value, headers: map, receivedAt: now };
  const { type, key, time } = identify(source, settings, delivery, { keysMs: 2, contentKeysMs: 1 });
  return { type, key, time, data: source.identify(delivery, settings).data };
}

export const hmac = (content: string, key: string | Buffer, encoding: 'hex' | 'base64' = 'hex') =>
  createHmac('sha256', key).update(content).digest(encoding);
