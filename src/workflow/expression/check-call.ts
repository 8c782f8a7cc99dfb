// Checks calls of functions and methods: their arguments, and what they give.

import type { ArgumentNode, CallNode, ExpressionNode, MethodNode } from './ast.ts';
import type { Callable, Parameter, TypeWord } from './callable.ts';
import { quoteNode, reportAbsent, type Checker } from './checker.ts';
import { checkListed } from './check-operator.ts';
import { functions, methods } from './functions.ts';
import { slotName, type Names } from './narrow.ts';
import {
  boolean,
  describe,
  filter,
  isAbsent,
  isNever,
  itemOf,
  listOf,
  literal,
  may,
  missing,
  never,
  nothing,
  number,
  objectOf,
  present,
  text,
  union,
  type Type,
} from './types.ts';

export function checkCall(node: CallNode, names: Names, checker: Checker): Type {
  const callable = functions.get(node.name);
  if (callable === undefined) return 'any';
  return checkArguments(callable, node, undefined, names, checker);
}

export function checkMethod(node: MethodNode, names: Names, checker: Checker): Type {
  const owner = checker.typeOf(node.object, names);
  const candidates = methods.get(node.name) ?? [];
  const there = present(owner);
  const fitting = candidates.filter((candidate) => may(there, ...kindsOf(candidate.parameters[0])));
  const [callable, ...others] = fitting;
  if (callable === undefined) {
    const owners = candidates.map((candidate) => wordsOf(candidate.parameters[0])).join(' or ');
    checker.problem(node.object, {
      code: 'expression.type',
      severity: 'error',
      message: `${quoteNode(node.object, checker)} is ${describe(there)}, but "${node.name}" is a method of ${owners}`,
    });
    return 'any';
  }
  if (others.length > 0) {
    for (const argument of node.args) visitLoosely(argument, names, checker);
    return isNever(there) ? missing : 'any';
  }
  return union(checkArguments(callable, node, there, names, checker), ownerAbsent(owner));
}

/** A method of what is missing or null gives missing. */
function ownerAbsent(owner: Type): Type {
  if (owner === 'any') return never;
  return owner.filter(isAbsent).map((shape) => (shape.kind === 'null' ? { kind: 'missing' } : shape));
}

/** Where it is not known whose method it is. */
function visitLoosely(argument: ArgumentNode, names: Names, checker: Checker): void {
  if (argument.kind === 'arrow') checker.typeOfArrow(argument, 'any', names);
  else checker.typeOf(argument, names);
}

/** `owner`: of a method. */
function checkArguments(
  callable: Callable,
  node: CallNode | MethodNode,
  owner: Type | undefined,
  names: Names,
  checker: Checker,
): Type {
  const parameters = callable.parameters.slice(owner === undefined ? 0 : 1);
  const types: Type[] = owner === undefined ? [] : [owner];
  for (const [index, argument] of node.args.entries()) {
    const parameter = parameters[index] ?? parameters.at(-1);
    if (argument.kind === 'arrow') {
      types.push(checker.typeOfArrow(argument, itemOf(types[0] ?? 'any'), names));
      continue;
    }
    const type = checker.typeOf(argument, names);
    types.push(type);
    if (parameter !== undefined) checkArgument(callable, parameter, argument, type, checker);
  }
  if (callable.name === 'includes' && node.kind === 'method') checkIncludes(node, types, checker);
  return given(callable, types, node, names, checker);
}

function checkArgument(
  callable: Callable,
  parameter: Parameter,
  node: ExpressionNode,
  type: Type,
  checker: Checker,
): void {
  if (parameter.types.includes('any')) {
    // The one function that takes any value and has no answer for none.
    const none = filter(type, ({ kind }) => kind === 'missing');
    if (callable.name === 'json') reportAbsent(node, none, 'is given to "json"', 'null', checker);
    return;
  }
  const [first] = parameter.types;
  const otherwise = first === 'number' ? '0' : first === 'list' ? '[]' : first === 'object' ? '{}' : '""';
  if (reportAbsent(node, type, `is given to "${callable.name}"`, otherwise, checker)) return;
  if (may(type, ...kindsOf(parameter))) return;
  const converts = first === 'number' ? 'number' : 'text';
  const hint = may(type, 'text', 'number') && (first === 'number' || first === 'text');
  checker.problem(node, {
    code: 'expression.type',
    severity: 'error',
    message: `${quoteNode(node, checker)} is ${describe(type)}, but "${callable.name}" needs ${wordsOf(parameter)}`,
    hint: hint ? `Use ${converts}(…).` : `It is ${callable.signature}.`,
  });
}

/** `["a", "b"].includes(value)` compares as often as it has items. */
function checkIncludes(node: MethodNode, types: readonly Type[], checker: Checker): void {
  const [item] = node.args;
  if (node.object.kind !== 'list' || item === undefined || item.kind === 'arrow') return;
  for (const listed of node.object.items) {
    if (listed.kind === 'literal') checkListed(item, types[1] ?? 'any', listed, literalType(listed.value), checker);
  }
}

const literalType = (value: string | number | boolean | null) => (value === null ? nothing : literal(value));

/** What a call gives, by the types of the owner and the arguments. */
function given(
  callable: Callable,
  types: readonly Type[],
  node: CallNode | MethodNode,
  names: Names,
  checker: Checker,
): Type {
  const [first = 'any', second = 'any'] = types;
  switch (callable.name) {
    case 'map':
      return listOf(second);
    case 'find':
      return union(kept(node.args[0], itemOf(first), names, checker), missing);
    case 'filter':
      return listOf(kept(node.args[0], itemOf(first), names, checker));
    case 'sortBy':
    case 'unique':
      return listOf(itemOf(first));
    case 'slice':
      return callable.returns === 'list' ? listOf(itemOf(first)) : text;
    case 'at':
      return callable.returns === 'any' ? itemOf(first) : text;
    case 'first':
    case 'last':
      return itemOf(first);
    case 'keys':
    case 'split':
      return listOf(text);
    case 'number':
      return types.length > 1 ? union(number, second) : number;
    default:
      return returned[callable.returns];
  }
}

/** The items for which an arrow function is true. */
function kept(arrow: ArgumentNode | undefined, item: Type, names: Names, checker: Checker): Type {
  if (arrow?.kind !== 'arrow') return item;
  const slot = slotName(arrow.firstSlot);
  return checker.assuming(arrow.body, true, new Map(names).set(slot, item)).get(slot) ?? 'any';
}

const returned: Readonly<Record<TypeWord, Type>> = {
  text,
  number,
  boolean,
  list: listOf('any'),
  object: objectOf([], 'any'),
  any: 'any',
  arrow: 'any',
};

type Kind = 'text' | 'number' | 'boolean' | 'list' | 'object';

function kindsOf(parameter: Parameter | undefined): Kind[] {
  return (parameter?.types ?? []).filter((word): word is Kind => word !== 'any' && word !== 'arrow');
}

const words: Readonly<Record<Kind, string>> = {
  text: 'a text',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
  object: 'an object',
};

function wordsOf(parameter: Parameter | undefined): string {
  return kindsOf(parameter)
    .map((kind) => words[kind])
    .join(' or ');
}
