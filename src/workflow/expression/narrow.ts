// What is known of the names of an expression where a condition holds, or does not.

import type { BinaryNode, ExpressionNode, MethodNode, OrderOperator } from './ast.ts';
import { withOne } from './fields.ts';
import { compare } from './operators.ts';
import { merge } from './merge.ts';
import { overlap, falsy, truthy, without } from './overlap.ts';
import {
  absent,
  fieldOfShape,
  filter,
  isAbsent,
  isNever,
  literal,
  missing,
  nothing,
  present,
  valueOf,
  type Literal,
  type Type,
} from './types.ts';

/** Types of the root names, and of parameters under `slotName`. */
export type Names = ReadonlyMap<string, Type>;

export const slotName = (slot: number) => `#${slot}`;

export interface Narrowing {
  readonly work: Work;
  /** Of a part of the expression, without reporting. */
  typeOf(node: ExpressionNode, names: Names): Type;
}

/** What may still be looked at in a file; without any left every type is `any`, so that nothing more is said. */
export interface Work {
  left: number;
}

/** Nested conditions are looked at again and again; no file that a person writes comes near this. `length`: of its text. */
export const createWork = (length: number): Work => ({ left: Math.max(200_000, length) });

/** The part of a type that is left. */
type Keep = (type: Type) => Type;

/** The names where the node is true as JavaScript sees it, or false. */
export function assume(node: ExpressionNode, holds: boolean, names: Names, narrowing: Narrowing): Names {
  if (narrowing.work.left-- <= 0) return names;
  switch (node.kind) {
    case 'unary':
      return node.operator === '!' ? assume(node.operand, !holds, names, narrowing) : names;
    case 'logical': {
      if (node.operator === '??') break;
      const decides = node.operator === '||';
      const left = assume(node.left, holds, names, narrowing);
      if (holds !== decides) return assume(node.right, holds, left, narrowing);
      const other = assume(node.right, holds, assume(node.left, !holds, names, narrowing), narrowing);
      return join(left, other, names, narrowing.work);
    }
    case 'conditional': {
      const yes = assume(node.yes, holds, assume(node.test, true, names, narrowing), narrowing);
      const no = assume(node.no, holds, assume(node.test, false, names, narrowing), narrowing);
      return join(yes, no, names, narrowing.work);
    }
    case 'binary':
      return assumeBinary(node, holds, names, narrowing);
    case 'method':
      return holds ? assumeMethod(node, names, narrowing) : names;
    default:
  }
  return constrain(node, holds ? truthy : falsy, names, narrowing);
}

/** Every field of the event may have to be compared. */
const joinCost = 50;

/** What holds in both. */
function join(one: Names, other: Names, before: Names, work: Work): Names {
  work.left -= joinCost;
  const joined = new Map(before);
  for (const name of before.keys()) {
    const [a, b] = [one.get(name) ?? 'any', other.get(name) ?? 'any'];
    if (a === b) joined.set(name, a);
    else joined.set(name, merge(a, b));
  }
  return joined;
}

function assumeBinary(node: BinaryNode, holds: boolean, names: Names, narrowing: Narrowing): Names {
  const { operator, left, right } = node;
  switch (operator) {
    case '<':
    case '<=':
    case '>':
    case '>=':
      return holds ? assumeOrder(node, operator, names, narrowing) : names;
    case '==':
    case '!=':
    case '===':
    case '!==': {
      const equal = operator.startsWith('=') === holds;
      const strict = operator.length === 3;
      const once = constrain(left, equality(narrowing.typeOf(right, names), equal, strict), names, narrowing);
      return constrain(right, equality(narrowing.typeOf(left, names), equal, strict), once, narrowing);
    }
    default:
      return names;
  }
}

/** What is missing is neither before nor after anything. */
function assumeOrder(node: BinaryNode, operator: OrderOperator, names: Names, narrowing: Narrowing): Names {
  const { left, right } = node;
  const [before, after] = [valueOf(narrowing.typeOf(left, names)), valueOf(narrowing.typeOf(right, names))];
  const once = constrain(left, (type) => ordered(type, (value) => inOrder(operator, value, after)), names, narrowing);
  return constrain(right, (type) => ordered(type, (value) => inOrder(operator, before, value)), once, narrowing);
}

/** Of what is there, that which may stand in this order. */
function ordered(type: Type, may: (value: Literal) => boolean): Type {
  return filter(present(type), (shape) => !('values' in shape) || shape.open === true || shape.values.some(may));
}

