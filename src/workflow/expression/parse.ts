// Source text → expression: acorn reads it, the whitelist keeps what is in the language, and mistakes are told in plain words.

import { type Expression as Syntax, parseExpressionAt } from 'acorn';
import type { Expression } from './ast.ts';
import { expressionLimits } from './budget.ts';
import { hintFor } from './hints.ts';
import { NotAllowed } from './refuse.ts';
import { shorten } from './values.ts';
import { whitelist } from './whitelist.ts';

export type { Expression };

export interface ParseError {
  readonly message: string;
  /** Into the source, in UTF-16 units. */
  readonly offset: number;
  readonly length?: number;
  /** What to do: `did you mean "summary"?` */
  readonly hint?: string;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ParseError };

export interface ParseOptions {
  /** Root names that may be read. */
  readonly names: readonly string[];
}

/** Parses a whole source text; offsets of the tree and of an error are into it. */
export function parseExpression(source: string, options: ParseOptions): Parsed<Expression> {
  if (source.length > expressionLimits.sourceLength) return tooLong();
  const parsed = parseLeadingExpression(source, options);
  if (!parsed.ok) return parsed;
  const { expression, end } = parsed.value;
  const rest = end + (/\S/.exec(source.slice(end))?.index ?? source.length - end);
  if (rest < source.length) return { ok: false, error: unexpected(source, rest) };
  return { ok: true, value: { ...expression, source } };
}

export interface LeadingExpression {
  /** Its `source` ends where the expression ends. */
  readonly expression: Expression;
  readonly end: number;
}

/** Parses the expression at the start of a text and says where it ends. */
export function parseLeadingExpression(text: string, options: ParseOptions): Parsed<LeadingExpression> {
  const source = text.slice(0, expressionLimits.sourceLength + 1);
  if (source.trim() === '') return fail('the expression is empty', 0);
  try {
    const { syntax, end } = readSyntax(source);
    if (end > expressionLimits.sourceLength) return tooLong();
    const { ast, names } = whitelist(syntax, options.names);
    return { ok: true, value: { expression: { source: source.slice(0, end), ast, names }, end } };
  } catch (error) {
    if (error instanceof NotAllowed) {
      const { message, place, hint } = error;
      return fail(message, place.start, Math.max(place.end - place.start, 1), hint);
    }
    const offset = positionOf(error);
    if (offset === undefined) throw error;
    if (offset >= expressionLimits.sourceLength) return tooLong();
    return { ok: false, error: syntaxProblem(source, offset, (error as SyntaxError).message) };
  }
}

function readSyntax(source: string): { syntax: Syntax; end: number } {
  let end = 0;
  const syntax = parseExpressionAt(source, 0, {
    ecmaVersion: 2024,
    sourceType: 'module',
    allowHashBang: false,
    onToken: (token) => {
      end = token.end;
    },
    onComment: (_block, _text, start) => {
      throw new NotAllowed(
        'comments are not part of the language',
        { start, end: start + 2 },
        'use a YAML comment (#)',
      );
    },
  });
  return { syntax, end };
}

function positionOf(error: unknown): number | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  const { pos } = error as SyntaxError & { pos?: unknown };
  return typeof pos === 'number' ? pos : undefined;
}

const noRegularExpressions = 'regular expressions are not part of the language';

function syntaxProblem(source: string, offset: number, message: string): ParseError {
  const plain = message.replace(/\s*\(\d+:\d+\)$/, '');
  const known = syntaxProblems.find(([start]) => plain.startsWith(start));
  if (known !== undefined) return { message: known[1], offset, hint: known[2] };
  if (plain.startsWith('Unexpected')) {
    return source.startsWith('}}', offset) ? unfinished(offset) : unexpected(source, offset);
  }
  return { message: plain.charAt(0).toLowerCase() + plain.slice(1), offset };
}

const syntaxProblems = [
  ['Unterminated string', 'the text is not closed', 'add the missing quote'],
  ['Unterminated template', 'the text is not closed', 'add the missing backtick'],
  ['Unterminated regular', noRegularExpressions, 'use includes, startsWith or split'],
  ['Invalid regular', noRegularExpressions, 'use includes, startsWith or split'],
  ['Private field', 'private fields are not part of the language', 'remove the #'],
  ['Not enough stack', 'the expression is nested too deeply', 'split it up'],
  ['Assigning to', 'assignment is not part of the language', 'compare with =='],
] as const;

function unfinished(offset: number): ParseError {
  return { message: 'the expression is not finished', offset };
}

/** The word that stands where it cannot. */
export function unexpected(source: string, offset: number): ParseError {
  const word = /^(?:[\p{L}\p{N}_$]+|=(?!=)|\}+|[^\s\p{L}\p{N}_$"'`()[\]{}]+|.)/su.exec(source.slice(offset))?.[0];
  if (word === undefined || word.trim() === '') return unfinished(source.length);
  const hint = word === '=' ? 'compare with ==' : hintFor('words', word);
  return {
    message: `"${shorten(word, 40)}" is not expected here`,
    offset,
    length: word.length,
    ...(hint === undefined ? {} : { hint }),
  };
}

function tooLong(): { ok: false; error: ParseError } {
  const most = expressionLimits.sourceLength.toLocaleString('en');
  return fail(`the expression is longer than ${most} characters`, 0, undefined, 'split it up');
}

function fail(message: string, offset: number, length?: number, hint?: string): { ok: false; error: ParseError } {
  const error = {
    message,
    offset,
    ...(length === undefined ? {} : { length }),
    ...(hint === undefined ? {} : { hint }),
  };
  return { ok: false, error };
}
