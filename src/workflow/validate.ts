// Validates plain values with ajv; from ajv's many errors it keeps one for each mistake.

import { Ajv, type ErrorObject } from 'ajv';
import type { Schema } from '../plugin/index.ts';
import { faultOf, typeFault, type Fault } from './fault.ts';
import { asWritten } from './input-schema.ts';
import { formats } from './schema.ts';

/** Faults of a value; none when it is valid. */
export type Validate = (value: unknown) => readonly Fault[];

/** Errors looked at; a hostile file has them by the ten thousand. */
const errorLimit = 200;

export interface Validators {
  /** Throws when the schema is none. */
  compile(schema: object): Validate;
  /** Of values as they are written; each schema is compiled once. */
  written(schema: Schema): Validate;
  /** Why something is no JSON Schema; undefined when it is one. */
  schemaFault(schema: object): string | undefined;
}

export function createValidators(): Validators {
  // A schema that is none is refused by compiling it too; checking it first would compile the schema of schemas.
  const options = { strict: false, allErrors: true, verbose: true, logger: false, addUsedSchema: false } as const;
  const ajv = new Ajv({ ...options, validateSchema: false });
  ajv.addKeyword('encode');
  ajv.addKeyword('personal');
  for (const [name, format] of Object.entries(formats)) ajv.addFormat(name, format.test);
  const compile = (schema: object): Validate => {
    const validate = ajv.compile(schema);
    return (value) => (validate(value) ? [] : explain((validate.errors ?? []).slice(0, errorLimit)));
  };
  const known = new Map<Schema, Validate>();
  return {
    compile,
    written: (schema) => {
      const validate = known.get(schema) ?? compile(asWritten(schema));
      known.set(schema, validate);
      return validate;
    },
    schemaFault: (schema) => {
      if (ajv.validateSchema(schema) === true) return undefined;
      return ajv.errorsText(ajv.errors, { dataVar: 'schema' });
    },
  };
}

/** One fault for each mistake: a union counts once, and a mistyped key is not missing as well. */
function explain(errors: readonly ErrorObject[]): Fault[] {
  const faults = outermost(errors).flatMap((error) => {
    if (!isUnion(error)) return faultOf(error) ?? [];
    return explainUnion(
      error,
      errors.filter((other) => isWithin(other, error)),
    );
  });
  const seen = new Set<string>();
  return faults.filter((fault) => {
    const key = `${fault.path.join('/')} ${fault.message}`;
    return !isMistyped(fault, faults) && !seen.has(key) && seen.add(key);
  });
}

function isUnion(error: ErrorObject): boolean {
  return error.keyword === 'anyOf' || error.keyword === 'oneOf';
}

function isWithin(error: ErrorObject, union: ErrorObject): boolean {
  return error !== union && error.schemaPath.startsWith(`${union.schemaPath}/`) && isBelow(error, union);
}

function isBelow(error: ErrorObject, union: ErrorObject): boolean {
  return error.instancePath === union.instancePath || error.instancePath.startsWith(`${union.instancePath}/`);
}

function outermost(errors: readonly ErrorObject[]): ErrorObject[] {
  const unions = errors.filter(isUnion);
  return errors.filter((error) => !unions.some((union) => isWithin(error, union)));
}

function isMistyped({ missing, path }: Fault, faults: readonly Fault[]): boolean {
  if (missing === undefined) return false;
  return faults.some(
    ({ code, path: other, hint }) =>
      code === 'value.unknown-key' &&
      hint === `Did you mean "${missing}"?` &&
      other.slice(0, -1).join('/') === path.join('/'),
  );
}

/** The faults of the branch that was most likely meant, or one that names all types when none was. */
function explainUnion(union: ErrorObject, inside: readonly ErrorObject[]): Fault[] {
  const branches = new Map<string, ErrorObject[]>();
  for (const error of inside) {
    const branch = error.schemaPath.slice(union.schemaPath.length + 1).split('/')[0] ?? '';
    branches.set(branch, [...(branches.get(branch) ?? []), error]);
  }
  const hasWrongType = (error: ErrorObject) => error.keyword === 'type' && error.instancePath === union.instancePath;
  const meant = [...branches.values()].filter((errors) => !errors.some(hasWrongType));
  const choice = sharedChoice(meant);
  if (choice !== undefined) return [faultOf(choice) ?? []].flat();
  const [best] = meant.sort((a, b) => distance(a, union) - distance(b, union));
  if (best !== undefined) return explain(best);
  const wanted = inside.filter(hasWrongType).flatMap((error) => error.params['type'] as string | string[]);
  if (wanted.length > 0) return [typeFault(union, [...new Set(wanted)])];
  return [faultOf(union) ?? []].flat();
}

/** When every branch wants another constant at the same place, all of them are what may stand there. */
function sharedChoice(branches: readonly ErrorObject[][]): ErrorObject | undefined {
  const first = branches[0]?.find((error) => error.keyword === 'const');
  const same = branches.map((errors) => {
    return errors.find((error) => error.keyword === 'const' && error.instancePath === first?.instancePath);
  });
  if (first === undefined || branches.length < 2 || same.includes(undefined)) return undefined;
  const allowedValues = same.map((error) => error?.params['allowedValue'] as unknown);
  return { ...first, keyword: 'enum', params: { allowedValues } };
}

/** How far a value is from a branch: a constant that differs says that another branch was meant. */
function distance(errors: readonly ErrorObject[], union: ErrorObject): number {
  const depth = union.instancePath.split('/').length + 1;
  const other = (error: ErrorObject) =>
    (error.keyword === 'const' || error.keyword === 'enum') && error.instancePath.split('/').length <= depth;
  return errors.reduce((sum, error) => sum + (other(error) ? 100 : 1), 0);
}
