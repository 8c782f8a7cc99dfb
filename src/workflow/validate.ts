// Validates plain values with ajv and says what is wrong in words; places are for the caller to add.

import { Ajv, type ErrorObject } from 'ajv';
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
}

/** Faults of a value; none when it is valid. */
export type Validate = (value: unknown) => readonly Fault[];

/** Errors looked at; a hostile file has them by the ten thousand. */
const errorLimit = 200;

export interface Validators {
  /** Throws when the schema is none. */
  compile(schema: object): Validate;
  /** Why something is no JSON Schema; undefined when it is one. */
  schemaFault(schema: unknown): string | undefined;
}

export function createValidators(): Validators {
  const ajv = new Ajv({ strict: false, allErrors: true, verbose: true, logger: false, addUsedSchema: false });
  ajv.addKeyword('encode');
  for (const [name, format] of Object.entries(formats)) ajv.addFormat(name, format.test);
  return {
    compile: (schema) => {
      const validate = ajv.compile(schema);
      return (value) => (validate(value) ? [] : explain((validate.errors ?? []).slice(0, errorLimit)));
    },
    schemaFault: (schema) => {
      if (ajv.validateSchema(schema as object) === true) return undefined;
      return ajv.errorsText(ajv.errors, { dataVar: 'schema' });
    },
  };
}

/** Errors of ajv → faults, with one for each union instead of one for each of its branches. */
function explain(errors: readonly ErrorObject[]): Fault[] {
  const unions = errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf');
  const within = (error: ErrorObject, union: ErrorObject) =>
    error !== union && error.schemaPath.startsWith(`${union.schemaPath}/`);
  const outermost = (list: readonly ErrorObject[]) =>
    list.filter((error) => !unions.some((union) => within(error, union) && list.includes(union)));
  const faults = outermost(errors).flatMap((error) => {
    if (!unions.includes(error)) return faultOf(error);
    return explainUnion(
      error,
      errors.filter((other) => within(other, error)),
    );
  });
  const seen = new Set<string>();
  return faults.filter((fault) => {
    const key = `${fault.path.join('/')} ${fault.message}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** The faults of the branch that was most likely meant, or one that names all types when none was. */
function explainUnion(union: ErrorObject, inside: readonly ErrorObject[]): Fault[] {
  const branches = new Map<string, ErrorObject[]>();
  for (const error of inside) {
    const branch = error.schemaPath.slice(union.schemaPath.length + 1).split('/')[0] ?? '';
    branches.set(branch, [...(branches.get(branch) ?? []), error]);
  }
  const wrongType = (error: ErrorObject) => error.keyword === 'type' && error.instancePath === union.instancePath;
  const meant = [...branches.values()].filter((errors) => !errors.some(wrongType));
  const [best] = meant.sort((a, b) => distance(a, union) - distance(b, union));
  if (best !== undefined) return explain(best);
  const wanted = inside.filter(wrongType).flatMap((error) => error.params['type'] as string | string[]);
  return wanted.length === 0 ? faultOf({ ...union, keyword: 'union' }) : [typeFault(union, [...new Set(wanted)])];
}

/** How far a value is from a branch: a constant that differs says that another branch was meant. */
function distance(errors: readonly ErrorObject[], union: ErrorObject): number {
  const depth = union.instancePath.split('/').length + 1;
  const other = (error: ErrorObject) =>
    (error.keyword === 'const' || error.keyword === 'enum') && error.instancePath.split('/').length <= depth;
  return errors.reduce((sum, error) => sum + (other(error) ? 100 : 1), 0);
}

function faultOf(error: ErrorObject): Fault[] {
  const path = pathOf(error.instancePath);
  const subject = path.length === 0 ? 'the value' : `"${path.join('.')}"`;
  const { params } = error;
  switch (error.keyword) {
    case 'if':
      return [];
    case 'additionalProperties':
      return [unknownKey(error, path, String(params['additionalProperty']))];
    case 'required': {
      const missing = [...path, String(params['missingProperty'])].join('.');
      return [{ code: 'value.missing-key', path, onKey: true, message: `"${missing}" is missing` }];
    }
    case 'type':
      return [typeFault(error, [params['type'] as string | string[]].flat())];
    case 'enum':
      return [choiceFault(error, path, params['allowedValues'] as readonly unknown[])];
    case 'const':
      return [choiceFault(error, path, [params['allowedValue']])];
    case 'format':
      return [formatFault(error, path, subject)];
    case 'propertyNames':
      return [];
    default:
      return [{ code: 'value.invalid', path, onKey: false, message: `${subject} ${error.message ?? 'is not valid'}` }];
  }
}

function unknownKey(error: ErrorObject, path: readonly string[], key: string): Fault {
  const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {});
  const near = nearest(key, known);
  const hint =
    near === undefined
      ? known.length > 0
        ? `Known here: ${known.join(', ')}.`
        : undefined
      : `Did you mean "${near}"?`;
  const message = `"${[...path, key].join('.')}" is not known here`;
  return {
    code: 'value.unknown-key',
    path: [...path, key],
    onKey: true,
    message,
    ...(hint === undefined ? {} : { hint }),
  };
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

function typeFault(error: ErrorObject, wanted: readonly string[]): Fault {
  const path = pathOf(error.instancePath);
  const subject = path.length === 0 ? 'the value' : `"${path.join('.')}"`;
  const words = wanted.map((type) => typeWords[type] ?? type).join(' or ');
  const message = `${subject} must be ${words}, not ${nameType(error.data)}`;
  return { code: 'value.type', path, onKey: false, message, wanted };
}

function nameType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeWords[typeof value] ?? typeof value;
}

function choiceFault(error: ErrorObject, path: readonly string[], allowed: readonly unknown[]): Fault {
  const shown = allowed.map((value) => JSON.stringify(value));
  const given = typeof error.data === 'string' ? error.data : undefined;
  const near =
    given === undefined
      ? undefined
      : nearest(
          given,
          allowed.filter((value) => typeof value === 'string'),
        );
  const subject = path.length === 0 ? 'the value' : `"${path.join('.')}"`;
  const message = `${subject} must be ${shown.length === 1 ? '' : 'one of '}${shown.slice(0, 20).join(', ')}`;
  return {
    code: 'value.invalid',
    path,
    onKey: false,
    message,
    ...(near === undefined ? {} : { hint: `Did you mean "${near}"?` }),
  };
}

function formatFault(error: ErrorObject, path: readonly string[], subject: string): Fault {
  const name = String(error.params['format']);
  const expected = formats[name]?.expected ?? name;
  const onKey = error.propertyName !== undefined;
  const at = onKey ? [...path, String(error.propertyName)] : path;
  const shown = onKey ? `"${String(error.propertyName)}"` : subject;
  const code = name === 'duration' ? 'value.duration' : 'value.invalid';
  return { code, path: at, onKey, message: `${shown} must be ${expected}` };
}

function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
