// Turns an expression into the JavaScript that means the same, so that V8 can be asked for its value.

import { runInThisContext } from 'node:vm';
import { type Node, parseExpressionAt } from 'acorn';

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/** Every `.` becomes `?.`, `==` is strict but for null and missing, and a replacement is taken literally. */
export function toJavaScript(source: string): string {
  const edits: Edit[] = [];
  visit(parseExpressionAt(source, 0, { ecmaVersion: 2024 }), (node) => {
    if (node.type === 'MemberExpression') edits.push(...readOptionally(source, node as unknown as Member));
    if (node.type === 'BinaryExpression') edits.push(...compareStrictly(source, node as unknown as Binary));
    if (node.type === 'CallExpression') edits.push(...replaceLiterally(node as unknown as Call));
  });
  let made = source;
  for (const { at, remove, insert } of edits.toSorted((a, b) => b.at - a.at)) {
    made = made.slice(0, at) + insert + made.slice(at + remove);
  }
  return made;
}

export function askV8(source: string, scope: Readonly<Record<string, unknown>>): unknown {
  const code = `(function (${Object.keys(scope).join(', ')}, same) { 'use strict'; return (${toJavaScript(source)}); })`;
  const run = runInThisContext(code) as (...values: readonly unknown[]) => unknown;
  return run(
    ...Object.values(scope),
    (a: unknown, b: unknown) => a === b || ((a ?? null) === null && (b ?? null) === null),
  );
}

interface Member extends Node {
  readonly object: Node;
  readonly property: Node;
  readonly computed: boolean;
  readonly optional: boolean;
}

interface Binary extends Node {
  readonly operator: string;
  readonly left: Node;
  readonly right: Node;
}

interface Call extends Node {
  readonly callee: Node & { readonly property?: Node & { readonly name?: string } };
  readonly arguments: readonly Node[];
}

function readOptionally(source: string, node: Member): Edit[] {
  if (node.optional) return [];
  const between = source.slice(node.object.end, node.property.start);
  return node.computed
    ? [{ at: node.object.end + between.lastIndexOf('['), remove: 0, insert: '?.' }]
    : [{ at: node.object.end + between.lastIndexOf('.'), remove: 0, insert: '?' }];
}

function compareStrictly(source: string, node: Binary): Edit[] {
  if (node.operator !== '==' && node.operator !== '!=') return [];
  const at = node.left.end + source.slice(node.left.end).indexOf(node.operator);
  return [
    { at: node.start, remove: 0, insert: node.operator === '==' ? 'same(' : '!same(' },
    { at, remove: 2, insert: ',' },
    { at: node.end, remove: 0, insert: ')' },
  ];
}

function replaceLiterally(node: Call): Edit[] {
  const replacement = node.arguments[1];
  if (node.callee.property?.name !== 'replaceAll' || replacement === undefined) return [];
  return [{ at: replacement.start, remove: 0, insert: '() => ' }];
}

function visit(node: Node, each: (node: Node) => void): void {
  each(node);
  for (const value of Object.values(node) as unknown[]) {
    for (const inside of Array.isArray(value) ? (value as unknown[]) : [value]) if (isNode(inside)) visit(inside, each);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
