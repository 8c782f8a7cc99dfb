// Expression → function of scope and budget: JavaScript's results, none of its side effects, and an error where it would guess.

import type { Expression, ExpressionNode, Span } from './ast.ts';
import { type Budget, createBudget, spendSteps, spendTree } from './budget.ts';
import { call, method } from './call-closures.ts';
import { index, list, object, text } from './data-closures.ts';
import { about, ExpressionError, placed } from './error.ts';
import { binary, logical, unary } from './operator-closures.ts';
import type { Compiler, Frame, Run } from './run.ts';
import { kindOf, readProperty } from './values.ts';
import { repeats, sizeOf } from './walk.ts';

export { type Budget, createBudget, ExpressionError };

export type Scope = Readonly<Record<string, unknown>>;

/** The value of the expression; undefined when it is missing. Throws `ExpressionError`. */
export function compileExpression(expression: Expression): (scope: Scope, budget: Budget) => unknown {
  const { ast, source } = expression;
  const run = compile(ast, source);
  const cost = sizeOf(ast);
  return (scope, budget) => {
    spend(budget, cost, source, ast);
    try {
      const value = run({ scope, budget, slots: [] });
      if (typeof value === 'object' && value !== null) spendTree(budget, value);
      return value;
    } catch (error) {
      throw placed(error, source, ast);
    }
  };
}

/**
 * Whether the expression holds. Missing and null do not hold; any other value that is not true or false is an error.
 * Top-level `&&` terms have no order: when one is false the answer is false, whatever the others throw.
 */
export function compileCondition(expression: Expression): (scope: Scope, budget: Budget) => boolean {
  const { ast, source } = expression;
  const cost = sizeOf(ast);
  const terms = conjuncts(expression).map((term) => ({ term, run: compile(term, source) }));
  // What repeats nothing goes first, so that a term which uses up the budget does not hide it.
  const ordered = [...terms.filter(({ term }) => !repeats(term)), ...terms.filter(({ term }) => repeats(term))];
  return (scope, budget) => {
    const frame: Frame = { scope, budget, slots: [] };
    spend(budget, cost, source, ast);
    let failed: ExpressionError | undefined;
    for (const { term, run } of ordered) {
      try {
        if (!holds(run(frame), term, source)) return false;
      } catch (error) {
        const problem = placed(error, source, term);
        if (!(problem instanceof ExpressionError)) throw problem;
        if (failed === undefined || problem.offset < failed.offset) failed = problem;
      }
    }
    if (failed !== undefined) throw failed;
    return true;
  };
}

function spend(budget: Budget, cost: number, source: string, place: Span): void {
  try {
    spendSteps(budget, cost);
  } catch (error) {
    throw placed(error, source, place);
  }
}

function holds(value: unknown, term: ExpressionNode, source: string): boolean {
  if (typeof value === 'boolean') return value;
  if (value === undefined || value === null) return false;
  throw about(source, term, `is ${kindOf(value)}, but a condition is true or false; compare it, such as with != ""`);
}

/** The terms that top-level `&&` joins, in the order of the source; the whole expression when there is none. */
export function conjuncts(expression: Expression): readonly ExpressionNode[] {
  const split = (node: ExpressionNode): readonly ExpressionNode[] =>
    node.kind === 'logical' && node.operator === '&&' ? [...split(node.left), ...split(node.right)] : [node];
  return split(expression.ast);
}

function compile(node: ExpressionNode, source: string): Run {
  const compiler: Compiler = { source, compile: (inside) => compileNode(inside, compiler) };
  return compiler.compile(node);
}

function compileNode(node: ExpressionNode, compiler: Compiler): Run {
  switch (node.kind) {
    case 'literal':
      return () => node.value;
    case 'name':
      return ({ scope }) => readProperty(scope, node.name);
    case 'parameter':
      return ({ slots }) => slots[node.slot];
    case 'member': {
      const object = compiler.compile(node.object);
      return (frame) => readProperty(object(frame), node.name);
    }
    case 'conditional': {
      const [test, yes, no] = [compiler.compile(node.test), compiler.compile(node.yes), compiler.compile(node.no)];
      return (frame) => (test(frame) ? yes(frame) : no(frame));
    }
    case 'text':
      return text(node, compiler);
    case 'index':
      return index(node, compiler);
    case 'list':
      return list(node, compiler);
    case 'object':
      return object(node, compiler);
    case 'unary':
      return unary(node, compiler);
    case 'binary':
      return binary(node, compiler);
    case 'logical':
      return logical(node, compiler);
    case 'call':
      return call(node, compiler);
    default:
      return method(node, compiler);
  }
}
