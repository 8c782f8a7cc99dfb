// Closures that make texts, lists and objects, and read by a computed key.

import type { IndexNode, ListNode, ObjectNode, Span, TextNode } from './ast.ts';
import { type Budget, spendSteps, spendText } from './budget.ts';
import { about, placed } from './error.ts';
import type { Compiler, Run } from './run.ts';
import { isObject, keysOf, kindOf, readProperty, toText } from './values.ts';

export function text(node: TextNode, { source, compile }: Compiler): Run {
  const values = node.values.map((value) => ({ place: value, run: compile(value) }));
  const [first = '', ...others] = node.texts;
  return (frame) => {
    let made = first;
    for (const [index, { place, run }] of values.entries()) {
      made += textAt(run(frame), source, place) + (others[index] ?? '');
    }
    spendAt(source, node, () => spendText(frame.budget, made.length));
    return made;
  };
}

/** The text of a value that stood at this place. */
export function textAt(value: unknown, source: string, place: Span): string {
  if (typeof value === 'string') return value;
  try {
    return toText(value);
  } catch (error) {
    throw placed(error, source, place);
  }
}

function spendAt(source: string, place: Span, spend: () => void): void {
  try {
    spend();
  } catch (error) {
    throw placed(error, source, place);
  }
}

export function index(node: IndexNode, { source, compile }: Compiler): Run {
  const object = compile(node.object);
  const key = compile(node.index);
  return (frame) => {
    const owner = object(frame);
    if (owner === undefined || owner === null) return undefined;
    const at = key(frame);
    if (typeof at === 'string' || typeof at === 'number') return readProperty(owner, at);
    if (at === undefined) return undefined;
    throw about(source, node.index, `is ${kindOf(at)}, but a field is read by a text or a number`);
  };
}

export function list(node: ListNode, { source, compile }: Compiler): Run {
  const items = node.items.map((item) =>
    item.kind === 'spread' ? { spread: item.value, run: compile(item.value) } : { run: compile(item) },
  );
  return (frame) => {
    const made: unknown[] = [];
    for (const { spread, run } of items) {
      const value = run(frame);
      if (spread === undefined) made.push(value);
      else addItems(made, value, frame.budget, source, spread);
    }
    return made;
  };
}

function addItems(made: unknown[], value: unknown, budget: Budget, source: string, place: Span): void {
  if (!Array.isArray(value)) throw about(source, place, `is ${kindOf(value)}, but "..." in a list needs a list`);
  const items: readonly unknown[] = value;
  spendAt(source, place, () => spendSteps(budget, items.length));
  for (const item of items) made.push(item);
}

export function object(node: ObjectNode, { source, compile }: Compiler): Run {
  const entries = node.entries.map((entry) => {
    if (entry.kind === 'spread') return { place: entry.value, key: undefined, run: compile(entry.value) };
    const { key } = entry;
    if (typeof key === 'string') return { place: entry, key: () => key, run: compile(entry.value) };
    return { place: key, key: compile(key), run: compile(entry.value) };
  });
  return (frame) => {
    const made: Record<string, unknown> = {};
    for (const { place, key, run } of entries) {
      if (key === undefined) addFields(made, run(frame), frame.budget, source, place);
      else made[fieldName(key(frame), source, place)] = run(frame);
    }
    return made;
  };
}

function fieldName(key: unknown, source: string, place: Span): string {
  if (key === '__proto__') throw about(source, place, 'is "__proto__", which cannot be the name of a field');
  if (typeof key === 'string' || typeof key === 'number') return String(key);
  throw about(source, place, `is ${kindOf(key)}, but the name of a field is a text`);
}

function addFields(made: Record<string, unknown>, value: unknown, budget: Budget, source: string, place: Span): void {
  if (value === undefined || value === null) return;
  if (!isObject(value)) throw about(source, place, `is ${kindOf(value)}, but "..." in an object needs an object`);
  const keys = keysOf(value);
  spendAt(source, place, () => spendSteps(budget, keys.length));
  for (const key of keys) made[key] = value[key];
}
