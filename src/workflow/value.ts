// Values with expressions in them, as written under `with:` and in settings: parsed once, read by checks and compiler.

import type { Expression } from './expression/ast.ts';
import type { ParseError } from './expression/parse.ts';
import type { Template } from './expression/template.ts';
import { childrenOf, type AnyNode } from './expression/walk.ts';
import type { ListNode, MapNode, Node, ScalarNode } from './node.ts';
import type { Parser } from './parser.ts';
import { offsetInScalar, type ScalarText, type SourceText } from './place.ts';
import type { Report, Span } from './report.ts';

/** A scalar that holds expressions; `text` is what offsets of the expressions are into. */
export interface Holder extends Span {
  readonly style: ScalarNode['style'];
  readonly value: string;
  readonly marks: NonNullable<ScalarText['marks']>;
}

/** One expression that is the whole of a scalar; it begins at `start` of the holder's value. */
export interface Written {
  readonly expression: Expression;
  readonly holder: Holder;
  readonly start: number;
}

export type Value =
  | { readonly kind: 'literal'; readonly node: ScalarNode }
  /** Exactly one `${{ }}`: keeps its type. */
  | { readonly kind: 'expression'; readonly node: ScalarNode; readonly holder: Holder; readonly template: Template }
  | { readonly kind: 'text'; readonly node: ScalarNode; readonly holder: Holder; readonly template: Template }
  | { readonly kind: 'list'; readonly node: ListNode; readonly items: readonly Value[] }
  | { readonly kind: 'map'; readonly node: MapNode; readonly entries: ReadonlyMap<string, Value> }
  /** Could not be read; its problem is reported. */
  | { readonly kind: 'unknown'; readonly node: Node };

/** How the expressions of one place are read. */
export interface Reading {
  readonly report: Report;
  readonly parser: Parser;
  /** Root names that may be read. */
  readonly names: readonly string[];
  /** Called for each expression that parsed. */
  found(written: Written): void;
  /** A better hint than the parser's, when there is one. */
  advise?(source: string): string | undefined;
}

export function readValue(node: Node, reading: Reading): Value {
  if (node.kind === 'broken') return { kind: 'unknown', node };
  if (node.kind === 'list') return { kind: 'list', node, items: node.items.map((item) => readValue(item, reading)) };
  if (node.kind === 'map') {
    const entries = new Map<string, Value>();
    for (const [key, entry] of node.entries) {
      if (key.includes('${{')) reading.report.error('expression.invalid', entry.key, 'a key cannot hold an expression');
      entries.set(key, readValue(entry.value, reading));
    }
    return { kind: 'map', node, entries };
  }
  return readScalar(node, reading);
}

function readScalar(node: ScalarNode, reading: Reading): Value {
  if (typeof node.value !== 'string' || !node.value.includes('${{')) return { kind: 'literal', node };
  const holder = holderOf(node, node.value);
  const parsed = reading.parser.template(node.value, reading.names);
  if (!parsed.ok) {
    reportParseError(parsed.error, 0, holder, reading);
    return { kind: 'unknown', node };
  }
  const template = parsed.value;
  for (const written of expressionsIn(template, holder)) reading.found(written);
  return { kind: template.whole ? 'expression' : 'text', node, holder, template };
}

function expressionsIn(template: Template, holder: Holder): Written[] {
  return template.parts.flatMap((part) =>
    typeof part === 'string' ? [] : [{ expression: part.expression, holder, start: part.offset }],
  );
}

export function holderOf(node: ScalarNode, value: string): Holder {
  return { style: node.style, offset: node.offset, end: node.end, path: node.path, value, marks: [] };
}

/** The one expression of an `if` or `unique`, bare or in `${{ }}`; undefined when it is not valid, which is reported. */
export function readBare(node: Node | undefined, reading: Reading): Written | undefined {
  if (node?.kind !== 'scalar' || node.value === null) return undefined;
  const holder = holderOf(node, String(node.value));
  if (holder.value.trimStart().startsWith('${{')) {
    const value = readScalar({ ...node, value: holder.value.trim() }, reading);
    if (value.kind === 'text') {
      reading.report.error(
        'expression.template',
        node,
        'this must be one expression, not text with expressions in it',
        'Leave out every "${{" and "}}".',
      );
    }
    return value.kind === 'expression' ? expressionsIn(value.template, value.holder)[0] : undefined;
  }
  const parsed = reading.parser.expression(holder.value, reading.names);
  if (!parsed.ok) {
    reportParseError(parsed.error, 0, holder, reading);
    return undefined;
  }
  const written = { expression: parsed.value, holder, start: 0 };
  reading.found(written);
  return written;
}

function reportParseError(error: ParseError, start: number, holder: Holder, reading: Reading): void {
  const span = spanIn(reading.report.source, holder, start + error.offset, error.length ?? 1);
  const hint = reading.advise?.(holder.value) ?? error.hint;
  const cut = /^[ \t]+#/.test(reading.report.source.text.slice(holder.end)) && holder.style === 'plain';
  const advice = cut ? 'YAML cuts a value at " #": put the whole value in quotes.' : hint && sentence(hint);
  reading.report.error('expression.invalid', span, error.message, advice);
}

function sentence(hint: string): string {
  const text = hint.charAt(0).toUpperCase() + hint.slice(1);
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

/** Where a stretch of a scalar's value stands in the file. */
export function spanIn(source: SourceText, holder: Holder, offset: number, length: number): Span {
  const start = offsetInScalar(source.text, holder, offset);
  const last = length > 1 ? offsetInScalar(source.text, holder, offset + length - 1) : start;
  return { path: holder.path, offset: start, end: Math.max(last + 1, start + 1) };
}

/** Where a part of an expression stands in the file. */
export function spanOf(source: SourceText, written: Written, node: { start: number; end: number }): Span {
  return spanIn(source, written.holder, written.start + node.start, node.end - node.start);
}

/** Visits every node of an expression, parents first. */
export function walk(node: AnyNode, visit: (node: AnyNode) => void): void {
  visit(node);
  for (const inner of childrenOf(node)) walk(inner, visit);
}
