// Closures of the operators.

import type { BinaryNode, LogicalNode, UnaryNode } from './ast.ts';
import { placed } from './error.ts';
import { add, calculate, compare, equalities, OperandFailure, operandNumber } from './operators.ts';
import type { Compiler, Frame, Run } from './run.ts';

export function unary(node: UnaryNode, { source, compile }: Compiler): Run {
  const operand = compile(node.operand);
  if (node.operator === '!') return (frame) => !operand(frame);
  return (frame) => {
    const value = operand(frame);
    try {
      return -operandNumber('-', value, 'right');
    } catch (error) {
      throw placed(error, source, node.operand);
    }
  };
}

export function logical(node: LogicalNode, { compile }: Compiler): Run {
  const left = compile(node.left);
  const right = compile(node.right);
  switch (node.operator) {
    case '&&':
      return (frame) => left(frame) && right(frame);
    case '||':
      return (frame) => left(frame) || right(frame);
    default:
      return (frame) => left(frame) ?? right(frame);
  }
}

export function binary(node: BinaryNode, compiler: Compiler): Run {
  const left = compiler.compile(node.left);
  const right = compiler.compile(node.right);
  const operate = operation(node.operator);
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    try {
      return operate(a, b, frame);
    } catch (error) {
      throw placed(error, compiler.source, placeOf(error, node));
    }
  };
}

function operation(operator: BinaryNode['operator']): (left: unknown, right: unknown, frame: Frame) => unknown {
  switch (operator) {
    case '==':
    case '!=':
    case '===':
    case '!==':
      return equalities[operator];
    case '<':
    case '<=':
    case '>':
    case '>=':
      return (left, right) => compare(operator, left, right);
    case '+':
      return (left, right, frame) => add(left, right, frame.budget);
    default:
      return (left, right) => calculate(operator, left, right);
  }
}

function placeOf(error: unknown, node: BinaryNode) {
  const operand = error instanceof OperandFailure ? error.operand : undefined;
  return operand === undefined ? node : node[operand];
}
