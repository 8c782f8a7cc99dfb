// Reads signatures, timestamp and id from the headers of a request, strictly: a repeated or half-decodable one is malformed.

import { decodeStrictly, encodingOf, type SignatureReason, type SignatureScheme } from '../plugin/signature.ts';

export interface ReadSignature {
  readonly ok: true;
  readonly signatures: readonly Uint8Array[];
  /** The texts as received; empty when the scheme has none. */
  readonly timestamp: string;
  readonly id: string;
  /** The timestamp in milliseconds since 1970; undefined when the scheme has none. */
  readonly at: number | undefined;
}

interface Refused {
  readonly ok: false;
  readonly reason: SignatureReason;
}

type Headers = ReadonlyMap<string, readonly string[]>;
type Item = { readonly name: string | undefined; readonly value: string };

const missing: Refused = { ok: false, reason: 'signature.missing' };
const malformed: Refused = { ok: false, reason: 'signature.malformed' };

const longestHeader = 16_384;
/** More than any sender has while it rotates secrets; each costs a comparison with each secret. */
const mostItems = 32;

const digestLengths: Partial<Record<SignatureScheme['algorithm'], number>> = {
  'hmac-sha256': 32,
  'hmac-sha1': 20,
  'hmac-sha512': 64,
  sha256: 32,
  ed25519: 64,
};

export function readSignature(scheme: SignatureScheme, headers: Headers): ReadSignature | Refused {
  const header = single(headers, scheme.signature.header);
  if (!header.ok) return header;
  const items = readItems(scheme, header.value);
  if (items === undefined) return malformed;
  const time = readTimestamp(scheme, headers, items);
  if (!time.ok) return time;
  const id = scheme.id === undefined ? { ok: true as const, value: '' } : single(headers, scheme.id.header);
  if (!id.ok) return id;
  const { key } = scheme.signature;
  const texts = items.filter((item) => item.name === undefined || item.name === key);
  if (texts.length === 0) return missing;
  const signatures: Uint8Array[] = [];
  for (const { value } of texts) {
    const bytes = decodeSignature(scheme, value);
    if (bytes === undefined) return malformed;
    signatures.push(bytes);
  }
  return { ok: true, signatures, timestamp: time.value, at: time.at, id: id.value };
}

/** The header's one value; an empty one counts as missing. */
function single(headers: Headers, name: string): { readonly ok: true; readonly value: string } | Refused {
  const values = headers.get(name.toLowerCase());
  if (values === undefined) return missing;
  const [value = ''] = values;
  if (values.length > 1 || value.length > longestHeader) return malformed;
  return value === '' ? missing : { ok: true, value };
}

function readItems(scheme: SignatureScheme, header: string): readonly Item[] | undefined {
  const { itemSeparator, keySeparator } = scheme.signature;
  const texts = itemSeparator === undefined ? [header] : header.split(itemSeparator, mostItems + 1);
  if (texts.length > mostItems) return undefined;
  const items: Item[] = [];
  for (const text of texts) {
    // Blanks around the items of a list are HTTP's own way to write it.
    const item = itemSeparator === undefined ? text : text.trim();
    const split = keySeparator === undefined ? -1 : item.indexOf(keySeparator);
    if (item === '' || (keySeparator !== undefined && split < 1)) return undefined;
    items.push(
      keySeparator === undefined
        ? { name: undefined, value: item }
        : { name: item.slice(0, split), value: item.slice(split + keySeparator.length) },
    );
  }
  return items;
}

function decodeSignature(scheme: SignatureScheme, text: string): Uint8Array | undefined {
  const { prefix = '' } = scheme.signature;
  if (!text.startsWith(prefix)) return undefined;
  const bytes = decodeStrictly(text.slice(prefix.length), encodingOf(scheme));
  const length = digestLengths[scheme.algorithm];
  return length === undefined || bytes?.length === length ? bytes : undefined;
}

function readTimestamp(
  scheme: SignatureScheme,
  headers: Headers,
  items: readonly Item[],
): { readonly ok: true; readonly value: string; readonly at: number | undefined } | Refused {
  if (scheme.timestamp === undefined) return { ok: true, value: '', at: undefined };
  const { header, item, unit } = scheme.timestamp;
  let value: string;
  if (header === undefined) {
    const found = items.filter(({ name }) => name !== undefined && name === item);
    if (found.length === 0) return missing;
    if (found.length > 1) return malformed;
    value = found[0]?.value ?? '';
  } else {
    const read = single(headers, header);
    if (!read.ok) return read;
    value = read.value;
  }
  const at = readTime(value, unit);
  return at === undefined ? malformed : { ok: true, value, at };
}

/** Milliseconds since 1970, from digits alone or a whole ISO 8601 time with its zone. */
function readTime(text: string, unit: 's' | 'ms' | 'iso'): number | undefined {
  if (unit !== 'iso') return /^\d{1,15}$/.test(text) ? Number(text) * (unit === 's' ? 1000 : 1) : undefined;
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/.exec(text);
  const wall = match?.[1];
  // V8 reads 30 February as 2 March; a real date is the same when it is printed again.
  if (wall === undefined || !isRealDate(wall)) return undefined;
  return Date.parse(text);
}

function isRealDate(wall: string): boolean {
  const at = Date.parse(`${wall}Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(wall);
}
