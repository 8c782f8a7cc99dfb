// The type of an expression, and on the way every mistake that is certain: what may be right is not spoken of.

import { nearest } from '../suggest.ts';
import type { ExpressionNode, LogicalNode, MemberNode, ObjectNode } from './ast.ts';
import { checkCall, checkMethod } from './check-call.ts';
import { checkBinary, requireKind } from './check-operator.ts';
import { requireText, type Checker } from './checker.ts';
import { assume, assumeAbsent, slotName, type Names, type Work } from './narrow.ts';
import { falsy, truthy } from './overlap.ts';
import {
  absent,
  boolean,
  describe,
  fieldNames,
  fieldOf,
  isAbsent,
  isNever,
  itemOf,
  listOf,
  literal,
  may,
  never,
  nothing,
  number,
  objectOf,
  present,
  text,
  union,
  type Type,
} from './types.ts';

/** `found` gets every problem with its place. */
export function createChecker(source: string, found: Checker['problem'], work: Work): Checker {
  const checker: Checker = {
    source,
    work,
    typeOf: (node, names) => typeOf(node, names, checker),
    typeOfArrow: (node, item, names) => {
      const inside = new Map(names).set(slotName(node.firstSlot), item);
      if (node.parameters.length > 1) inside.set(slotName(node.firstSlot + 1), number);
      return typeOf(node.body, inside, checker);
    },
    assuming: (node, holds, names) => assume(node, holds, names, silently(work)),
    problem: found,
  };
  return checker;
}

/** Types where nothing is to be reported. */
const silently = (work: Work) => createChecker('', () => {}, work);

function typeOf(node: ExpressionNode, names: Names, checker: Checker): Type {
  if (checker.work.left-- <= 0) return 'any';
  const of = (inside: ExpressionNode) => typeOf(inside, names, checker);
  const spreadItem = (value: ExpressionNode) => {
    const list = of(value);
    requireKind(value, list, 'list', '"..." in a list needs a list', checker);
    return itemOf(list);
  };
  switch (node.kind) {
    case 'literal':
      return node.value === null ? nothing : literal(node.value);
    case 'name':
      return names.get(node.name) ?? 'any';
    case 'parameter':
      return names.get(slotName(node.slot)) ?? 'any';
    case 'member':
      return checkMember(node, of(node.object), checker);
    case 'index':
      return checkIndex(of(node.object), of(node.index));
    case 'text':
      for (const value of node.values) requireText(value, of(value), checker);
      return text;
    case 'list':
      return listOf(union(...node.items.map((item) => (item.kind === 'spread' ? spreadItem(item.value) : of(item)))));
    case 'object':
      return checkObject(node, of, checker);
    case 'unary':
      if (node.operator === '!') {
        of(node.operand);
        return boolean;
      }
      requireKind(node.operand, of(node.operand), 'number', `"-" needs a number`, checker);
      return number;
    case 'binary':
      return checkBinary(node, of(node.left), of(node.right), checker);
    case 'logical':
      return checkLogical(node, names, checker);
    case 'conditional': {
      of(node.test);
      const yes = typeOf(node.yes, checker.assuming(node.test, true, names), checker);
      return union(yes, typeOf(node.no, checker.assuming(node.test, false, names), checker));
    }
    case 'call':
      return checkCall(node, names, checker);
    default:
      return checkMethod(node, names, checker);
  }
}

const mostNames = 20;

function checkMember(node: MemberNode, owner: Type, checker: Checker): Type {
  const field = fieldOf(owner, node.name);
  if (field !== undefined) return owner !== 'any' && isNever(owner) ? never : field;
  const subject = checker.source.slice(node.object.start, node.object.end);
  const known = fieldNames(owner);
  const near = nearest(node.name, known);
  const all = known.slice(0, mostNames).join(', ') + (known.length > mostNames ? ', …' : '');
  const fields = known.length === 0 ? `It is ${describe(present(owner))}.` : `It has: ${all}.`;
  checker.problem(
    { start: node.nameStart, end: Math.min(node.end, node.nameStart + node.name.length) },
    {
      code: 'expression.unknown-field',
      severity: 'error',
      message: `"${subject}" has no field "${node.name}"`,
      hint: near === undefined ? fields : `Did you mean "${near}"?`,
    },
  );
  return 'any';
}

/** Whether a list has an item at some place is not known, so it is not asked. */
function checkIndex(owner: Type, key: Type): Type {
  if (owner === 'any') return owner;
  const there = present(owner);
  if (isNever(there)) return owner;
  const lists = may(there, 'list') && !may(there, 'object', 'text');
  if (!lists || key === 'any' || !key.every((shape) => shape.kind === 'number')) return 'any';
  return union(itemOf(there), absent(owner));
}

function checkObject(node: ObjectNode, of: (node: ExpressionNode) => Type, checker: Checker): Type {
  const fields: [string, Type][] = [];
  let isOpen = false;
  for (const entry of node.entries) {
    const type = of(entry.value);
    if (entry.kind === 'spread') {
      isOpen = true;
      // What is missing or null adds nothing.
      requireKind(entry.value, present(type), 'object', '"..." in an object needs an object', checker);
    } else if (typeof entry.key === 'string') fields.push([entry.key, type]);
    else {
      of(entry.key);
      isOpen = true;
    }
  }
  return objectOf(isOpen ? fields.map(([name]) => [name, 'any'] as const) : fields, isOpen ? 'any' : undefined);
}

function checkLogical(node: LogicalNode, names: Names, checker: Checker): Type {
  const { operator } = node;
  const left = typeOf(node.left, names, checker);
  if (operator === '??') {
    const right = typeOf(node.right, assumeAbsent(node.left, names, silently(checker.work)), checker);
    if (left !== 'any' && left.length > 0 && !left.some(isAbsent)) return left;
    return union(present(left), right);
  }
  const right = typeOf(node.right, checker.assuming(node.left, operator === '&&', names), checker);
  return union(operator === '&&' ? falsy(left) : truthy(left), right);
}
