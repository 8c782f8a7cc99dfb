// Says in plain words that a piece of JavaScript is not in the language.

import type { Node } from 'acorn';
import type { Span } from './ast.ts';

/** Stops parsing at a place. */
export class NotAllowed extends Error {
  readonly place: Span;
  readonly hint: string | undefined;

  constructor(message: string, place: Span, hint?: string) {
    super(message);
    this.place = { start: place.start, end: place.end };
    this.hint = hint;
  }
}

const reasons: Readonly<Record<string, readonly [message: string, hint?: string]>> = {
  ArrowFunctionExpression: [
    'an arrow function can only be an argument of a list method',
    'write it like items.map(item => item.name)',
  ],
  AssignmentExpression: ['assignment is not part of the language', 'compare with =='],
  AwaitExpression: ['"await" is not part of the language'],
  ClassExpression: ['classes are not part of the language'],
  FunctionExpression: ['functions are not part of the language', 'write an arrow function: item => item.name'],
  ImportExpression: ['there are no modules', 'write a connector for code of your own'],
  MetaProperty: ['there are no modules'],
  NewExpression: ['"new" is not part of the language', 'use a function such as date(…) or number(…)'],
  SequenceExpression: ['a comma cannot join two expressions', 'write one expression'],
  Super: ['"super" is not part of the language'],
  TaggedTemplateExpression: ['a text in backticks cannot follow a name', 'remove the name'],
  ThisExpression: ['"this" is not part of the language', 'begin with a name such as event'],
  UpdateExpression: ['nothing can be changed by an expression', 'write a + 1'],
  YieldExpression: ['"yield" is not part of the language'],
};

export function refuseSyntax(syntax: Node): never {
  const [message, hint] = reasons[syntax.type] ?? ['this is not part of the language'];
  throw new NotAllowed(message, syntax, hint);
}
