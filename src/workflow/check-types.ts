// Checks the types of all expressions of a file: conditions, `unique`, and the inputs of steps.

import type { Schema } from '../plugin/index.ts';
import type { CheckedFile, CheckedWorkflow } from './checked.ts';
import { schemaOf, takesNull } from './encode-inside.ts';
import type { ExpressionNode } from './expression/ast.ts';
import { createChecker } from './expression/check.ts';
import { quoteNode, reportAbsent, requireText, type Checker } from './expression/checker.ts';
import { conjuncts } from './expression/evaluate.ts';
import { createWork, type Names, type Work } from './expression/narrow.ts';
import { overlap } from './expression/overlap.ts';
import { typeOfSchema } from './expression/schema-types.ts';
import { describe, isAbsent, isNever, may, only, present, type Type } from './expression/types.ts';
import type { Report } from './report.ts';
import { typeOfEnv, typeOfEvent, typeOfRun, typeOfSteps } from './type-names.ts';
import { spanOf, type Value, type Written } from './value.ts';

interface Typing {
  readonly report: Report;
  readonly work: Work;
}

export function checkTypes(file: CheckedFile, report: Report): void {
  const env = typeOfEnv(file);
  const typing = { report, work: createWork(report.source.text.length) };
  const events = new Map<string, Type>();
  for (const workflow of file.workflows) {
    const on = workflow.on.map(({ source, type }) => `${source}:${type}`).join('\n');
    const event = events.get(on) ?? typeOfEvent(workflow.on, file.sources);
    events.set(on, event);
    checkWorkflow(workflow, event, env, typing);
  }
}

function checkWorkflow(workflow: CheckedWorkflow, event: Type, env: Type, typing: Typing): void {
  const all: Names = new Map([
    ['event', event],
    ['env', env],
  ]);
  const names = checkCondition(workflow.condition, all, typing);
  checkUnique(workflow.unique, names, typing);
  for (const step of [...workflow.steps, ...workflow.unresolved]) {
    const read = new Map(names).set('run', typeOfRun).set('steps', typeOfSteps(step, workflow));
    checkInput(step.input, step.schema, checkCondition(step.condition, read, typing), typing);
  }
}

function checkerOf(written: Written, { report, work }: Typing): Checker {
  const { source } = written.expression;
  const found: Checker['problem'] = (place, { code, severity, message, hint }) =>
    report[severity](code, spanOf(report.source, written, place), message, hint);
  return createChecker(source, found, work);
}

/** More terms than this are taken in their order. */
const mostTerms = 30;

/** Checks a condition and gives the names where it holds. Its `&&` terms have no order, so each may rely on all others. */
function checkCondition(written: Written | undefined, names: Names, typing: Typing): Names {
  if (written === undefined) return names;
  const checker = checkerOf(written, typing);
  const terms = conjuncts(written.expression);
  for (const term of terms) {
    const others = terms.length > mostTerms ? [] : terms.filter((other) => other !== term);
    checkTerm(term, holding(others, names, checker), checker);
  }
  return holding(terms, names, checker);
}

/** A term that can never hold is a problem of its own, and must not hide those of all that relies on it. */
function holding(terms: readonly ExpressionNode[], names: Names, checker: Checker): Names {
  return terms.reduce((known, term) => {
    const next = checker.assuming(term, true, known);
    return [...next.values()].some(isNever) ? known : next;
  }, names);
}

function checkTerm(term: ExpressionNode, names: Names, checker: Checker): void {
  const type = checker.typeOf(term, names);
  if (type === 'any' || type.every((shape) => isAbsent(shape) || shape.kind === 'boolean')) return;
  const found = present(type);
  const state = may(type, 'boolean') ? 'may be' : 'is';
  const others = found === 'any' ? found : found.filter(({ kind }) => kind !== 'boolean');
  checker.problem(term, {
    code: 'expression.condition',
    severity: 'error',
    message: `${quoteNode(term, checker)} ${state} ${describe(others)}, but a condition is true or false`,
    hint: `Compare it, such as with ${may(others, 'text') ? '!= ""' : may(others, 'number') ? '> 0' : '!= null'}.`,
  });
}

