// Reads JSON that nobody vouches for: bounded in depth, with every digit of a long integer kept; and hashes what it means.

import { createHash } from 'node:crypto';

/** Deeper nesting is refused before anything walks it: parsing alone survives 100,000 levels, a recursive reader does not. */
const deepest = 64;

type Parse = (
  text: string,
  reviver?: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;
const parse = JSON.parse as Parse;

export type ReadJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: 'body.malformed' | 'body.depth' };

/**
 * Integers beyond 2^53 and numbers beyond the range of a double become text, digit for digit. A key such as `__proto__`
 * becomes an own property like any other; of equal keys the last one counts.
 */
export function readJson(text: string): ReadJson {
  if (hasManyBrackets(text) && isTooDeep(text)) return { ok: false, reason: 'body.depth' };
  try {
    return { ok: true, value: hasLongNumber.test(text) ? parse(text, keepDigits) : parse(text) };
  } catch {
    return { ok: false, reason: 'body.malformed' };
  }
}

/** A number that could need `keepDigits`, which costs several times the plain parse. */
const hasLongNumber = /\d{16}|\d[eE]\+?\d{3}/;

function keepDigits(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined) return value;
  const isLost = /^-?\d+$/.test(context.source) ? !Number.isSafeInteger(value) : !Number.isFinite(value);
  return isLost ? context.source : value;
}

/** Few brackets cannot be nested deeply, and counting them is ten times as fast as following them. */
function hasManyBrackets(text: string): boolean {
  let count = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0 && count <= deepest; at = text.indexOf(bracket, at + 1)) count++;
  }
  return count > deepest;
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === 0x5c) index++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) {
      depth++;
      if (depth > deepest) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}

/** sha256 of a plain value, hex; the same for any order of keys and any white space. */
export function contentHash(value: unknown): string {
  const text = JSON.stringify(value, (_key, item: unknown) => (isRecord(item) ? sortKeys(item) : item)) ?? 'null';
  return createHash('sha256').update(text).digest('hex');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortKeys(record: Record<string, unknown>): Record<string, unknown> {
  const keys = Object.keys(record).sort();
  return Object.fromEntries(keys.map((key) => [key, record[key]]));
}
