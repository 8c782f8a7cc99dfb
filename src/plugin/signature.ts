// How a sender signs: the declarative scheme block that presets and `uses: custom` share, and signing as the sender would.

import { createHash, createHmac, createPrivateKey, sign, type KeyObject } from 'node:crypto';

/** One HTTP request as it came in. */
export interface RawRequest {
  readonly method: string;
  /** The URL the sender called: `publicUrl` of the source when set, else path and query. */
  readonly url: string;
  /** Lower-case name → every value in the order received; a repeated header has several. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** The bytes of the body, exactly as received. */
  readonly body: Uint8Array;
}

/**
 * A signature scheme without code.
 * `content` is a template of `{timestamp}`, `{body}`, `{id}`, `{url}`, `{method}`, `{secret}`; default `{body}`.
 */
export interface SignatureScheme {
  /** `token`: the header equals the secret, nothing is signed; `sha256`: a plain digest (put `{secret}` into `content`). */
  readonly algorithm: 'hmac-sha256' | 'hmac-sha1' | 'hmac-sha512' | 'sha256' | 'ed25519' | 'ecdsa-p256' | 'token';
  readonly signature: {
    readonly header: string;
    /** Default `hex`; of a `token` `text`. */
    readonly encoding?: 'hex' | 'base64' | 'text';
    /** Literal text before each signature, such as `sha256=`. */
    readonly prefix?: string;
    /** Separates several items in the header: `,` in `t=1,v1=ab`, a blank in `v1,ab v1,cd`. */
    readonly itemSeparator?: string;
    /** Separates name and value of an item: `=` in `v1=ab`, `,` in `v1,ab`. */
    readonly keySeparator?: string;
    /** The item name that holds a signature: `v1`. Items of other names are ignored. */
    readonly key?: string;
  };
  readonly content?: string;
  readonly timestamp?: {
    /** Header that holds the time; or `item`: its name among the items of the signature header. */
    readonly header?: string;
    readonly item?: string;
    readonly unit: 's' | 'ms' | 'iso';
    /** Accepted age in seconds; exactly this old is accepted. Default 300. */
    readonly tolerance?: number;
    /** Accepted lead of the sender's clock in seconds. Default: `tolerance`. */
    readonly future?: number;
  };
  /** Header whose value is `{id}` in `content`. */
  readonly id?: { readonly header: string };
  readonly key?: {
    /** How the configured secret becomes the key. Default `text`: its UTF-8 bytes. `spki-base64`, `raw-hex`, `raw-base64`: a public key; with `text` a public key is PEM. */
    readonly form?: 'text' | 'hex' | 'base64' | 'spki-base64' | 'raw-hex' | 'raw-base64';
    /** Literal start of the secret that is not part of the key: `whsec_`. */
    readonly stripPrefix?: string;
  };
}

export type SignatureReason =
  | 'signature.missing'
  | 'signature.malformed'
  | 'signature.mismatch'
  | 'signature.stale'
  | 'signature.future';

/** What verification found: the index of the secret that matched, or why not. Never says what was expected. */
export type Verdict =
  | { readonly ok: true; readonly secret: number }
  | { readonly ok: false; readonly reason: SignatureReason };

/** What goes into the template: the header texts as received, never a number printed again. */
export interface SignedParts {
  readonly timestamp: string;
  readonly id: string;
  readonly url: string;
  readonly method: string;
  readonly body: Uint8Array;
  readonly secret: string;
}

/** The bytes that are signed. */
export function signedContent(scheme: SignatureScheme, parts: SignedParts): Uint8Array {
  return compileContent(scheme)(parts);
}

/** `signedContent` of one scheme, its template read once. */
export function compileContent(scheme: SignatureScheme): (parts: SignedParts) => Uint8Array {
  const template = scheme.content ?? '{body}';
  if (template === '{body}') return ({ body }) => body;
  const pieces = template.split(/\{(timestamp|body|id|url|method|secret)\}/).map((piece, index) => {
    if (index % 2 === 0) return Buffer.from(piece);
    return piece as keyof SignedParts;
  });
  return (parts) =>
    Buffer.concat(
      pieces.map((piece) => {
        if (typeof piece !== 'string') return piece;
        if (piece === 'body') return parts.body;
        // Node reads header bytes as Latin-1: written back the same way, they are the bytes that were sent.
        return Buffer.from(parts[piece], piece === 'timestamp' || piece === 'id' ? 'latin1' : 'utf8');
      }),
    );
}

