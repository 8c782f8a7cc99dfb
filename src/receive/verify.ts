// Says whether a request was signed with one of the source's secrets, within the time window; never throws, whatever arrives.

import { createHash, timingSafeEqual, verify as verifyKeyPair } from 'node:crypto';
import {
  digest,
  keyBytes,
  signedContent,
  type RawRequest,
  type SignatureReason,
  type SignatureScheme,
  type Verdict,
} from '../plugin/signature.ts';
import { publicKey } from './key.ts';
import { readSignature, type ReadSignature } from './signature-header.ts';

/**
 * All signatures are tried against all secrets, without stopping at the first match. Freshness is judged last, so `stale`
 * and `future` mean a true signature with a wrong time: a clock that is off, or a retry that was not signed again.
 */
export function verify(scheme: SignatureScheme, request: RawRequest, secrets: readonly string[], now: number): Verdict {
  const read = readSignature(scheme, request.headers);
  if (!read.ok) return read;
  const secret = findSecret(scheme, request, read, secrets);
  if (secret < 0) return refused('signature.mismatch');
  if (read.at === undefined) return { ok: true, secret };
  const toleranceMs = (scheme.timestamp?.tolerance ?? 300) * 1000;
  const futureMs = scheme.timestamp?.future === undefined ? toleranceMs : scheme.timestamp.future * 1000;
  if (now - read.at > toleranceMs) return refused('signature.stale');
  if (read.at - now > futureMs) return refused('signature.future');
  return { ok: true, secret };
}

function refused(reason: SignatureReason): Verdict {
  return { ok: false, reason };
}

/** Index of the last secret that matches; -1 without one. */
function findSecret(
  scheme: SignatureScheme,
  request: RawRequest,
  read: ReadSignature,
  secrets: readonly string[],
): number {
  let found = -1;
  for (const [index, secret] of secrets.entries()) {
    const content = signedContent(scheme, { ...request, timestamp: read.timestamp, id: read.id, secret });
    const matches = matcher(scheme, secret, content);
    for (const signature of read.signatures) if (matches(signature)) found = index;
  }
  return found;
}

function matcher(scheme: SignatureScheme, secret: string, content: Uint8Array): (signature: Uint8Array) => boolean {
  if (scheme.algorithm === 'ed25519' || scheme.algorithm === 'ecdsa-p256') {
    const key = publicKey(scheme, secret);
    return (signature) => {
      if (key === undefined) return false;
      try {
        return scheme.algorithm === 'ed25519'
          ? verifyKeyPair(null, content, key, signature)
          : verifyKeyPair('sha256', content, { key, dsaEncoding: 'der' }, signature);
      } catch {
        return false;
      }
    };
  }
  const key = keyBytes(scheme, secret);
  if (key === undefined) return () => false;
  const expected = digest(scheme, key, content);
  if (expected === undefined) return (token) => timingSafeEqual(sha256(token), sha256(key));
  return (signature) => signature.length === expected.length && timingSafeEqual(signature, expected);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
