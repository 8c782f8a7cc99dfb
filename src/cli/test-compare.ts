// What a value differs in from what a test expects, field by field, each with its place in the test file.

import type { Node } from '../workflow/node.ts';
import type { Span } from '../workflow/report.ts';
import { oneLine } from './format.ts';

export interface Difference {
  readonly span: Span;
  /** `log.input.record.Subject`. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/** `exact`: fields that are not expected are differences too. Nothing and null are the same. */
export function compare(expected: Node, actual: unknown, path: string, exact: boolean): readonly Difference[] {
  if (expected.kind === 'map') {
    if (!isFields(actual)) return [difference(expected, actual, path)];
    const inside = [...expected.entries].flatMap(([key, { value }]) => {
      return compare(value, Object.hasOwn(actual, key) ? actual[key] : undefined, `${path}.${key}`, exact);
    });
    const more = Object.entries(actual).filter(([key, value]) => value !== undefined && !expected.entries.has(key));
    const surplus = more.map(([key, value]) => ({
      span: expected,
      path: `${path}.${key}`,
      expected: nothing,
      actual: show(value),
    }));
    return exact ? [...inside, ...surplus] : inside;
  }
  if (expected.kind === 'list') {
    if (!Array.isArray(actual)) return [difference(expected, actual, path)];
    const items = actual as readonly unknown[];
    if (items.length !== expected.items.length) {
      const counts = [expected.items.length, items.length].map((count) => `${count} ${count === 1 ? 'item' : 'items'}`);
      return [{ span: expected, path, expected: counts[0] ?? '', actual: `${counts[1]}: ${show(items)}` }];
    }
    return expected.items.flatMap((item, index) => compare(item, items[index], `${path}[${index}]`, exact));
  }
  const value = expected.kind === 'scalar' ? expected.value : null;
  return Object.is(value, actual ?? null) ? [] : [difference(expected, actual, path)];
}

export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const nothing = 'nothing';
/** Most characters that are shown of one value. */
const mostShown = 160;

function difference(expected: Node, actual: unknown, path: string): Difference {
  if (expected.kind !== 'scalar' || typeof expected.value !== 'string' || typeof actual !== 'string') {
    const shown = expected.kind === 'scalar' ? show(expected.value) : expected.kind === 'list' ? 'a list' : 'a map';
    return { span: expected, path, expected: shown, actual: show(actual) };
  }
  const from = Math.max(0, firstChange(expected.value, actual) - 40);
  const cut = (text: string) => `${from > 0 ? '…' : ''}${oneLine(JSON.stringify(text.slice(from)), mostShown)}`;
  return { span: expected, path, expected: cut(expected.value), actual: cut(actual) };
}

/** Where two texts begin to differ; long ones are shown from shortly before. */
function firstChange(a: string, b: string): number {
  if (Math.max(a.length, b.length) <= mostShown) return 0;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

export function show(value: unknown): string {
  return value === undefined || value === null ? nothing : oneLine(JSON.stringify(value), mostShown);
}
