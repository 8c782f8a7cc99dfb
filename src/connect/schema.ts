// Compiles the schemas of connectors, and says of settings what is wrong without ever showing a value.

import { Ajv, type ErrorObject } from 'ajv';
import type { Schema } from '../plugin/index.ts';

function createAjv(): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    // A schema may name formats that only the workflow check knows.
    validateFormats: false,
    logger: false,
  });
  ajv.addKeyword('encode');
  ajv.addKeyword('personal');
  return ajv;
}

/** Why a schema cannot be used; undefined when it can. */
export function schemaFault(schema: unknown): string | undefined {
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) return 'it is not an object';
  try {
    createAjv().compile(schema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What is wrong with settings, field by field; undefined when nothing is. */
export function settingsFault(schema: Schema, settings: unknown): string | undefined {
  const validate = createAjv().compile(schema);
  if (validate(settings ?? {})) return undefined;
  const faults = meant(validate.errors ?? []).map(describe);
  return [...new Set(faults)].join('; ');
}

/** Of alternatives only the one that was meant: the one whose constants, such as a `kind`, are all met. */
function meant(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const branchOf = (error: ErrorObject) => /^.*\/(?:oneOf|anyOf)\/\d+\//.exec(error.schemaPath)?.[0];
  const other = new Set(errors.filter((error) => error.keyword === 'const').map(branchOf));
  const kept = errors.filter((error) => branchOf(error) === undefined || !other.has(branchOf(error)));
  const known = kept.filter((error) => error.keyword !== 'oneOf' && error.keyword !== 'anyOf');
  return known.length > 0 ? known : errors.filter((error) => error.keyword === 'oneOf' || error.keyword === 'anyOf');
}

function describe(error: ErrorObject): string {
  const path = error.instancePath.split('/').slice(1);
  if (error.keyword === 'required') {
    return `setting "${[...path, String(error.params['missingProperty'])].join('.')}" is missing`;
  }
  if (error.keyword === 'additionalProperties') {
    return `setting "${[...path, String(error.params['additionalProperty'])].join('.')}" does not exist`;
  }
  if (error.keyword === 'oneOf' || error.keyword === 'anyOf') return `setting "${path.join('.')}" has no known form`;
  const subject = path.length === 0 ? 'the settings' : `setting "${path.join('.')}"`;
  return `${subject} ${error.message ?? 'is not valid'}`;
}
