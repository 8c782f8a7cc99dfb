// Turns a configured secret into a key, and says what is wrong with a scheme or its secrets before a request needs them.

import { createPublicKey, type KeyObject } from 'node:crypto';
import { keyBytes, type SignatureScheme } from '../plugin/signature.ts';

/** What DER writes before a raw public key: the algorithm and the length of what follows. */
const derHeads = {
  ed25519: { raw: 32, head: Buffer.from('302a300506032b6570032100', 'hex') },
  'ecdsa-p256': { raw: 65, head: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex') },
} as const;

const keyTypes = { ed25519: 'ed25519', 'ecdsa-p256': 'ec' } as const;

/** The public key of a scheme with a key pair; undefined when the secret holds none of that kind. */
export function publicKey(scheme: SignatureScheme, secret: string): KeyObject | undefined {
  if (scheme.algorithm !== 'ed25519' && scheme.algorithm !== 'ecdsa-p256') return undefined;
  const { form = 'text' } = scheme.key ?? {};
  const bytes = keyBytes(scheme, secret);
  if (bytes === undefined) return undefined;
  try {
    const key =
      form === 'text'
        ? createPublicKey(bytes)
        : createPublicKey({ key: der(scheme.algorithm, bytes), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === keyTypes[scheme.algorithm] ? key : undefined;
  } catch {
    return undefined;
  }
}

function der(algorithm: 'ed25519' | 'ecdsa-p256', bytes: Buffer): Buffer {
  const { raw, head } = derHeads[algorithm];
  return bytes.length === raw ? Buffer.concat([head, bytes]) : bytes;
}

/** Why this scheme with these secrets could verify nothing, or anything; null when all is well. Names no secret. */
export function findKeyFault(scheme: SignatureScheme, secrets: readonly string[]): string | null {
  const content = scheme.content ?? '{body}';
  const { timestamp } = scheme;
  if (content.includes('{timestamp}') && timestamp === undefined)
    return 'the content names {timestamp}, but no timestamp is configured';
  if (content.includes('{id}') && scheme.id === undefined)
    return 'the content names {id}, but no id header is configured';
  if (timestamp !== undefined && timestamp.header === undefined && timestamp.item === undefined)
    return 'the timestamp needs a "header" or an "item"';
  const { keySeparator, key } = scheme.signature;
  if ((keySeparator === undefined) !== (key === undefined))
    return 'the signature needs "key" and "keySeparator" together';
  if (timestamp?.item !== undefined && key === undefined)
    return 'a timestamp item needs the signature to have "key" and "keySeparator"';
  if (scheme.algorithm !== 'token' && scheme.signature.encoding === 'text')
    return 'a signature is encoded as "hex" or "base64"';
  const asymmetric = scheme.algorithm === 'ed25519' || scheme.algorithm === 'ecdsa-p256';
  for (const [index, secret] of secrets.entries()) {
    const usable = asymmetric ? publicKey(scheme, secret) : keyBytes(scheme, secret);
    if (usable === undefined)
      return `secret ${index + 1} is empty or not a ${asymmetric ? 'public key' : 'key'} of the configured form`;
  }
  return null;
}
