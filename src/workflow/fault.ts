// One error of ajv → what is wrong at which path, in words.

import type { ErrorObject } from 'ajv';
import type { ProblemCode } from './problem.ts';
import { formats } from './schema.ts';
import { nearest } from './suggest.ts';

/** What is wrong at a path of keys and indices. */
export interface Fault {
  readonly code: Extract<ProblemCode, `value.${string}`>;
  readonly path: readonly string[];
  /** True when the key at the end of the path is meant, not its value. */
  readonly onKey: boolean;
  readonly message: string;
  readonly hint?: string;
  /** The types that would do, when the type is wrong. */
  readonly wanted?: readonly string[];
  /** The key that the map at the path lacks. */
  readonly missing?: string;
}

/** None for an error that only repeats another. */
export function faultOf(error: ErrorObject): Fault | undefined {
  const { params } = error;
  switch (error.keyword) {
    case 'if':
    case 'propertyNames':
      return undefined;
    case 'additionalProperties':
      return unknownKey(error, String(params['additionalProperty']));
    case 'required':
      return missingKey(error, String(params['missingProperty']));
    case 'type':
      return typeFault(error, [params['type'] as string | string[]].flat());
    case 'enum':
      return choiceFault(error, params['allowedValues'] as readonly unknown[]);
    case 'const':
      return choiceFault(error, [params['allowedValue']]);
    case 'format':
      return formatFault(error);
    default:
      return limitFault(error);
  }
}

/** Keys and indices → `steps[0].uses`. */
export function pathName(path: readonly string[]): string {
  const text = path.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join('');
  return text.startsWith('.') ? text.slice(1) : text;
}

function subject(path: readonly string[]): string {
  return path.length === 0 ? 'the value' : `"${pathName(path)}"`;
}

function unknownKey(error: ErrorObject, key: string): Fault {
  const path = [...pathOf(error.instancePath), key];
  const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {});
  const near = nearest(key, known);
  const list = known.length === 0 ? 'Nothing may stand here.' : `Known here: ${known.join(', ')}.`;
  const hint = near === undefined ? list : `Did you mean "${near}"?`;
  return { code: 'value.unknown-key', path, onKey: true, message: `"${pathName(path)}" is not known here`, hint };
}

function missingKey(error: ErrorObject, missing: string): Fault {
  const path = pathOf(error.instancePath);
  const message = `"${pathName([...path, missing])}" is missing`;
  const properties = (error.parentSchema?.['properties'] ?? {}) as Readonly<Record<string, Record<string, unknown>>>;
  const hint = Object.hasOwn(properties, missing) ? describe(properties[missing]) : {};
  return { code: 'value.missing-key', path, onKey: true, message, missing, ...hint };
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
  null: 'null',
};

export function typeFault(error: ErrorObject, wanted: readonly string[]): Fault {
  if (error.parentSchema?.['format'] === 'duration' || error.parentSchema?.['format'] === 'rate')
    return formatFault(error);
  const path = pathOf(error.instancePath);
  const words = wanted.map((type) => typeWords[type] ?? type).join(' or ');
  const message = `${subject(path)} must be ${words}, not ${wanted.includes('integer') && typeof error.data === 'number' ? 'a fraction' : nameType(error.data)}`;
  return { code: 'value.type', path, onKey: false, message, wanted };
}

function nameType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeWords[typeof value] ?? typeof value;
}

function choiceFault(error: ErrorObject, allowed: readonly unknown[]): Fault {
  const path = pathOf(error.instancePath);
  const shown = allowed.slice(0, 30).map((value) => JSON.stringify(value));
  const texts = allowed.filter((value) => typeof value === 'string');
  const near = typeof error.data === 'string' ? nearest(error.data, texts) : undefined;
  const message = `${subject(path)} must be ${shown.length === 1 ? '' : 'one of '}${shown.join(', ')}`;
  const hint = near === undefined ? {} : { hint: `Did you mean "${near}"?` };
  return { code: 'value.invalid', path, onKey: false, message, ...hint };
}

function formatFault(error: ErrorObject): Fault {
  const format = String(error.parentSchema?.['format']);
  const expected = formats[format]?.expected ?? format;
  const key = error.propertyName;
  const path = [...pathOf(error.instancePath), ...(key === undefined ? [] : [key])];
  const code = format === 'duration' ? 'value.duration' : 'value.invalid';
  const shown = key === undefined ? subject(path) : `"${key}"`;
  return { code, path, onKey: key !== undefined, message: `${shown} must be ${expected}` };
}

const limits: Readonly<Record<string, (limit: string) => string>> = {
  minimum: (limit) => `must be ${limit} or more`,
  maximum: (limit) => `must be ${limit} or less`,
  minLength: (limit) => (limit === '1' ? 'must not be empty' : `must have at least ${limit} characters`),
  maxLength: (limit) => `must have at most ${limit} characters`,
  minItems: (limit) => (limit === '1' ? 'must not be empty' : `must have at least ${limit} items`),
  maxItems: (limit) => `must have at most ${limit} items`,
  minProperties: (limit) => (limit === '1' ? 'must not be empty' : `must have at least ${limit} keys`),
  maxProperties: (limit) => `must have at most ${limit} keys`,
};

function limitFault(error: ErrorObject): Fault {
  const path = pathOf(error.instancePath);
  const words = limits[error.keyword]?.(String(error.params['limit'])) ?? error.message ?? 'is not valid';
  const message = `${subject(path)} ${words}`;
  return { code: 'value.invalid', path, onKey: false, message, ...describe(error.parentSchema) };
}

/** What the schema itself says of a value, as the hint. */
function describe(schema: Readonly<Record<string, unknown>> | undefined): { hint?: string } {
  const text = schema?.['description'];
  return typeof text === 'string' && text !== '' ? { hint: text } : {};
}

function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
