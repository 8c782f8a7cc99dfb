// Says whether a request was signed with one of the source's secrets, within the time window; never throws, whatever arrives.

import { createHash, createSecretKey, timingSafeEqual, verify as verifyKeyPair, type KeyObject } from 'node:crypto';
import {
  compileContent,
  digest,
  keyBytes,
  type RawRequest,
  type SignatureReason,
  type SignatureScheme,
  type Verdict,
} from '../plugin/signature.ts';
import { publicKey } from './key.ts';
import { readSignature, type ReadSignature } from './signature-header.ts';

export type Verify = (request: RawRequest, now: number) => Verdict;

/**
 * Makes the keys once. All signatures are tried against all secrets, without stopping at the first match. Freshness is
 * judged last, so `stale` and `future` mean a true signature with a wrong time: a clock that is off, or a retry that was
 * not signed again.
 */
export function createVerify(scheme: SignatureScheme, secrets: readonly string[]): Verify {
  const matchers = secrets.map((secret) => createMatcher(scheme, secret));
  const toleranceMs = (scheme.timestamp?.tolerance ?? 300) * 1000;
  const futureMs = scheme.timestamp?.future === undefined ? toleranceMs : scheme.timestamp.future * 1000;
  return (request, now) => {
    const read = readSignature(scheme, request.headers);
    if (!read.ok) return read;
    const secret = findSecret(request, read, matchers);
    if (secret < 0) return refused('signature.mismatch');
    if (read.at === undefined) return { ok: true, secret };
    if (now - read.at > toleranceMs) return refused('signature.stale');
    if (read.at - now > futureMs) return refused('signature.future');
    return { ok: true, secret };
  };
}

function refused(reason: SignatureReason): Verdict {
  return { ok: false, reason };
}

/** Index of the last secret that matches; -1 without one. */
function findSecret(request: RawRequest, read: ReadSignature, matchers: readonly Matcher[]): number {
  let found = -1;
  for (const [index, matcher] of matchers.entries()) {
    const matches = matcher(request, read);
    for (const signature of read.signatures) if (matches(signature)) found = index;
  }
  return found;
}

/** Whether a signature of this request was made with the matcher's secret. */
type Matcher = (request: RawRequest, read: ReadSignature) => (signature: Uint8Array) => boolean;

function createMatcher(scheme: SignatureScheme, secret: string): Matcher {
  const compiled = compileContent(scheme);
  const contentOf = ({ url, method, body }: RawRequest, { timestamp, id }: ReadSignature) =>
    compiled({ url, method, body, timestamp, id, secret });
  if (scheme.algorithm === 'ed25519' || scheme.algorithm === 'ecdsa-p256') {
    const key = publicKey(scheme, secret);
    return (request, read) => keyPairMatches(scheme, key, contentOf(request, read));
  }
  const bytes = keyBytes(scheme, secret);
  if (bytes === undefined) return () => () => false;
  const key = createSecretKey(bytes);
  return (request, read) => {
    const expected = digest(scheme, key, contentOf(request, read));
    if (expected === undefined) return (token) => timingSafeEqual(sha256(token), sha256(bytes));
    return (signature) => signature.length === expected.length && timingSafeEqual(signature, expected);
  };
}

function keyPairMatches(
  scheme: SignatureScheme,
  key: KeyObject | undefined,
  content: Uint8Array,
): (signature: Uint8Array) => boolean {
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

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
