// Collects the problems of a file, or of several as one, while they are read and checked.

import { shorten } from './expression/values.ts';
import type { SourceText } from './place.ts';
import type { Problem, ProblemCode } from './problem.ts';

/** What a problem is about: a stretch of the file. */
export interface Span {
  readonly offset: number;
  readonly end: number;
  /** Path in the file. */
  readonly path: string;
}

export interface Report {
  readonly source: SourceText;
  error(code: ProblemCode, span: Span, message: string, hint?: string): void;
  warning(code: ProblemCode, span: Span, message: string, hint?: string): void;
  /** In the order of the file. */
  problems(): readonly Problem[];
  failed(): boolean;
}

/** Most problems that are listed; more help nobody, and hostile files have them by the ten thousand. */
const problemLimit = 500;
/** A name of a hostile file may be as long as the file. */
const longestMessage = 500;
const longestHint = 2000;

export function createReport(source: SourceText): Report {
  const found = new Map<string, { offset: number; problem: Problem }>();
  const add =
    (severity: Problem['severity']): Report['error'] =>
    (code, span, message, hint) => {
      const key = `${span.offset} ${code} ${message}`;
      if (found.has(key) || found.size > problemLimit) return;
      if (found.size === problemLimit) {
        found.set('', tooMany(source));
        return;
      }
      const at = source.place(span.offset);
      const lineEnd = source.text.indexOf('\n', span.offset);
      const end = Math.min(span.end, lineEnd === -1 ? source.text.length : lineEnd);
      const length = end - span.offset > 1 ? { length: end - span.offset } : {};
      const advice = hint === undefined ? {} : { hint: shorten(hint, longestHint) };
      found.set(key, {
        offset: span.offset,
        problem: {
          code,
          severity,
          at,
          ...length,
          path: span.path,
          message: shorten(message, longestMessage),
          ...advice,
        },
      });
    };
  return {
    source,
    error: add('error'),
    warning: add('warning'),
    problems: () => {
      const all = [...found.values()].sort((a, b) => a.offset - b.offset);
      const wrong = new Set(all.filter(({ problem }) => problem.severity === 'error').map(({ offset }) => offset));
      return all.filter(isNews(wrong)).map(({ problem }) => problem);
    },
    failed: () => [...found.values()].some((entry) => entry.problem.severity === 'error'),
  };
}

/** The same report for one of several files, whose own offsets begin at `start` of them all. */
export function reportIn(report: Report, source: SourceText, start: number): Report {
  const move = (span: Span) => ({ ...span, offset: span.offset + start, end: span.end + start });
  return {
    ...report,
    source,
    error: (code, span, ...rest) => report.error(code, move(span), ...rest),
    warning: (code, span, ...rest) => report.warning(code, move(span), ...rest),
  };
}

/** A warning says nothing new where there is an error. */
function isNews(wrong: ReadonlySet<number>) {
  return ({ offset, problem }: { readonly offset: number; readonly problem: Problem }) =>
    problem.severity === 'error' || !wrong.has(offset);
}

function tooMany(source: SourceText): { offset: number; problem: Problem } {
  const offset = source.text.length;
  const message = `"${source.file}" has more than ${problemLimit} problems; the others are not listed`;
  return { offset, problem: { code: 'file.too-many', severity: 'error', at: source.place(offset), path: '', message } };
}
