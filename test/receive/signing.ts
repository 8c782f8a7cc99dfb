// Requests for the tests of verification, and what the verifier says of them.

import { createHmac } from 'node:crypto';
import type { RawRequest, SignatureScheme, Verdict } from '../../src/plugin/signature.ts';
import { createVerify } from '../../src/receive/verify.ts';

export function verify(scheme: SignatureScheme, asked: RawRequest, secrets: readonly string[], at: number): Verdict {
  return createVerify(scheme, secrets)(asked, at);
}

export type Headers = readonly (readonly [string, string])[];

export const now = 1_774_000_000_000;
export const secret = 'whsec_9f2d4c6e8a0b1c3d5e7f';
export const body = Buffer.from('{"event":"call.ended","data":{"call":{"callId":"c1"}}}');

/** Time in its own header, key the whole text: the plainest of the timestamped schemes. */
export const scheme: SignatureScheme = {
  algorithm: 'hmac-sha256',
  signature: { header: 'X-Acme-Signature' },
  content: '{timestamp}.{body}',
  timestamp: { header: 'X-Acme-Timestamp', unit: 's', tolerance: 300 },
};

export function request(headers: Headers, given: Uint8Array = body): RawRequest {
  const map = new Map<string, string[]>();
  for (const [name, value] of headers) map.set(name.toLowerCase(), [...(map.get(name.toLowerCase()) ?? []), value]);
  return { method: 'POST', url: '/webhooks/acme', headers: map, body: given };
}

export const mac = (content: string | Uint8Array, key = secret) => createHmac('sha256', key).update(content).digest();
export const at = (seconds: number) => String(now / 1000 + seconds);
export const good = (time = at(0), given: Uint8Array = body) =>
  mac(Buffer.concat([Buffer.from(`${time}.`), given])).toString('hex');
export const headers = (signature: string, time = at(0)): Headers => [
  ['X-Acme-Signature', signature],
  ['X-Acme-Timestamp', time],
];
