// The tree of the YAML library → our own, checking keys, aliases and numbers on the way.

import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, type Scalar, type YAMLError } from 'yaml';
import type { Entry, MapNode, Node, ScalarNode } from './node.ts';
import type { ScalarStyle } from './place.ts';
import type { Report, Span } from './report.ts';
import { quoted } from './traps.ts';

interface Context {
  readonly report: Report;
  /** Offsets of YAML errors that spoil only the value they are in. */
  readonly spoilt: readonly number[];
}

/** `errors`: those of YAML, by position; the values they are in become broken nodes. */
export function convert(contents: ParsedNode, errors: readonly YAMLError[], report: Report): Node {
  const context = { report, spoilt: errors.map((error) => error.pos[0]) };
  return convertNode(contents, '', context);
}

function convertNode(node: ParsedNode | null, path: string, context: Context): Node {
  if (node === null) return { kind: 'broken', path, offset: 0, end: 0 };
  const span = { path, offset: node.range[0], end: node.range[1] };
  if (isAlias(node)) {
    const shown = `*${node.source}`;
    context.report.error(
      'yaml.alias',
      span,
      `"${shown}" is read as a YAML alias, and aliases are not allowed`,
      `Put text in quotes (${quoted(shown)}), or write the value out; literals that several places need can go under "env".`,
    );
    return { kind: 'broken', ...span };
  }
  if (isMap(node)) return convertMap(node.items, span, context);
  if (isSeq(node)) {
    const items = node.items.map((item, index) => convertNode(item, `${path}[${index}]`, context));
    return { kind: 'list', ...span, items };
  }
  return convertScalar(node, span, context);
}

function convertMap(pairs: readonly Pair[], span: Span, context: Context): Node {
  const entries = new Map<string, Entry>();
  const map: MapNode = { kind: 'map', ...span, entries };
  const open = [...pairs];
  for (const [index, pair] of open.entries()) {
    const key = pair.key as ParsedNode | null;
    const value = pair.value as ParsedNode | null;
    const name = keyName(key, map, context);
    if (name === undefined || key === null) {
      if (isBraces(key)) return { kind: 'broken', ...span };
      continue;
    }
    const path = span.path === '' ? name : `${span.path}.${name}`;
    const keySpan = { path, offset: key.range[0], end: key.range[1] };
    const before = entries.get(name);
    if (before !== undefined) {
      const first = context.report.source.place(before.key.offset);
      context.report.error(
        'yaml.duplicate-key',
        keySpan,
        `"${name}" is already there on line ${first.line}`,
        'Keep one of them.',
      );
      continue;
    }
    const next = open[index + 1]?.key as ParsedNode | null | undefined;
    const end = next?.range[0] ?? Math.max(span.end, value?.range[2] ?? 0);
    const converted = convertValue(value, path, keySpan.end, end, context);
    entries.set(name, { key: keySpan, value: converted });
    if (converted.kind === 'broken') open.splice(index + 1, 0, ...swallowed(key, value, context));
  }
  return map;
}

/** A value, or a broken node when a YAML error lies in it and in none of the values inside it. */
function convertValue(value: ParsedNode | null, path: string, start: number, end: number, context: Context): Node {
  const spoiltAt = context.spoilt.find((offset) => offset >= start && offset < end);
  const span = { path, offset: value?.range[0] ?? start, end: value?.range[1] ?? start };
  const isInside = isCollection(value) && spoiltAt !== undefined && spoiltAt > span.offset && spoiltAt < span.end;
  if (spoiltAt !== undefined && !isInside) return { kind: 'broken', ...span };
  return convertNode(value, path, context);
}

/** After a value that ": " split in two, the parser takes the keys that follow on later lines for its own. */
function swallowed(key: ParsedNode, value: ParsedNode | null, { report }: Context): Pair[] {
  if (!isMap(value) || value.flow === true) return [];
  const { column } = report.source.place(key.range[0]);
  return value.items.slice(1).filter(({ key: inner }) => {
    return inner !== null && report.source.place(inner.range[0]).column === column;
  });
}

