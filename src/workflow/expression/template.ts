// Text with `${{ }}` in it → parts, and parts → a function that renders them.

import type { Expression } from './ast.ts';
import { type Budget, spendText } from './budget.ts';
import { textAt } from './data-closures.ts';
import { encodeText, type Encoding } from './encode.ts';
import { ExpressionError, placed } from './error.ts';
import { compileExpression, type Scope } from './evaluate.ts';
import { parseLeadingExpression, type ParseOptions, type Parsed, unexpected } from './parse.ts';

export interface TemplatePart {
  readonly expression: Expression;
  /** Of the expression's source in the template's text. */
  readonly offset: number;
}

export interface Template {
  readonly text: string;
  readonly parts: readonly (string | TemplatePart)[];
  /** Exactly one `${{ }}` and nothing else: the value keeps its type. */
  readonly whole: boolean;
}

/**
 * Reads a text with interpolations; offsets of an error are into the text. A `}}` inside a text or an object of an
 * expression does not end it. A literal `${{` is written as a text inside an expression: `${{ "${{" }}`.
 */
export function parseTemplate(text: string, options: ParseOptions): Parsed<Template> {
  const parts: (string | TemplatePart)[] = [];
  let end = 0;
  for (let open = text.indexOf('${{'); open >= 0; open = text.indexOf('${{', end)) {
    if (open > end) parts.push(text.slice(end, open));
    const read = readPart(text, open, options);
    if (!read.ok) return read;
    parts.push(read.value.part);
    end = read.value.end;
  }
  if (end < text.length || parts.length === 0) parts.push(text.slice(end));
  return { ok: true, value: { text, parts, whole: parts.length === 1 && typeof parts[0] === 'object' } };
}

function readPart(text: string, open: number, options: ParseOptions): Parsed<{ part: TemplatePart; end: number }> {
  const offset = firstInk(text, open + 3);
  if (offset === text.length) return notClosed(open);
  if (text.startsWith('}}', offset)) {
    const message = 'there is nothing between "${{" and "}}"';
    return { ok: false, error: { message, offset: open, length: offset + 2 - open } };
  }
  const parsed = parseLeadingExpression(text.slice(offset), options);
  if (!parsed.ok) return { ok: false, error: { ...parsed.error, offset: parsed.error.offset + offset } };
  const { expression, end } = parsed.value;
  const close = firstInk(text, offset + end);
  if (text.startsWith('}}', close)) return { ok: true, value: { part: { expression, offset }, end: close + 2 } };
  if (text.startsWith('}', close) || !text.includes('}}', close)) return notClosed(open);
  return { ok: false, error: unexpected(text, close) };
}

function notClosed(open: number): Parsed<never> {
  return { ok: false, error: { message: '"${{" is not closed', offset: open, length: 3, hint: 'add "}}"' } };
}

function firstInk(text: string, from: number): number {
  const ink = /\S/g;
  ink.lastIndex = from;
  return ink.exec(text)?.index ?? text.length;
}

/**
 * Renders a template: its one value when it is whole, else a text. `encode` is for texts that come from expressions, not
 * for the template's own. Throws `ExpressionError` with an offset into the template's text.
 */
export function compileTemplate(template: Template): (scope: Scope, budget: Budget, encode?: Encoding) => unknown {
  const parts = template.parts.map((part) => (typeof part === 'string' ? part : compilePart(part)));
  const [only] = parts;
  if (template.whole && typeof only === 'function') {
    return (scope, budget, encode) => only(scope, budget, encode, false);
  }
  return (scope, budget, encode) =>
    parts.map((part) => (typeof part === 'string' ? part : part(scope, budget, encode, true))).join('');
}

type RenderPart = (scope: Scope, budget: Budget, encode: Encoding | undefined, asText: boolean) => unknown;

function compilePart({ expression, offset }: TemplatePart): RenderPart {
  const { ast, source } = expression;
  const evaluate = compileExpression(expression);
  return (scope, budget, encode, asText) => {
    try {
      const found = evaluate(scope, budget);
      const value = asText ? textAt(found, source, ast) : found;
      if (typeof value !== 'string') return value;
      if (asText) spendText(budget, value.length);
      return encode === undefined ? value : encodeText(value, encode, budget);
    } catch (error) {
      const problem = placed(error, source, ast);
      if (!(problem instanceof ExpressionError)) throw problem;
      throw new ExpressionError(problem.message, problem.offset + offset, { cause: problem });
    }
  };
}
