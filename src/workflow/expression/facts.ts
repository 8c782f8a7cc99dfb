// What is known where the terms of a condition hold, and which of them can never hold together.

import type { BinaryNode, ExpressionNode, OrderOperator } from './ast.ts';
import { compare } from './operators.ts';
import type { Literal } from './types.ts';

/** Null stands for what is missing too. */
type Value = Literal | null;

/** A term of a condition, and the text it is written in. */
export interface Term {
  readonly node: ExpressionNode;
  readonly source: string;
}

/** What a term says of one value. */
interface Fact {
  /** The value, as written without blanks: equal for equal expressions. */
  readonly about: string;
  readonly term: Term;
  /** All that it leaves, when these are few. */
  readonly values?: readonly Value[];
  readonly bound?: Bound;
  leaves(value: Value): boolean;
}

interface Bound {
  readonly operator: OrderOperator;
  readonly value: string | number;
}

export interface Facts {
  /** Adds what a term says when it holds. Gives an earlier term that it contradicts, or itself when it is several together. */
  add(term: Term): Term | undefined;
  /** The same facts, to go on in one branch. */
  copy(): Facts;
}

export function createFacts(known: readonly Fact[] = []): Facts {
  const facts = [...known];
  return {
    add: (term) => {
      const found = factsOf(term.node, true, term);
      const contradicted = found.map((fact) => contradictedBy(fact, facts)).find((other) => other !== undefined);
      facts.push(...found);
      return contradicted;
    },
    copy: () => createFacts(facts),
  };
}

function contradictedBy(fact: Fact, facts: readonly Fact[]): Term | undefined {
  const others = facts.filter(({ about }) => about === fact.about);
  const single = others.find((other) => leavesNothing([fact, other]) || areApart(fact.bound, other.bound));
  return single?.term ?? (leavesNothing([fact, ...others]) ? fact.term : undefined);
}

/** Whether none of the few values that one of them leaves fits all of them. */
function leavesNothing(facts: readonly Fact[]): boolean {
  const few = facts.find(({ values }) => values !== undefined)?.values;
  return few !== undefined && !few.some((value) => facts.every((fact) => fact.leaves(value)));
}

const isUpper = ({ operator }: Bound) => operator === '<' || operator === '<=';

function areApart(one: Bound | undefined, other: Bound | undefined): boolean {
  if (
    one === undefined ||
    other === undefined ||
    isUpper(one) === isUpper(other) ||
    typeof one.value !== typeof other.value
  )
    return false;
  const [lower, upper] = isUpper(one) ? [other, one] : [one, other];
  const isClosed = lower.operator === '>=' && upper.operator === '<=';
  return !compare(isClosed ? '<=' : '<', lower.value, upper.value);
}

/** Longer terms are nobody's slip, and would take time to compare. */
const longest = 300;

/** `holds`: whether the node is true, or false as JavaScript sees it. */
function factsOf(node: ExpressionNode, holds: boolean, term: Term): Fact[] {
  if (node.kind === 'unary' && node.operator === '!') return factsOf(node.operand, !holds, term);
  if (node.kind === 'logical' && node.operator === (holds ? '&&' : '||')) {
    return [...factsOf(node.left, holds, term), ...factsOf(node.right, holds, term)];
  }
  if (node.kind === 'logical' || node.end - node.start > longest) return [];
  const found = node.kind === 'binary' ? comparison(node, holds, term) : listed(node, holds, term);
  if (found !== undefined) return found;
  if (holds) return [...presence(node, term), { about: nameOf(node), term, leaves: Boolean }];
  return [{ about: nameOf(node), term, values: [false, null, 0, ''], leaves: (value) => !value }];
}

const flipped = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

function comparison(node: BinaryNode, holds: boolean, term: Term): Fact[] | undefined {
  const { operator, left, right } = node;
  const [place, value] = literalOf(right) === undefined ? [right, literalOf(left)] : [left, literalOf(right)];
  if (value === undefined || literalOf(place) !== undefined) return undefined;
  switch (operator) {
    case '==':
    case '===':
      return equality(place, value, holds, operator, term);
    case '!=':
    case '!==':
      return equality(place, value, !holds, operator, term);
    case '<':
    case '<=':
    case '>':
    case '>=': {
      // What is missing makes both an order and its opposite false.
      if (!holds || (typeof value !== 'number' && typeof value !== 'string')) return undefined;
      const bound = { operator: place === left ? operator : flipped[operator], value };
      const leaves = (given: Value) =>
        given !== null && (typeof given !== typeof value || compare(bound.operator, given, value));
      return [...presence(place, term), { about: nameOf(place), term, bound, leaves }];
    }
    default:
      return undefined;
  }
}

function equality(
  place: ExpressionNode,
  value: Value,
  equal: boolean,
  operator: string,
  term: Term,
): Fact[] | undefined {
  const about = nameOf(place);
  if (equal) {
    const before = value === null ? [] : presence(place, term);
    return [...before, { about, term, values: [value], leaves: (given) => given === value }];
  }
  // Only missing, or only null, is left out.
  if (value === null && operator.length === 3) return [];
  return [{ about, term, leaves: (given) => given !== value }];
}

/** `["a", "b"].includes(x)` */
function listed(node: ExpressionNode, holds: boolean, term: Term): Fact[] | undefined {
  if (node.kind !== 'method' || node.name !== 'includes' || node.object.kind !== 'list') return undefined;
  const [place, ...others] = node.args;
  if (place === undefined || place.kind === 'arrow' || others.length > 0) return undefined;
  const values = node.object.items.map((item) => (item.kind === 'spread' ? undefined : literalOf(item)));
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length) return undefined;
  const about = nameOf(place);
  if (!holds) return [{ about, term, leaves: (given) => !known.includes(given) }];
  return [{ about, term, values: known, leaves: (given) => known.includes(given) }];
}

/** What must be there for a value to be there: a field or method of what is missing is missing. */
function presence(node: ExpressionNode, term: Term): Fact[] {
  if (node.kind !== 'member' && node.kind !== 'index' && node.kind !== 'method') return [];
  const { object } = node;
  return [...presence(object, term), { about: nameOf(object), term, leaves: (value) => value !== null }];
}

function literalOf(node: ExpressionNode): Value | undefined {
  if (node.kind === 'literal') return node.value;
  if (node.kind !== 'unary' || node.operator !== '-') return undefined;
  const value = literalOf(node.operand);
  return typeof value === 'number' ? -value : undefined;
}

const places: ReadonlySet<string> = new Set(['start', 'end', 'nameStart', 'nameEnd']);

function nameOf(node: ExpressionNode): string {
  return JSON.stringify(node, (key, value: unknown) => (places.has(key) ? undefined : value));
}
