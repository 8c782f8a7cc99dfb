// Checks operators: what they take, and comparisons whose answer is known before.

import { nearest } from '../suggest.ts';
import type { BinaryNode, ExpressionNode } from './ast.ts';
import { quoteNode, reportAbsent, type Checker } from './checker.ts';
import { overlap } from './overlap.ts';
import {
  boolean,
  describe,
  isAbsent,
  isNever,
  may,
  number,
  only,
  present,
  text,
  union,
  valueOf,
  type Type,
} from './types.ts';

export function checkBinary(node: BinaryNode, left: Type, right: Type, checker: Checker): Type {
  switch (node.operator) {
    case '==':
    case '!=':
    case '===':
    case '!==':
      checkEquality(node, left, right, checker);
      return boolean;
    case '<':
    case '<=':
    case '>':
    case '>=':
      checkOrder(node, left, right, checker);
      return boolean;
    case '+':
      return checkPlus(node, left, right, checker);
    default: {
      const needs = `"${node.operator}" needs a number`;
      requireKind(node.left, left, 'number', needs, checker);
      requireKind(node.right, right, 'number', needs, checker);
      return number;
    }
  }
}

const defaults = { number: '0', text: '""', list: '[]', boolean: 'false', object: '{}' } as const;
const converters: Readonly<Record<string, string>> = { number: 'number', text: 'text' };

/** Reports a value that is missing, or surely of another kind. */
export function requireKind(
  node: ExpressionNode,
  type: Type,
  kind: keyof typeof defaults,
  needs: string,
  checker: Checker,
): void {
  if (reportAbsent(node, type, `is used where ${needs}`, defaults[kind], checker)) return;
  if (may(type, kind)) return;
  const converts = converters[kind];
  const hint = converts !== undefined && may(type, 'text', 'number') ? { hint: `Use ${converts}(…).` } : {};
  checker.problem(node, {
    code: 'expression.type',
    severity: 'error',
    message: `${quoteNode(node, checker)} is ${describe(type)}, but ${needs}`,
    ...hint,
  });
}

function checkPlus(node: BinaryNode, left: Type, right: Type, checker: Checker): Type {
  const isText = only(left, 'text') || only(right, 'text');
  const otherwise = isText ? '""' : '0';
  const where = 'is an operand of "+"';
  const lacks = [
    reportAbsent(node.left, left, where, otherwise, checker),
    reportAbsent(node.right, right, where, otherwise, checker),
  ];
  if (lacks.includes(true)) return isText ? text : 'any';
  const takes: Parameters<typeof may>[1][] = isText ? ['text', 'number', 'boolean'] : ['text', 'number'];
  for (const [operand, type, other] of [
    [node.left, left, right],
    [node.right, right, left],
  ] as const) {
    const joinable = may(other, 'text') ? may(type, 'text', 'number', 'boolean') : may(type, ...takes);
    if (joinable) continue;
    const message = `${quoteNode(operand, checker)} is ${describe(type)}, but "+" needs numbers or texts`;
    checker.problem(operand, { code: 'expression.type', severity: 'error', message });
    return 'any';
  }
  if (isText) return text;
  return only(left, 'number') && only(right, 'number') ? number : union(number, text);
}

function checkOrder(node: BinaryNode, left: Type, right: Type, checker: Checker): void {
  const [a, b] = [withoutMissing(left), withoutMissing(right)];
  const otherwise = may(a, 'text') && may(b, 'text') ? '""' : '0';
  const where = `is compared by "${node.operator}"`;
  if (reportAbsent(node.left, a, where, otherwise, checker)) return;
  if (reportAbsent(node.right, b, where, otherwise, checker)) return;
  if (isNever(a) || isNever(b)) return;
  if ((may(a, 'number') && may(b, 'number')) || (may(a, 'text') && may(b, 'text'))) return;
  const message = `${quoteNode(node.left, checker)} is ${describe(a)} and cannot be compared by "${node.operator}" with what is ${describe(b)}`;
  const convertible = may(a, 'number', 'text') && may(b, 'number', 'text');
  const hint = convertible ? 'Use number(…) or text(…).' : 'Compare two numbers or two texts.';
  checker.problem(node, { code: 'expression.type', severity: 'error', message, hint });
}

/** Null cannot be compared; what is missing is neither before nor after anything. */
function withoutMissing(type: Type): Type {
  return type === 'any' ? type : type.filter(({ kind }) => kind !== 'missing');
}

function checkEquality(node: BinaryNode, left: Type, right: Type, checker: Checker): void {
  if (left === 'any' || right === 'any' || isNever(left) || isNever(right)) return;
  if (isOpen(left) || isOpen(right) || left.every(isAbsent) || right.every(isAbsent)) return;
  if (checkListed(node.left, left, node.right, right, checker)) return;
  if (checkListed(node.right, right, node.left, left, checker)) return;
  if (node.operator.startsWith('!') || !isNever(overlap(left, right))) return;
  const value = valueOf(right);
  const other = value === undefined || value === null ? describe(present(right)) : JSON.stringify(value);
  const isSameKind = present(left).length > 0 && describe(present(left)) === describe(present(right));
  checker.problem(node, {
    code: 'expression.never',
    severity: isSameKind ? 'warning' : 'error',
    message: isSameKind
      ? `${quoteNode(node.left, checker)} can never be ${other} here`
      : `${quoteNode(node.left, checker)} is ${describe(present(left))} and can never be ${other}`,
    hint: isSameKind ? 'What is known of it by then rules this out.' : 'Compare it with a value of its own kind.',
  });
}

const isOpen = (type: Type) => type !== 'any' && type.some((shape) => 'open' in shape);

/** Reports a literal that is not among the values of a schema; whether it did. */
export function checkListed(
  node: ExpressionNode,
  type: Type,
  place: ExpressionNode,
  other: Type,
  checker: Checker,
): boolean {
  if (place.kind !== 'literal' || type === 'any') return false;
  const value = valueOf(other);
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  const listed = type.flatMap((shape) => ('declared' in shape ? shape.declared : []));
  const isListed = type.every((shape) => isAbsent(shape) || ('declared' in shape && shape.open !== true));
  if (!isListed || listed.length === 0 || listed.includes(value)) return false;
  const near =
    typeof value === 'string'
      ? nearest(
          value,
          listed.filter((one) => typeof one === 'string'),
        )
      : undefined;
  const all = listed
    .slice(0, 20)
    .map((one) => JSON.stringify(one))
    .join(', ');
  checker.problem(place, {
    code: 'expression.not-listed',
    severity: 'error',
    message: `${JSON.stringify(value)} is not a value of ${quoteNode(node, checker)}`,
    hint: near === undefined ? `It is one of: ${all}.` : `Did you mean ${JSON.stringify(near)}?`,
  });
  return true;
}
