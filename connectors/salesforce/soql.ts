// Writes a SOQL query from checked names and typed values: data can never become part of the query's structure.

import { PermanentError } from 'hookline/plugin';

/** An object or field name. */
export const namePattern = '^\\w{1,80}$';
/** A field name, also of a related record: `Account.Name`. */
export const pathPattern = '^\\w{1,80}(?:\\.\\w{1,80}){0,5}$';

export const operators = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'not in',
  'contains',
  'starts with',
  'empty',
  'not empty',
] as const;

type Scalar = string | number | boolean;

export interface Condition {
  readonly field: string;
  readonly op: (typeof operators)[number];
  readonly value?: Scalar | readonly Scalar[];
  /** How a text value is meant. Default `text`. */
  readonly type?: 'text' | 'date' | 'datetime';
}

export interface Query {
  readonly object: string;
  readonly fields: readonly string[];
  readonly conditions: readonly Condition[];
  readonly limit: number;
}

/** Throws `PermanentError` for a name or value that cannot stand in a query. */
export function writeQuery({ object, fields, conditions, limit }: Query): string {
  const names = fields.map((field) => checkName('field', field, pathPattern)).join(', ');
  const where = conditions.map(writeCondition).join(' AND ');
  return `SELECT ${names} FROM ${checkName('object', object)} WHERE ${where} LIMIT ${Math.trunc(limit)}`;
}

export function checkName(what: 'object' | 'field', name: string, pattern = namePattern): string {
  if (new RegExp(pattern).test(name)) return name;
  throw new PermanentError(
    `"${name.slice(0, 100)}" is not the name of a Salesforce ${what}; use letters, digits and "_"`,
  );
}

function writeCondition({ field, op, value, type = 'text' }: Condition): string {
  const name = checkName('field', field, pathPattern);
  if (op === 'empty') return `${name} = null`;
  if (op === 'not empty') return `${name} != null`;
  if (op === 'in' || op === 'not in') {
    const values = Array.isArray(value) ? (value as readonly Scalar[]) : [];
    if (values.length === 0) throw refused(field, 'a list with at least one value');
    return `${name} ${op.toUpperCase()} (${values.map((item) => writeValue(field, item, type)).join(', ')})`;
  }
  if (op === 'contains' || op === 'starts with') {
    if (typeof value !== 'string' || value === '') throw refused(field, 'a text that is not empty');
    const literal = escape(value).replace(/[%_]/g, '\\$&');
    return `${name} LIKE '${op === 'contains' ? '%' : ''}${literal}%'`;
  }
  if (!operators.includes(op)) throw new PermanentError(`"${op as string}" is not an operator of a condition`);
  return `${name} ${op} ${writeValue(field, value, type)}`;
}

const dates = {
  date: /^\d{4}-\d\d-\d\d$/,
  datetime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)$/,
};

function writeValue(field: string, value: unknown, type: 'text' | 'date' | 'datetime'): string {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  if (typeof value !== 'string') throw refused(field, 'a text, a number or true/false');
  if (type === 'text') return `'${escape(value)}'`;
  if (!dates[type].test(value)) throw refused(field, type === 'date' ? 'a date (2026-01-31)' : 'a time in ISO 8601');
  return value;
}

const named: Record<string, string> = { '\\': '\\\\', "'": "\\'", '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The backslash first of all: one at the end of a value would otherwise swallow the closing quote. */
function escape(text: string): string {
  return text.replace(
    /[\\'\p{Cc}]/gu,
    (char) => named[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}

function refused(field: string, expected: string): PermanentError {
  return new PermanentError(`the condition on "${field}" needs ${expected} as its value`);
}
