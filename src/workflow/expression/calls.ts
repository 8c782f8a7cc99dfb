// Calls in acorn's tree → calls of the table's functions and methods, with their number and kind of arguments checked.

import type { ArrowFunctionExpression, CallExpression, MemberExpression, Node } from 'acorn';
import type { ArgumentNode, ArrowNode, ExpressionNode } from './ast.ts';
import type { Callable, Parameter } from './callable.ts';
import { functions, methods } from './functions.ts';
import { functionHint, methodHint } from './hints.ts';
import { NotAllowed } from './refuse.ts';

/** Converts a part of a call, with the parameters of the arrow functions around it. */
type Convert = (syntax: Node, parameters: readonly string[]) => ExpressionNode;

/** Throws `NotAllowed`. */
export function call(node: CallExpression, parameters: readonly string[], convert: Convert): ExpressionNode {
  const { callee, start, end } = node;
  if (callee.type === 'MemberExpression') return methodCall(node, callee, parameters, convert);
  if (callee.type !== 'Identifier' || node.optional) {
    throw new NotAllowed('only functions and methods that have a name can be called', callee);
  }
  const { name } = callee;
  const known = functions.get(name);
  if (known === undefined) throw new NotAllowed(`"${name}" is not a function`, callee, functionHint(name));
  return { kind: 'call', name, args: callArguments(node, [known], parameters, convert), start, end };
}

function methodCall(
  node: CallExpression,
  callee: MemberExpression,
  parameters: readonly string[],
  convert: Convert,
): ExpressionNode {
  const { property, computed } = callee;
  if (computed || property.type !== 'Identifier') {
    throw new NotAllowed('a method is called by its name', property, 'write value.method(…)');
  }
  if (node.optional) throw new NotAllowed('"?.(" is not part of the language', property, 'write ?. before the name');
  const { name, start: nameStart } = property;
  const known = methods.get(name);
  if (known === undefined) throw new NotAllowed(`"${name}" is not a method`, property, methodHint(name));
  const object = convert(callee.object, parameters);
  const args = callArguments(node, known, parameters, convert);
  return { kind: 'method', object, name, nameStart, args, start: node.start, end: node.end };
}

/** `candidates`: what the name may stand for; a method may belong to texts and to lists. */
function callArguments(
  node: CallExpression,
  candidates: readonly Callable[],
  parameters: readonly string[],
  convert: Convert,
): ArgumentNode[] {
  const signature = candidates.map((callable) => callable.signature).join(' or ');
  const expected = candidates.map((callable) => callable.parameters.slice(callable.method ? 1 : 0));
  checkCount(node, expected, signature);
  return node.arguments.map((argument, index) => {
    if (argument.type === 'SpreadElement') {
      throw new NotAllowed('"..." cannot stand here', argument, 'pass the list itself');
    }
    if (!expected.some((list) => list[index]?.types.includes('arrow'))) return convert(argument, parameters);
    if (argument.type === 'ArrowFunctionExpression') return arrow(argument, parameters, convert);
    throw new NotAllowed(
      'an arrow function is expected here',
      argument,
      `write it like item => item.name; it is ${signature}`,
    );
  });
}

function checkCount(node: CallExpression, expected: readonly (readonly Parameter[])[], signature: string): void {
  const least = Math.min(...expected.map((list) => list.filter(({ optional, rest }) => !optional && !rest).length));
  const most = Math.max(...expected.map((list) => (list.at(-1)?.rest ? Infinity : list.length)));
  const count = node.arguments.length;
  if (count >= least && count <= most) return;
  throw new NotAllowed(`there are too ${count > most ? 'many' : 'few'} arguments`, node, `it is ${signature}`);
}

function arrow(node: ArrowFunctionExpression, outer: readonly string[], convert: Convert): ArrowNode {
  const parameters = node.params.map((parameter) => {
    if (parameter.type === 'Identifier') return parameter.name;
    throw new NotAllowed('a parameter is one name', parameter, 'write it like item => item.name');
  });
  if (parameters.length > 2) {
    throw new NotAllowed('an arrow function has two parameters at most', node, 'write (item, index) => …');
  }
  if (node.async) throw new NotAllowed('"async" is not part of the language', node);
  if (node.body.type === 'BlockStatement') {
    throw new NotAllowed(
      'an arrow function is one expression',
      node.body,
      'write item => item.name, or item => ({ … }) for an object',
    );
  }
  const body = convert(node.body, [...outer, ...parameters]);
  return { kind: 'arrow', parameters, firstSlot: outer.length, body, start: node.start, end: node.end };
}
