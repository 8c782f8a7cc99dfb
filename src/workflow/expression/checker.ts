// What the checks of expressions share: how they report, and the two mistakes that every one of them looks for.

import type { ArrowNode, ExpressionNode, Span } from './ast.ts';
import type { Names, Work } from './narrow.ts';
import { describe, isAbsent, may, only, present, type Type } from './types.ts';

export interface TypeProblem {
  readonly code:
    | 'expression.unknown-field'
    | 'expression.maybe-missing'
    | 'expression.type'
    | 'expression.not-listed'
    | 'expression.never'
    | 'expression.condition';
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
}

export interface Checker {
  readonly source: string;
  readonly work: Work;
  typeOf(node: ExpressionNode, names: Names): Type;
  /** Of what an arrow function gives for items of this type. */
  typeOfArrow(node: ArrowNode, item: Type, names: Names): Type;
  /** The names where an expression holds, or does not. */
  assuming(node: ExpressionNode, holds: boolean, names: Names): Names;
  /** Calls `found` with the place of a mistake in the expression's source. */
  problem(place: Span, problem: TypeProblem): void;
}

/** What is put into a text. */
export function requireText(node: ExpressionNode, type: Type, checker: Checker): void {
  if (reportAbsent(node, type, 'stands in a text', '""', checker)) return;
  if (may(type, 'text', 'number', 'boolean')) return;
  checker.problem(node, {
    code: 'expression.type',
    severity: 'error',
    message: `${quoteNode(node, checker)} is ${describe(present(type))}, which has no text`,
    hint: may(type, 'list') ? 'Use .join(", ") or json(…).' : 'Use one of its fields or json(…).',
  });
}

/** Reports a value that may be missing or null; whether it did. */
export function reportAbsent(
  node: ExpressionNode,
  type: Type,
  where: string,
  otherwise: string,
  checker: Checker,
): boolean {
  if (type === 'any') return false;
  const shape = type.find(isAbsent);
  if (shape === undefined) return false;
  const why = shape.kind === 'missing' ? shape.why : undefined;
  const state = shape.kind === 'null' ? 'null' : 'missing';
  const subject = quoteNode(node, checker);
  checker.problem(node, {
    code: 'expression.maybe-missing',
    severity: 'error',
    message: `${subject} ${where}, but ${why ?? `it ${only(type, 'null', 'missing') ? 'is' : 'may be'} ${state}`}`,
    hint: `Add a default: ${writeDefault(node, otherwise, checker)}.`,
  });
  return true;
}

/** Longer expressions are not repeated in a message. */
const longest = 60;

function writeDefault(node: ExpressionNode, otherwise: string, { source }: Checker): string {
  const written = source.slice(node.start, node.end);
  const isWhole = node.start === 0 && node.end === source.trimEnd().length;
  if (written.length > longest) return `?? ${otherwise}`;
  return isWhole ? `${written} ?? ${otherwise}` : `(${written} ?? ${otherwise})`;
}

export function quoteNode(node: Span, { source }: Checker): string {
  const written = source.slice(node.start, node.end);
  return written.length > longest ? 'this' : `"${written}"`;
}
