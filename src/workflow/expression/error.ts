// The error of an expression that has no value, with its place and the piece of source it is about.

import type { Span } from './ast.ts';
import { BudgetFailure, Failure } from './budget.ts';
import { shorten } from './values.ts';

export class ExpressionError extends Error {
  override name = 'ExpressionError';
  /** Into the expression's source; into the template's text when a template threw it. */
  readonly offset: number;

  constructor(message: string, offset: number, options?: ErrorOptions) {
    super(message, options);
    this.offset = offset;
  }
}

/** A failure with the place of what it is about; any other error as it is. */
export function placed(error: unknown, source: string, place: Span): unknown {
  if (error instanceof BudgetFailure) return new ExpressionError(error.message, place.start);
  if (error instanceof Failure) return about(source, place, error.message);
  if (error instanceof RangeError)
    return new ExpressionError('this is too large to evaluate', place.start, { cause: error });
  return error;
}

/** An error whose sentence begins with the source of its place: `"a.b" is missing, …`. */
export function about(source: string, place: Span, message: string): ExpressionError {
  const text = source.slice(place.start, place.end).replaceAll(/\s+/g, ' ');
  const subject = /^["'`]/.test(text) ? shorten(text, 60) : `"${shorten(text, 60)}"`;
  return new ExpressionError(`${subject} ${message}`, place.start);
}