function inOrder(
  operator: OrderOperator,
  left: Literal | null | undefined,
  right: Literal | null | undefined,
): boolean {
  const numbers = typeof left === 'number' && typeof right === 'number';
  const texts = typeof left === 'string' && typeof right === 'string';
  return numbers || texts ? compare(operator, left, right) : true;
}

function equality(other: Type, equal: boolean, strict: boolean): Keep {
  const value = valueOf(other);
  if (equal) return (type) => (strict && value === null ? exactly(type, nothing) : overlap(type, other));
  if (value === undefined) return (type) => type;
  if (value !== null) return (type) => without(type, value);
  return strict ? (type) => (type === 'any' ? type : type.filter(({ kind }) => kind !== 'null')) : present;
}

function exactly(type: Type, wanted: Type): Type {
  return type === 'any' || wanted === 'any' ? type : type.filter(({ kind }) => wanted.some((one) => one.kind === kind));
}

/** Methods that may be true of an empty text or list. */
const emptyHolds: ReadonlySet<string> = new Set(['every', 'filter', 'map', 'flat', 'concat', 'padStart', 'padEnd']);

/** What is there and is not surely empty. */
function filled(type: Type): Type {
  return filter(present(type), (shape) => {
    if (shape.kind === 'list') return !isNever(shape.item);
    return shape.kind !== 'text' || valueOf([shape]) !== '';
  });
}

function assumeMethod(node: MethodNode, names: Names, narrowing: Narrowing): Names {
  const owned = constrain(node.object, emptyHolds.has(node.name) ? present : filled, names, narrowing);
  const [item] = node.args;
  if (node.name !== 'includes' || item === undefined || item.kind === 'arrow' || node.object.kind !== 'list')
    return owned;
  const items = narrowing.typeOf(node.object, names);
  const [shape] = items === 'any' ? [] : items;
  return shape?.kind === 'list' ? constrain(item, (type) => overlap(type, shape.item), owned, narrowing) : owned;
}

/** The names where the value of the node is one that `keep` leaves. */
function constrain(node: ExpressionNode, keep: Keep, names: Names, narrowing: Narrowing): Names {
  switch (node.kind) {
    case 'name':
    case 'parameter': {
      const name = node.kind === 'name' ? node.name : slotName(node.slot);
      const type = names.get(name);
      if (type === undefined || type === 'any') return names;
      const kept = keep(type);
      return kept === type ? names : new Map(names).set(name, kept);
    }
    case 'member':
      return constrain(node.object, (type) => withField(type, node.name, keep), names, narrowing);
    case 'method':
      return constrain(node.object, (type) => ownersOf(type, node.name, keep), names, narrowing);
    case 'logical': {
      if (node.operator !== '??') return names;
      const byDefault = keep(narrowing.typeOf(node.right, names));
      if (isNever(byDefault)) return constrain(node.left, (type) => keep(present(type)), names, narrowing);
      return names;
    }
    default:
      return names;
  }
}

const keepEmpty: ReadonlySet<string> = new Set(['trim', 'toLowerCase', 'toUpperCase']);

/** The owners of which a method gives what `keep` leaves: missing gives missing, and an empty text stays empty. */
function ownersOf(type: Type, method: string, keep: Keep): Type {
  const keepsMissing = !isNever(keep(missing));
  const keepsEmpty = !keepEmpty.has(method) || !isNever(keep(literal('')));
  return filter(type, (shape) => {
    if (isAbsent(shape)) return keepsMissing;
    return shape.kind !== 'text' || keepsEmpty || valueOf([shape]) !== '';
  });
}

/** The shapes whose field is one that `keep` leaves, with that field. */
function withField(type: Type, name: string, keep: Keep): Type {
  if (type === 'any') return type;
  return type.flatMap((shape) => {
    const known = fieldOfShape(shape, name);
    const field = known ?? missing;
    const kept = keep(field);
    if (isNever(kept)) return [];
    if (shape.kind !== 'object' || known === undefined || field === 'any' || kept === field) return [shape];
    return [{ ...shape, fields: withOne(shape.fields, name, kept) }];
  });
}

/** Where a value is missing or null. */
export function assumeAbsent(node: ExpressionNode, names: Names, narrowing: Narrowing): Names {
  return constrain(node, absent, names, narrowing);
}
