// Checks one value against the type of its field, with the words of the REST API for what it refuses.

import type { Field, FieldType } from './sandbox-objects.ts';

/** What a field holds. */
export type Value = string | number | boolean | null;

export interface ValueComplaint {
  readonly code: string;
  readonly message: string;
  /** Whether the API names the field beside the message. */
  readonly named: boolean;
}

const numeric = new Set<FieldType>(['int', 'double', 'currency']);
const idPattern = /^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/;
const emailPattern = /^[^\s@<>,;()[\]"]+@[^\s@<>,;()[\]"]+\.[^\s@<>,;()[\]"]+$/;
const datePattern = /^\d{4}-\d\d-\d\d$/;
const datetimePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/;
const largest32 = 2_147_483_647;

/** Undefined for a value that may be saved; null empties any field. */
export function complaintAbout(field: Field, value: unknown): ValueComplaint | undefined {
  if (field.assumed && typeof value !== 'object') return undefined;
  if (value === null) return field.type === 'boolean' ? undeserializable('boolean', value) : undefined;
  if (field.type === 'boolean') return typeof value === 'boolean' ? undefined : undeserializable('boolean', value);
  if (numeric.has(field.type)) return complaintAboutNumber(field, value);
  if (typeof value !== 'string') return undeserializable(field.type === 'string' ? 'string' : field.type, value);
  if (value === '') return undefined;
  return complaintAboutText(field, value);
}

function complaintAboutNumber(field: Field, value: unknown): ValueComplaint | undefined {
  const type = field.type === 'int' ? 'int' : 'double';
  if (typeof value !== 'number') return undeserializable(type, value);
  if (field.type !== 'int') return undefined;
  return Number.isInteger(value) && Math.abs(value) <= largest32 ? undefined : undeserializable('int', value);
}

function complaintAboutText(field: Field, value: string): ValueComplaint | undefined {
  const { type, name, length } = field;
  if (type === 'date' && !isDate(value, datePattern)) return undeserializable('date', value);
  if (type === 'datetime' && !isDate(value, datetimePattern)) return undeserializable('datetime', value);
  if (type === 'reference' && !idPattern.test(value)) {
    return { code: 'MALFORMED_ID', message: `${name}: id value of incorrect type: ${value}`, named: true };
  }
  if (type === 'email' && !emailPattern.test(value)) {
    return { code: 'INVALID_EMAIL_ADDRESS', message: `${name}: invalid email address: ${value}`, named: true };
  }
  if (length > 0 && value.length > length) {
    return {
      code: 'STRING_TOO_LONG',
      message: `${name}: data value too large: ${value} (max length=${length})`,
      named: true,
    };
  }
  return undefined;
}

function isDate(value: string, pattern: RegExp): boolean {
  return pattern.test(value) && !Number.isNaN(Date.parse(value));
}

function undeserializable(type: string, value: unknown): ValueComplaint {
  const shown = typeof value === 'object' ? '' : ` value ${JSON.stringify(value)}`;
  const message = `Cannot deserialize instance of ${type} from ${tokenOf(value)}${shown} or request may be missing a required field`;
  return { code: 'JSON_PARSER_ERROR', message, named: false };
}

function tokenOf(value: unknown): string {
  if (value === null) return 'VALUE_NULL';
  if (Array.isArray(value)) return 'START_ARRAY';
  if (typeof value === 'object') return 'START_OBJECT';
  if (typeof value === 'boolean') return value ? 'VALUE_TRUE' : 'VALUE_FALSE';
  if (typeof value === 'number') return Number.isInteger(value) ? 'VALUE_NUMBER_INT' : 'VALUE_NUMBER_FLOAT';
  return 'VALUE_STRING';
}
