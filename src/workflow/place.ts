// Finds the line and column of an offset in the file, and of an offset inside a YAML scalar.

import type { Place } from './problem.ts';

/** The text of a file, and where its offsets are. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  place(offset: number): Place;
}

export function createSourceText(file: string, text: string): SourceText {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const place = (offset: number): Place => {
    const line = lastAtMost(starts.length, (index) => (starts[index] ?? 0) <= offset);
    return { file, line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
  return { file, text, place };
}

/** Several texts one after the other, each file in its own lines. */
export interface JoinedText extends SourceText {
  /** Each text, and the offset at which it begins. */
  readonly parts: readonly { readonly source: SourceText; readonly start: number }[];
}

/** `file`: the name of them all. */
export function joinTexts(file: string, texts: readonly SourceText[]): JoinedText {
  const parts: { source: SourceText; start: number }[] = [];
  let length = 0;
  for (const source of texts) {
    parts.push({ source, start: length });
    length += source.text.length + 1;
  }
  const place = (offset: number): Place => {
    const part = parts[lastAtMost(parts.length, (index) => (parts[index]?.start ?? 0) <= offset)];
    return part === undefined ? { file, line: 1, column: 1 } : part.source.place(offset - part.start);
  };
  return { file, text: texts.map(({ text }) => text).join('\n'), place, parts };
}

/** The last index for which it holds; it holds for 0 and for none after one for which it does not. */
function lastAtMost(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

export type ScalarStyle = 'plain' | 'single' | 'double' | 'block';

/** Where a scalar stands, and what it came to. */
export interface ScalarText {
  readonly style: ScalarStyle;
  /** Offsets of the scalar in the file. */
  readonly offset: number;
  readonly end: number;
  /** The text after folding and unescaping. */
  readonly value: string;
  /** Places found on the way, for the next question about the same scalar: one with many problems may be long. */
  readonly marks?: Mark[];
}

/** The character of the value at an index stands at an offset of the file. */
interface Mark {
  readonly index: number;
  readonly at: number;
}

const charsBetweenMarks = 500;

/**
 * The offset in the file of a character of a scalar's value. Walks value and file together: white space and the marks of
 * escapes are skipped, everything else stands in both in the same order. Gives the scalar's start when they part ways.
 */
export function offsetInScalar(text: string, scalar: ScalarText, target: number): number {
  const { value, style, end } = scalar;
  const marks = scalar.marks ?? [];
  const known = marks[lastAtMost(marks.length, (at) => (marks[at]?.index ?? 0) <= target)];
  const from = known === undefined || known.index > target ? { index: 0, at: contentStart(text, scalar) } : known;
  let { at } = from;
  for (let { index } = from; index < value.length && index < target + 1; ) {
    if (index >= (marks.at(-1)?.index ?? 0) + charsBetweenMarks) marks.push({ index, at });
    if (isBlank(value.charCodeAt(index))) {
      if (index === target) return at;
      index++;
      continue;
    }
    at = skipBlank(text, at, end, style);
    if (index >= target) return at;
    const unit = unitAt(text, at, style);
    if (at >= end || !value.startsWith(unit.text, index)) return scalar.offset;
    index += unit.text.length;
    at += unit.length;
  }
  return Math.min(at, end);
}

function contentStart(text: string, scalar: ScalarText): number {
  if (scalar.style === 'plain') return scalar.offset;
  if (scalar.style !== 'block') return scalar.offset + 1;
  const header = text.indexOf('\n', scalar.offset);
  return header === -1 ? scalar.end : header + 1;
}

function isBlank(code: number): boolean {
  return (
    code === 0x20 ||
    (code >= 0x09 && code <= 0x0d) ||
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x2028 ||
    code === 0x2029
  );
}

function skipBlank(text: string, from: number, end: number, style: ScalarStyle): number {
  let at = from;
  while (at < end) {
    if (isBlank(text.charCodeAt(at))) at++;
    else if (style === 'double' && text[at] === '\\' && isBlank(unitAt(text, at, style).text.charCodeAt(0)))
      at += unitAt(text, at, style).length;
    else break;
  }
  return at;
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};
const hexDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** The character that begins at an offset of the file, and how much of the file it takes. */
function unitAt(text: string, at: number, style: ScalarStyle): { text: string; length: number } {
  const char = text[at] ?? '';
  if (style === 'single' && char === "'") return { text: "'", length: 2 };
  if (style !== 'double' || char !== '\\') return { text: char, length: 1 };
  const mark = text[at + 1] ?? '';
  const digits = hexDigits[mark];
  if (digits !== undefined) {
    const code = Number.parseInt(text.slice(at + 2, at + 2 + digits), 16);
    return { text: code <= 0x10ffff ? String.fromCodePoint(code) : '', length: 2 + digits };
  }
  return { text: escapes[mark] ?? mark, length: 2 };
}
