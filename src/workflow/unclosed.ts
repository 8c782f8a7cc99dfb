// Finds the quote or bracket that is never closed: YAML itself only says where it gave up looking for the other one.

import { isCollection, isScalar, visit, type Document, type YAMLError } from 'yaml';
import type { Span } from './report.ts';

const closers: Readonly<Record<string, string>> = { '"': '"', "'": "'", '[': ']', '{': '}' };

export interface Unclosed extends Span {
  readonly closer: string;
}

/** The innermost one that the first such error is about. */
export function findUnclosed(
  document: Document.Parsed,
  errors: readonly YAMLError[],
  text: string,
): Unclosed | undefined {
  const error = errors.find(({ code }) => code === 'MISSING_CHAR' || code === 'BAD_INDENT');
  if (error === undefined) return undefined;
  let found: Unclosed | undefined;
  visit(document, {
    Node: (_, node) => {
      if ((!isScalar(node) && !isCollection(node)) || node.range?.[1] !== error.pos[0]) return;
      const [offset, end] = node.range;
      const closer = closers[text.charAt(offset)];
      if (closer === undefined || (end > offset + 1 && text.charAt(end - 1) === closer)) return;
      found = { path: '', offset, end: offset + 1, closer };
    },
  });
  return found;
}
