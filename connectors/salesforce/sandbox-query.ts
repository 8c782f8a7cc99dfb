// Runs a parsed SOQL query over the records of the sandbox, and refuses what Salesforce would refuse to filter by.

import type { Field, SObject } from './sandbox-objects.ts';
import { liveRecords, type Org, type StoredRecord } from './sandbox-records.ts';
import type { Value } from './sandbox-values.ts';
import { likeMatcher, parseSoql, QueryError, type Expression, type Literal } from './sandbox-soql.ts';

export interface QueryRows {
  readonly object: SObject;
  /** Field names as they were asked for. */
  readonly fields: readonly string[];
  readonly rows: readonly StoredRecord[];
}

type Test = Extract<Expression, { kind: 'test' }>;

/** Throws `QueryError`. */
export function runQuery(org: Org, soql: string): QueryRows {
  const query = parseSoql(soql);
  const object = org.catalogue.object(query.object);
  if (!object) throw new QueryError('INVALID_TYPE', `sObject type '${query.object}' is not supported.`);
  const find = (name: string) => {
    const field = org.catalogue.field(object, name);
    if (field) return field;
    throw new QueryError('INVALID_FIELD', `No such column '${name}' on entity '${object.name}'.`);
  };
  const fields = query.fields.map((name) => find(name).name);
  const matches = query.where === undefined ? () => true : compile(query.where, find);
  const rows = liveRecords(org, object).filter((record) => matches(record.values));
  return { object, fields, rows: rows.slice(0, query.limit ?? rows.length) };
}

type Matches = (values: Readonly<Record<string, Value>>) => boolean;

/** Checks every test before the first record is looked at. */
function compile(expression: Expression, find: (name: string) => Field): Matches {
  if (expression.kind === 'test') return compileTest(expression, find(expression.field));
  if (expression.kind === 'not') {
    const inner = compile(expression.inner, find);
    return (values) => !inner(values);
  }
  const left = compile(expression.left, find);
  const right = compile(expression.right, find);
  return expression.kind === 'and'
    ? (values) => left(values) && right(values)
    : (values) => left(values) || right(values);
}

function compileTest({ op, values: literals }: Test, field: Field): Matches {
  if (field.type === 'textarea' && field.length > 255) {
    throw new QueryError('INVALID_FIELD', `field '${field.name}' can not be filtered in a query call`);
  }
  for (const literal of literals) checkLiteral(field, literal);
  const [first] = literals;
  if (first === undefined) throw new QueryError('MALFORMED_QUERY', 'a value is missing');
  if (op === 'IN' || op === 'NOT IN') {
    return (values) => literals.some((item) => compare(values[field.name], item) === 0) === (op === 'IN');
  }
  if (op !== 'LIKE') return (values) => holds(op, compare(values[field.name], first));
  if (first.kind !== 'text' || field.type === 'id' || field.type === 'reference') {
    throw new QueryError('INVALID_OPERATOR', `invalid operator on ${field.type} field`);
  }
  const matches = likeMatcher(first.raw);
  return (values) => typeof values[field.name] === 'string' && matches(values[field.name] as string);
}

/** Quotes belong around texts, and around nothing else. */
function checkLiteral(field: Field, literal: Literal): void {
  if (literal.kind === 'null' || field.assumed) return;
  const wanted = literalKind(field);
  if (literal.kind === wanted || (wanted === 'datetime' && literal.kind === 'date')) return;
  const quotes = wanted === 'text' ? 'should be enclosed in quotes' : 'should not be enclosed in quotes';
  const message = `value of filter criterion for field '${field.name}' must be of type ${field.type} and ${quotes}`;
  throw new QueryError('INVALID_FIELD', message);
}

function literalKind({ type }: Field): Literal['kind'] {
  if (type === 'int' || type === 'double' || type === 'currency') return 'number';
  return type === 'boolean' || type === 'date' || type === 'datetime' ? type : 'text';
}

/** Below, at or above zero; undefined where one side is empty and the other is not. */
function compare(value: Value | undefined, literal: Literal): number | undefined {
  const present = value ?? null;
  if (present === null || literal.value === null) return present === literal.value ? 0 : undefined;
  if (literal.kind === 'date' || literal.kind === 'datetime')
    return Date.parse(String(present)) - Date.parse(literal.value);
  if (typeof present === 'number') return present - Number(literal.value);
  const [one, other] = [fold(present), fold(literal.value)];
  return one === other ? 0 : one < other ? -1 : 1;
}

/** Texts are the same in any case. */
function fold(value: Value): string {
  return String(value).toLowerCase();
}

function holds(op: '=' | '!=' | '<' | '<=' | '>' | '>=', order: number | undefined): boolean {
  if (order === undefined) return op === '!=';
  if (op === '=') return order === 0;
  if (op === '!=') return order !== 0;
  if (op === '<') return order < 0;
  if (op === '<=') return order <= 0;
  return op === '>' ? order > 0 : order >= 0;
}