/** The digest of a symmetric scheme; undefined for `token` and the algorithms with a key pair. */
export function digest(scheme: SignatureScheme, key: Uint8Array | KeyObject, content: Uint8Array): Buffer | undefined {
  if (scheme.algorithm === 'sha256') return createHash('sha256').update(content).digest();
  if (!scheme.algorithm.startsWith('hmac-')) return undefined;
  return createHmac(scheme.algorithm.slice('hmac-'.length), key).update(content).digest();
}

/** The secret as key bytes; undefined when it is empty or not of the form the scheme names. */
export function keyBytes(scheme: SignatureScheme, secret: string): Buffer | undefined {
  const { form = 'text', stripPrefix = '' } = scheme.key ?? {};
  const text = secret.startsWith(stripPrefix) ? secret.slice(stripPrefix.length) : secret;
  const bytes =
    form === 'text'
      ? Buffer.from(text)
      : form.endsWith('hex')
        ? decodeStrictly(text, 'hex')
        : decodeStrictly(text.padEnd(Math.ceil(text.length / 4) * 4, '='), 'base64');
  return bytes === undefined || bytes.length === 0 ? undefined : bytes;
}

type Encoding = 'hex' | 'base64' | 'text';

export function encodingOf(scheme: SignatureScheme): Encoding {
  return scheme.signature.encoding ?? (scheme.algorithm === 'token' ? 'text' : 'hex');
}

/** Decodes the whole text or nothing: Node's own decoder stops silently at the first bad character. */
export function decodeStrictly(text: string, encoding: Encoding): Buffer | undefined {
  if (encoding === 'text') return Buffer.from(text, 'latin1');
  if (encoding === 'hex') return /^(?:[0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

export interface SignRequest {
  readonly body: Uint8Array;
  /** As configured; for `ed25519` and `ecdsa-p256` the private key: PKCS#8 DER in base64. */
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly id: string;
  readonly url: string;
  readonly method: string;
}

/** The headers a sender with this scheme adds: signature, timestamp, id. Throws a `TypeError` for a secret that is no key. */
export function signRequest(scheme: SignatureScheme, request: SignRequest): Record<string, string> {
  const { header, prefix = '', itemSeparator = ',', keySeparator, key } = scheme.signature;
  const time = scheme.timestamp;
  const timestamp = printTime(request.now, time?.unit ?? 's');
  const encoding = encodingOf(scheme);
  const bytes = makeSignature(scheme, signedContent(scheme, { ...request, timestamp }), request.secret);
  const text = prefix + bytes.toString(encoding === 'text' ? 'latin1' : encoding);
  const items = keySeparator === undefined || key === undefined ? [text] : [key + keySeparator + text];
  if (time?.item !== undefined) items.unshift(time.item + (keySeparator ?? '=') + timestamp);
  return {
    ...(time?.header === undefined ? {} : { [time.header]: timestamp }),
    ...(scheme.id === undefined ? {} : { [scheme.id.header]: request.id }),
    [header]: items.join(itemSeparator),
  };
}

function makeSignature(scheme: SignatureScheme, content: Uint8Array, secret: string): Buffer {
  if (scheme.algorithm === 'ed25519' || scheme.algorithm === 'ecdsa-p256') {
    const key = createPrivateKey({ key: Buffer.from(secret, 'base64'), format: 'der', type: 'pkcs8' });
    return scheme.algorithm === 'ed25519'
      ? sign(null, content, key)
      : sign('sha256', content, { key, dsaEncoding: 'der' });
  }
  const key = keyBytes(scheme, secret);
  if (key === undefined) throw new TypeError('the secret is not a key of the form that the scheme names');
  return digest(scheme, key, content) ?? key;
}

function printTime(now: number, unit: 's' | 'ms' | 'iso'): string {
  if (unit === 'iso') return new Date(now).toISOString();
  return String(unit === 's' ? Math.floor(now / 1000) : now);
}
