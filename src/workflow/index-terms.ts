// Terms of a condition that an index can look up: `path == literal` and `[literals].includes(path)`.

import type { Expression, ExpressionNode } from './expression/ast.ts';
import { conjuncts } from './expression/evaluate.ts';

export type Key = string | number | boolean;

/** The condition is false for every event whose value at the path is none of these. */
export interface Term {
  /** Names the path: equal for equal paths. */
  readonly path: string;
  readonly expression: Expression;
  readonly values: readonly Key[];
  /** True when it is false, and not an error, for what is no text, number, true or false. */
  readonly total: boolean;
}

export function termsOf(condition: Expression): readonly Term[] {
  return conjuncts(condition).flatMap((node) => {
    const found = equality(node) ?? inclusion(node);
    if (found === undefined) return [];
    const path = pathOf(found.path);
    const expression = { source: condition.source, ast: found.path, names: condition.names };
    return path === undefined ? [] : [{ path, expression, values: [...new Set(found.values)], total: found.total }];
  });
}

interface Found extends Pick<Term, 'values' | 'total'> {
  readonly path: ExpressionNode;
}

function equality(node: ExpressionNode): Found | undefined {
  if (node.kind !== 'binary' || (node.operator !== '==' && node.operator !== '===')) return undefined;
  const [right, left] = [keyOf(node.right), keyOf(node.left)];
  if (right !== undefined) return { path: node.left, values: [right], total: true };
  return left === undefined ? undefined : { path: node.right, values: [left], total: true };
}

function inclusion(node: ExpressionNode): Found | undefined {
  if (node.kind !== 'method' || node.name !== 'includes' || node.object.kind !== 'list') return undefined;
  const [path] = node.args;
  const values = node.object.items.map((item) => (item.kind === 'spread' ? undefined : keyOf(item)));
  const known = values.filter((value) => value !== undefined);
  if (node.args.length !== 1 || path === undefined || path.kind === 'arrow' || known.length < values.length)
    return undefined;
  return { path, values: known, total: false };
}

/** Null is no key: it equals what is missing. */
function keyOf(node: ExpressionNode): Key | undefined {
  return node.kind === 'literal' && node.value !== null ? node.value : undefined;
}

/** `event.a.b` and nothing else. */
function pathOf(node: ExpressionNode): string | undefined {
  if (node.kind === 'name') return node.name === 'event' ? 'event' : undefined;
  if (node.kind !== 'member') return undefined;
  const object = pathOf(node.object);
  return object === undefined ? undefined : `${object}\n${node.name}`;
}
