// Evaluates a source text in one call, for the tests of the expression language.

import {
  compileCondition,
  compileExpression,
  createBudget,
  ExpressionError,
} from '../../../src/workflow/expression/evaluate.ts';
import { parseExpression, type ParseError, type Parsed } from '../../../src/workflow/expression/parse.ts';

export type Scope = Readonly<Record<string, unknown>>;

export function valueOf(source: string, scope: Scope = {}, budget = createBudget()): unknown {
  return compileExpression(parsed(source, scope))(scope, budget);
}

export function holds(source: string, scope: Scope = {}): boolean {
  return compileCondition(parsed(source, scope))(scope, createBudget());
}

/** The error a call throws, with the piece of `text` that its offset points at. */
export function errorOf(call: () => unknown, text: string): { message: string; at: string } {
  try {
    call();
  } catch (error) {
    if (error instanceof ExpressionError) return { message: error.message, at: text.slice(error.offset) };
    throw error;
  }
  throw new Error(`"${text}" did not fail`);
}

export function failureOf(source: string, scope: Scope = {}): { message: string; at: string } {
  return errorOf(() => valueOf(source, scope), source);
}

export function parsed(source: string, scope: Scope = {}) {
  return accepted(parseExpression(source, { names: Object.keys(scope) }));
}

export function accepted<T>(result: Parsed<T>): T {
  if (result.ok) return result.value;
  throw new Error(`refused at ${result.error.offset}: ${result.error.message}`);
}

export function refused<T>(result: Parsed<T>): ParseError {
  if (!result.ok) return result.error;
  throw new Error('was not refused');
}
