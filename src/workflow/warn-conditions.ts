// Warns of conditions that do not depend on what comes: constants, and terms that can never hold together.

import type { CheckedFile } from './checked.ts';
import type { ExpressionNode } from './expression/ast.ts';
import { compileCondition, conjuncts, createBudget, ExpressionError } from './expression/evaluate.ts';
import { createFacts, type Facts } from './expression/facts.ts';
import { shorten } from './expression/values.ts';
import type { Place } from './problem.ts';
import type { Report } from './report.ts';
import { spanOf, walk, type Written } from './value.ts';

export function warnConditions({ workflows }: CheckedFile, report: Report): void {
  const isTold = lookUpTold(report);
  for (const { name, condition, unique, steps } of workflows) {
    const facts = createFacts();
    warnCondition(condition, facts, { report, isTold, never: `Workflow "${name}" takes no event this way.` });
    warnUnique(unique, report);
    for (const { id, condition: own } of steps) {
      warnCondition(own, facts.copy(), { report, isTold, never: `Step "${id}" is always skipped this way.` });
    }
  }
}

/** Whether the types have already told what is wrong at an offset. */
function lookUpTold(report: Report): (offset: number) => boolean {
  const nameOf = ({ file, line, column }: Place) => `${file}:${line}:${column}`;
  const told = new Set(
    report.problems().flatMap(({ code, at }) => (code.startsWith('expression.') ? [nameOf(at)] : [])),
  );
  return (offset) => told.size > 0 && told.has(nameOf(report.source.place(offset)));
}

interface Warning {
  readonly report: Report;
  readonly isTold: (offset: number) => boolean;
  /** What follows when it never holds. */
  readonly never: string;
}

/** Adds to `facts` what holds where the condition does. */
function warnCondition(written: Written | undefined, facts: Facts, warning: Warning): void {
  if (written !== undefined) warnTerms(conjuncts(written.expression), facts, written, warning);
}

function warnTerms(terms: readonly ExpressionNode[], facts: Facts, written: Written, warning: Warning): void {
  const { report, isTold } = warning;
  const { source } = written.expression;
  const say = (term: ExpressionNode, code: 'expression.constant' | 'expression.never', what: string, hint: string) => {
    const span = spanOf(report.source, written, term);
    if (!isTold(span.offset)) report.warning(code, span, `${quote(source, term)} ${what}`, hint);
  };
  const open = terms.filter((term) => {
    const value = constantOf(term, written);
    if (value === true) say(term, 'expression.constant', 'is always true', 'Leave it out.');
    if (value === false) say(term, 'expression.constant', 'is always false', warning.never);
    return value === undefined;
  });
  for (const term of open) {
    const other = facts.add({ node: term, source });
    if (other === undefined) continue;
    const which = other.node === term ? 'what stands before it' : quote(other.source, other.node);
    say(term, 'expression.never', `can never be true together with ${which}`, warning.never);
  }
  for (const term of open) {
    if (term.kind !== 'logical' || term.operator !== '||') continue;
    for (const side of [term.left, term.right]) {
      warnTerms(conjuncts({ ...written.expression, ast: side }), facts.copy(), written, warning);
    }
  }
}

/** The answer of a term that reads nothing. */
function constantOf(term: ExpressionNode, { expression }: Written): boolean | undefined {
  if (readsNames(term)) return undefined;
  try {
    return compileCondition({ ...expression, ast: term })({}, createBudget());
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

function readsNames(term: ExpressionNode): boolean {
  let reads = false;
  walk(term, ({ kind }) => {
    reads ||= kind === 'name';
  });
  return reads;
}

function warnUnique(written: Written | undefined, report: Report): void {
  if (written === undefined || written.expression.names.has('event')) return;
  const span = spanOf(report.source, written, written.expression.ast);
  const message = `"unique" is the same for every event, so only the first one gets a run`;
  report.warning('expression.constant', span, message, 'Write what tells them apart, such as "event.id".');
}

function quote(source: string, { start, end }: ExpressionNode): string {
  return `"${shorten(source.slice(start, end).replace(/\s+/g, ' '), 60)}"`;
}
