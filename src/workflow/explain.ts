// Why each workflow takes an event or does not: the matcher's own verdict, and for a false `if` its first false term with the values seen.

import type { CheckedFile, CheckedWorkflow } from './checked.ts';
import type { EventScope, Explanation, FalseTerm, SeenValue, Workflows } from './compile.ts';
import type { Expression, ExpressionNode } from './expression/ast.ts';
import {
  compileCondition,
  compileExpression,
  conjuncts,
  createBudget,
  ExpressionError,
  type Scope,
} from './expression/evaluate.ts';
import { shorten } from './expression/values.ts';
import { childrenOf, type AnyNode } from './expression/walk.ts';
import { takes } from './match.ts';
import type { SourceText } from './place.ts';
import { spanOf, type Written } from './value.ts';

/** Most values that are shown of one term. */
const mostValues = 8;
/** Most characters of one value. */
const mostShown = 200;

/** Nothing is compiled before the first question. */
export function createExplain(
  checked: CheckedFile,
  { match, workflows }: Pick<Workflows, 'match' | 'workflows'>,
  source: SourceText,
): (event: EventScope) => readonly Explanation[] {
  const terms = new Map<string, readonly Term[]>();
  const termsOf = ({ name, condition }: CheckedWorkflow) => {
    const found = terms.get(name) ?? (condition === undefined ? [] : compileTerms(condition, source));
    terms.set(name, found);
    return found;
  };
  return (event) => {
    const scope = { event, env: checked.env };
    const matches = new Map(match(event).map((one) => [one.workflow.name, one]));
    return checked.workflows.flatMap((entry): Explanation[] => {
      const workflow = workflows.get(entry.name);
      if (workflow === undefined) return [];
      const taken = matches.get(entry.name);
      if (taken !== undefined) return [{ workflow, is: 'taken', match: taken }];
      if (!takes(entry, event)) {
        return [{ workflow, is: 'other-event', on: workflow.on }];
      }
      return [{ workflow, is: 'false', ...falseTerms(termsOf(entry), scope) }];
    });
  };
}

interface Term {
  readonly holds: (scope: Scope) => boolean | undefined;
  readonly see: (scope: Scope) => Omit<FalseTerm, 'text' | 'at'>;
  readonly text: string;
  readonly at: FalseTerm['at'];
}

/** The top-level `&&` terms of an `if`, each by itself. */
function compileTerms(written: Written, source: SourceText): readonly Term[] {
  const { expression } = written;
  return conjuncts(expression).map((node) => {
    const evaluate = compileCondition(part(expression, node));
    const paths = compilePaths(expression, node);
    return {
      // Undefined: it fails, and another term is what makes the whole false.
      holds: (scope) => attempt(() => evaluate(scope, createBudget())),
      see: (scope) => ({
        values: paths.map(({ text, read }): SeenValue => ({ path: text, shown: show(read(scope)) })),
      }),
      text: textOf(expression, node),
      at: source.place(spanOf(source, written, node).offset),
    };
  });
}

function falseTerms(terms: readonly Term[], scope: Scope): { term: FalseTerm | null; failing: number } {
  const held = terms.map(({ holds }) => holds(scope));
  const first = terms[held.indexOf(false)];
  const term = first === undefined ? null : { text: first.text, at: first.at, ...first.see(scope) };
  return { term, failing: held.filter((value) => value !== true).length };
}

function compilePaths(expression: Expression, node: ExpressionNode) {
  const known = new Map<string, (scope: Scope) => unknown>();
  for (const path of pathsIn(node)) {
    const text = textOf(expression, path);
    if (known.has(text) || known.size === mostValues) continue;
    const read = compileExpression(part(expression, path));
    known.set(text, (scope) => attempt(() => read(scope, createBudget())));
  }
  return [...known].map(([text, read]) => ({ text, read }));
}

/** The longest paths that a term reads, such as `event.data.call.summary`; the first of the source first. */
function pathsIn(node: AnyNode): readonly ExpressionNode[] {
  return isPath(node) ? [node] : childrenOf(node).flatMap(pathsIn);
}

function isPath(node: AnyNode): node is ExpressionNode {
  if (node.kind === 'name') return true;
  if (node.kind === 'member') return isPath(node.object);
  return node.kind === 'index' && isPath(node.object) && (node.index.kind === 'literal' || isPath(node.index));
}

function part({ source, names }: Expression, ast: ExpressionNode): Expression {
  return { source, ast, names };
}

function textOf({ source }: Expression, { start, end }: ExpressionNode): string {
  return source.slice(start, end).replace(/\s+/g, ' ');
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : shorten(JSON.stringify(value), mostShown);
}

function attempt<T>(evaluate: () => T): T | undefined {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}