function isCollection(value: ParsedNode | null): boolean {
  return isMap(value) || isSeq(value);
}

/** The name of a key; undefined after reporting one that cannot be used. */
function keyName(key: ParsedNode | null, map: MapNode, { report }: Context): string | undefined {
  const span = key === null ? map : { path: map.path, offset: key.range[0], end: key.range[1] };
  if (isBraces(key)) {
    const text = report.source.text.slice(map.offset, map.end);
    report.error(
      'yaml.braces',
      { ...map, end: map.end },
      `"${text.slice(0, 60)}" is read as a YAML map`,
      'Write expressions as "${{ … }}", with the dollar sign.',
    );
    return undefined;
  }
  if (!isScalar(key) || key.value === null || key.value === '') {
    report.error('yaml.key', span, 'a key must be text on one line', 'Put the key in quotes.');
    return undefined;
  }
  const name = typeof key.value === 'string' ? key.value : key.source;
  if (name === '<<') {
    report.error('yaml.key', span, '"<<" merges nothing: merge keys are not allowed', 'Write the values out.');
    return undefined;
  }
  if (name === '__proto__') {
    report.error('yaml.key', span, `"${name}" is not allowed as a key`, 'Choose another name.');
    return undefined;
  }
  return name;
}

function isBraces(key: ParsedNode | null): boolean {
  return isMap(key) && key.flow === true;
}

const styles: Readonly<Record<string, ScalarStyle>> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
};

function convertScalar(node: Scalar.Parsed, span: Span, { report }: Context): Node {
  const style = styles[node.type ?? ''] ?? 'plain';
  const written = node.source ?? '';
  const { value } = node;
  if (typeof value === 'number') checkNumber(value, written, span, report);
  const scalar: ScalarNode = { kind: 'scalar', ...span, style, value: isPlain(value) ? value : written, written };
  return checkComment(scalar, report) ? scalar : { kind: 'broken', ...span };
}

function isPlain(value: unknown): value is ScalarNode['value'] {
  return value === null || ['string', 'boolean', 'number'].includes(typeof value);
}

function checkNumber(value: number, written: string, span: Span, report: Report): void {
  if (!Number.isFinite(value)) {
    report.error(
      'yaml.number',
      span,
      `"${written}" is no number that can be used`,
      `Put it in quotes if it is text: "${written}".`,
    );
  } else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    report.error(
      'yaml.number',
      span,
      `"${written}" has more digits than a number can keep`,
      `Put it in quotes: "${written}".`,
    );
  }
}

/** ` #` ends a plain value: harmless before a comment, but false when the value was surely meant to go on. */
function checkComment(scalar: ScalarNode, report: Report): boolean {
  if (scalar.style !== 'plain') return true;
  const { text } = report.source;
  const lineEnd = text.indexOf('\n', scalar.end);
  const rest = text.slice(scalar.end, lineEnd === -1 ? text.length : lineEnd).trimEnd();
  const comment = (scalar.written === '' ? /^[ \t]*(#.*)$/ : /^[ \t]+(#.*)$/).exec(rest)?.[1];
  if (comment === undefined) return true;
  const open = scalar.written.lastIndexOf('${{') > scalar.written.lastIndexOf('}}');
  const sure = open || comment.includes('${{') || comment.includes('}}');
  if (!sure && !/^#[^\s#]/.test(comment)) return true;
  const offset = text.indexOf('#', scalar.end);
  const span = { path: scalar.path, offset, end: offset + comment.length };
  const whole = `${scalar.value === null ? '' : scalar.written + rest.slice(0, rest.indexOf('#'))}${comment}`;
  report[sure ? 'error' : 'warning'](
    'yaml.comment',
    span,
    `"${comment.slice(0, 60)}" is read as a comment, because a blank stands before the "#"`,
    `Put the whole value in quotes if it belongs to it: ${quoted(whole.trim())}`,
  );
  return !sure;
}
