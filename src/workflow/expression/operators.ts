// What the operators do with values: as JavaScript does, but failing where JavaScript would guess.

import type { ArithmeticOperator, EqualityOperator, OrderOperator } from './ast.ts';
import { type Budget, Failure, spendText } from './budget.ts';
import { kindOf, looselyEqual, toText } from './values.ts';

/** Which operand a failure is about; undefined for the operation as a whole. */
export type Operand = 'left' | 'right' | undefined;

/** A failure of an operator. */
export class OperandFailure extends Failure {
  readonly operand: Operand;

  constructor(message: string, operand: Operand) {
    super(message);
    this.operand = operand;
  }
}

export const equalities: Readonly<Record<EqualityOperator, (left: unknown, right: unknown) => boolean>> = {
  '==': looselyEqual,
  '!=': (left, right) => !looselyEqual(left, right),
  '===': (left, right) => left === right,
  '!==': (left, right) => left !== right,
};

/** Two numbers or two texts (by UTF-16 units); nothing is before or after what is missing. */
export function compare(operator: OrderOperator, left: unknown, right: unknown): boolean {
  if (typeof left === 'number' && typeof right === 'number') return ordered(operator, left, right);
  if (typeof left === 'string' && typeof right === 'string') return ordered(operator, left, right);
  if (left === undefined || right === undefined) return false;
  const [value, other, operand] = isOrdered(left)
    ? ([right, left, 'right'] as const)
    : ([left, right, 'left'] as const);
  const advice = value === null ? 'add a default such as ?? 0' : 'use number(…) or text(…)';
  throw new OperandFailure(
    `is ${kindOf(value)} and cannot be compared by "${operator}" with what is ${kindOf(other)}; ${advice}`,
    operand,
  );
}

function isOrdered(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'string';
}

function ordered(operator: OrderOperator, left: number | string, right: number | string): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}

/** `+` of two numbers, or of a text and what has a text. */
export function add(left: unknown, right: unknown, budget: Budget): number | string {
  if (typeof left === 'number' && typeof right === 'number') return calculate('+', left, right);
  if (typeof left !== 'string' && typeof right !== 'string') return calculate('+', left, right);
  const text = operandText(left, 'left') + operandText(right, 'right');
  spendText(budget, text.length);
  return text;
}

function operandText(value: unknown, operand: Operand): string {
  if (typeof value === 'string') return value;
  try {
    return toText(value);
  } catch (error) {
    throw new OperandFailure((error as Failure).message, operand);
  }
}

export function calculate(operator: ArithmeticOperator, left: unknown, right: unknown): number {
  const a = operandNumber(operator, left, 'left');
  const b = operandNumber(operator, right, 'right');
  const result = arithmetic[operator](a, b);
  if (Number.isFinite(result)) return result;
  if (b === 0) throw new OperandFailure('is 0, and nothing can be divided by 0', 'right');
  throw new OperandFailure('gives a number without bounds', undefined);
}

const arithmetic: Readonly<Record<ArithmeticOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

export function operandNumber(operator: string, value: unknown, operand: Operand): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const advice = typeof value === 'string' ? 'use number(…)' : 'add a default such as ?? 0';
  const hint = (value ?? null) === null || typeof value === 'string' ? `; ${advice}` : '';
  throw new OperandFailure(`is ${kindOf(value)}, but "${operator}" needs a number${hint}`, operand);
}
