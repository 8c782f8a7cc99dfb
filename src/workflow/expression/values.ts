// How the language looks at values: their kind in words, their own properties, and their form as text.

import { Failure } from './budget.ts';

/** `missing`, `null`, `a text`, `a number`, `true or false`, `a list`, `an object`. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : 'a number without bounds';
  if (typeof value === 'boolean') return 'true or false';
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** An own property of plain data; missing for anything else, whatever the key. */
export function readProperty(owner: unknown, key: string | number): unknown {
  if (owner === undefined || owner === null || key === '__proto__') return undefined;
  if (!Object.hasOwn(owner, key)) return undefined;
  const value = (owner as Readonly<Record<string | number, unknown>>)[key];
  return typeof value === 'function' ? undefined : value;
}

/** The keys of an object that can be read. */
export function keysOf(owner: object): string[] {
  return Object.keys(owner).filter((key) => key !== '__proto__');
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text, a finite number, true and false; a `Failure` for what would only look like text. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  throw new Failure(`is ${kindOf(value)}, which has no text; ${textHint(value)}`);
}

function textHint(value: unknown): string {
  if (value === undefined || value === null) return 'add a default such as ?? ""';
  if (Array.isArray(value)) return 'use .join(", ") or json(…)';
  return typeof value === 'number' ? 'check the data' : 'use one of its fields or json(…)';
}

/** Whether two values are equal: strictly, but null and missing are the same. */
export function looselyEqual(left: unknown, right: unknown): boolean {
  return left === right || ((left ?? null) === null && (right ?? null) === null);
}

/** At most `length` characters, the last of them `ending` when something was cut; never half of a surrogate pair. */
export function shorten(text: string, length: number, ending = '…'): string {
  if (text.length <= length) return text;
  const kept = ending.length <= length ? ending : '';
  const end = Math.max(length - kept.length, 0);
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(end));
  return text.slice(0, splitsPair ? end - 1 : end) + kept;
}

/** The start of a text in quotes, for messages. */
export function quote(text: string): string {
  return JSON.stringify(shorten(text, 40));
}
