// Acorn's tree → our tree; whatever is not in the language is refused with its place and what to write instead.

import type {
  ArrayExpression,
  BinaryExpression,
  Expression as Syntax,
  Literal,
  MemberExpression,
  Node,
  Property,
  SpreadElement,
  TemplateLiteral,
  UnaryExpression,
} from 'acorn';
import type { BinaryNode, EntryNode, ExpressionNode, Span, SpreadNode } from './ast.ts';
import { expressionLimits } from './budget.ts';
import { call } from './calls.ts';
import { hintFor } from './hints.ts';
import { NotAllowed, refuseSyntax } from './refuse.ts';

interface Context {
  readonly allowedNames: readonly string[];
  /** Filled with the root names read. */
  readonly names: Set<string>;
  /** Of the enclosing arrow functions, outermost first. */
  readonly parameters: readonly string[];
  readonly depth: number;
}

/** Throws `NotAllowed`. `names` are the root names the expression reads. */
export function whitelist(
  syntax: Syntax,
  allowedNames: readonly string[],
): { readonly ast: ExpressionNode; readonly names: ReadonlySet<string> } {
  const names = new Set<string>();
  const ast = convert(syntax, { allowedNames, names, parameters: [], depth: 0 });
  return { ast, names };
}

function convert(syntax: Node, outer: Context): ExpressionNode {
  const context = { ...outer, depth: outer.depth + 1 };
  if (context.depth > expressionLimits.nesting) {
    throw new NotAllowed('the expression is nested too deeply', syntax, 'split it up');
  }
  const node = syntax as Syntax;
  const span = { start: node.start, end: node.end };
  const inside = (part: Node) => convert(part, context);
  switch (node.type) {
    case 'Literal':
      return { kind: 'literal', value: literalValue(node), ...span };
    case 'Identifier':
      return name(node.name, span, context);
    case 'TemplateLiteral':
      return { kind: 'text', texts: texts(node), values: node.expressions.map(inside), ...span };
    case 'ChainExpression':
      return convert(node.expression, outer);
    case 'MemberExpression':
      return member(node, span, context);
    case 'ArrayExpression':
      return { kind: 'list', items: listItems(node, context), ...span };
    case 'ObjectExpression':
      return { kind: 'object', entries: node.properties.map((part) => entry(part, context)), ...span };
    case 'UnaryExpression':
      return { kind: 'unary', operator: unaryOperator(node), operand: inside(node.argument), ...span };
    case 'BinaryExpression': {
      const operator = binaryOperator(node);
      return { kind: 'binary', operator, left: inside(node.left), right: inside(node.right), ...span };
    }
    case 'LogicalExpression':
      return { kind: 'logical', operator: node.operator, left: inside(node.left), right: inside(node.right), ...span };
    case 'ConditionalExpression': {
      const { test, consequent, alternate } = node;
      return { kind: 'conditional', test: inside(test), yes: inside(consequent), no: inside(alternate), ...span };
    }
    case 'CallExpression':
      return call(node, context.parameters, (part, parameters) => convert(part, { ...context, parameters }));
    default:
      return refuseSyntax(node);
  }
}

function literalValue(node: Literal): string | number | boolean | null {
  if (node.regex) {
    throw new NotAllowed(
      'regular expressions are not part of the language',
      node,
      'use includes, startsWith, endsWith or split',
    );
  }
  const { value } = node;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new NotAllowed('this number is too large', node);
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  throw new NotAllowed('numbers ending in "n" are not part of the language', node, 'remove the "n", or use a text');
}

function name(word: string, span: Span, context: Context): ExpressionNode {
  const slot = context.parameters.lastIndexOf(word);
  if (slot >= 0) return { kind: 'parameter', name: word, slot, ...span };
  if (!context.allowedNames.includes(word)) {
    const known = [...context.allowedNames, ...context.parameters];
    const hint = hintFor('names', word, known) ?? hintFor('words', word) ?? `names here: ${known.join(', ')}`;
    throw new NotAllowed(`"${word}" is not known here`, span, hint);
  }
  context.names.add(word);
  return { kind: 'name', name: word, ...span };
}

function texts(node: TemplateLiteral): string[] {
  return node.quasis.map(({ value }) => value.cooked ?? '');
}

function member(node: MemberExpression, span: Span, context: Context): ExpressionNode {
  const object = convert(node.object, context);
  const { property } = node;
  if (!node.computed) {
    if (property.type !== 'Identifier') throw new NotAllowed('private fields are not part of the language', property);
    return { kind: 'member', object, name: readable(property.name, property), nameStart: property.start, ...span };
  }
  if (property.type === 'Literal' && typeof property.value === 'string') {
    return { kind: 'member', object, name: readable(property.value, property), nameStart: property.start, ...span };
  }
  return { kind: 'index', object, index: convert(property, context), ...span };
}

function readable(key: string, place: Span): string {
  if (key === '__proto__') throw new NotAllowed('"__proto__" cannot be read or written', place);
  return key;
}

function listItems(node: ArrayExpression, context: Context): (ExpressionNode | SpreadNode)[] {
  return node.elements.map((element) => {
    if (element === null) throw new NotAllowed('an item of the list is empty', node, 'remove the extra comma');
    return element.type === 'SpreadElement' ? spread(element, context) : convert(element, context);
  });
}

function spread(node: SpreadElement, context: Context): SpreadNode {
  return { kind: 'spread', value: convert(node.argument, context), start: node.start, end: node.end };
}

function entry(node: Property | SpreadElement, context: Context): EntryNode | SpreadNode {
  if (node.type === 'SpreadElement') return spread(node, context);
  const { key, value, kind, method, computed, start, end } = node;
  if (kind !== 'init' || method) throw new NotAllowed('an object cannot have methods', node, 'write name: value');
  return { kind: 'entry', key: entryKey(key, computed, context), value: convert(value, context), start, end };
}

function entryKey(key: Syntax, computed: boolean, context: Context): string | ExpressionNode {
  if (!computed && key.type === 'Identifier') return readable(key.name, key);
  if (key.type !== 'Literal') return convert(key, context);
  return readable(String(literalValue(key)), key);
}

const unaryHints: Readonly<Record<string, string>> = {
  '+': 'use number(text)',
  typeof: 'compare with null instead',
  delete: 'write the object anew without the field',
};

function unaryOperator(node: UnaryExpression): '!' | '-' {
  const { operator } = node;
  if (operator === '!' || operator === '-') return operator;
  throw new NotAllowed(`"${operator}" is not part of the language`, node, unaryHints[operator]);
}

const binaryOperators = new Set<string>(['==', '!=', '===', '!==', '<', '<=', '>', '>=', '+', '-', '*', '/', '%']);

const binaryHints: Readonly<Record<string, string>> = {
  in: 'write list.includes(item), or object.field != null',
  '&': 'write &&',
  '|': 'write ||, or call a function: truncate(text, 80)',
  '**': 'multiply with *',
};

function binaryOperator(node: BinaryExpression): BinaryNode['operator'] {
  const { operator } = node;
  if (binaryOperators.has(operator)) return operator as BinaryNode['operator'];
  throw new NotAllowed(`"${operator}" is not part of the language`, node, binaryHints[operator]);
}