function checkUnique(written: Written | undefined, names: Names, typing: Typing): void {
  if (written === undefined) return;
  const checker = checkerOf(written, typing);
  const { ast } = written.expression;
  const type = checker.typeOf(ast, names);
  if (!only(present(type), 'list', 'object')) return;
  checker.problem(ast, {
    code: 'expression.type',
    severity: 'error',
    message: `${quoteNode(ast, checker)} is ${describe(present(type))}, but "unique" must be text or a number`,
    hint: 'Use one of its fields.',
  });
}

/** Without a schema, of an action that is not known, any input is right. */
function checkInput(input: Value | undefined, schema: Schema | undefined, names: Names, typing: Typing): void {
  if (input !== undefined) checkValue(input, { schema, path: '', required: schema !== undefined }, names, typing);
}

/** Where a value stands in the input. */
interface Target {
  readonly schema: Schema | undefined;
  readonly path: string;
  readonly required: boolean;
}

function checkValue(value: Value, target: Target, names: Names, typing: Typing): void {
  const { schema, path } = target;
  switch (value.kind) {
    case 'map':
      for (const [key, item] of value.entries) {
        const inside = path === '' ? key : `${path}.${key}`;
        const required = requiredIn(schema, key);
        checkValue(item, { schema: schemaOf(schema, key), path: inside, required }, names, typing);
      }
      return;
    case 'list':
      for (const [index, item] of value.items.entries()) {
        const inside = { schema: schemaOf(schema, 'items'), path: `${path}[${index}]`, required: true };
        checkValue(item, inside, names, typing);
      }
      return;
    case 'expression':
    case 'text':
      for (const part of value.template.parts) {
        if (typeof part === 'string') continue;
        const written = { expression: part.expression, holder: value.holder, start: part.offset };
        checkPart(written, value.kind === 'text', target, names, typing);
      }
      return;
    default:
  }
}

/** Whether a property is required, whatever branch of a union is meant. */
function requiredIn(schema: Schema | undefined, key: string): boolean {
  if (schema === undefined) return false;
  if (schema.required?.includes(key) === true) return true;
  const branches = schema.anyOf ?? schema.oneOf;
  return branches !== undefined && branches.every((branch) => requiredIn(branch, key));
}

function checkPart(written: Written, inText: boolean, target: Target, names: Names, typing: Typing): void {
  const checker = checkerOf(written, typing);
  const { ast } = written.expression;
  const type = checker.typeOf(ast, names);
  if (inText) requireText(ast, type, checker);
  else checkGiven(ast, type, target, checker);
}

/** A value that keeps its type: what is missing is left out, which only an optional property allows. */
function checkGiven(node: ExpressionNode, type: Type, { schema, path, required }: Target, checker: Checker): void {
  const wanted = typeOfSchema(schema);
  const given = takesNull(schema) && type !== 'any' ? type.filter(({ kind }) => kind !== 'missing') : present(type);
  const lacking = takesNull(schema) && type !== 'any' ? type.filter(({ kind }) => kind === 'missing') : type;
  const subject = path === '' ? 'the input' : `input "${path}"`;
  if (required && reportAbsent(node, lacking, `is given to ${subject}, which is required`, defaultOf(wanted), checker))
    return;
  if (wanted === 'any' || type === 'any' || isNever(given) || !isNever(overlap(given, wanted))) return;
  const isSameKind = describe(given) === describe(present(wanted));
  checker.problem(node, {
    code: 'expression.type',
    severity: 'error',
    message: `${quoteNode(node, checker)} is ${describe(given)}, but ${subject} takes ${isSameKind ? 'other values' : describe(present(wanted))}`,
    ...hintFor(given, wanted),
  });
}

function defaultOf(wanted: Type): string {
  if (may(wanted, 'text')) return '""';
  if (may(wanted, 'number')) return '0';
  if (may(wanted, 'boolean')) return 'false';
  return may(wanted, 'list') ? '[]' : '{}';
}

function hintFor(given: Type, wanted: Type): { hint?: string } {
  if (given === 'any' || wanted === 'any') return {};
  const listed = wanted.flatMap((shape) => ('values' in shape ? shape.values : []));
  if (listed.length > 0) return { hint: `It takes: ${listed.map((value) => JSON.stringify(value)).join(', ')}.` };
  if (only(given, 'text') && may(wanted, 'number')) return { hint: 'Use number(…).' };
  if (only(given, 'number', 'boolean') && may(wanted, 'text')) return { hint: 'Use text(…).' };
  if (only(given, 'list') && may(wanted, 'text')) return { hint: 'Use .join(", ") or json(…).' };
  return {};
}
