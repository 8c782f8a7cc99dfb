// How the schemas of connectors are made ready for ajv: closed, and for inputs as written with expressions in them.

import type { Schema } from '../plugin/index.ts';

/** A schema in which an absent `additionalProperties` says what it means: closed. */
export function closed(schema: Schema, inBranch = false): Schema {
  return mapSchema(schema, closed, inBranch);
}

/** What stands for a value that an expression gives, when literals are validated. A file cannot hold U+0000. */
export const unknownValue = '\0=';
/** Begins a text with expressions in it. */
export const unknownText = '\0~';

/**
 * A closed schema for values as written. Outside of unions a fault of an unknown value can be left out afterwards; inside
 * them it would rule out the branch that is meant, so there an expression may stand for anything, and text with
 * expressions for any text.
 */
export function asWritten(schema: Schema, inBranch = false): Schema {
  if (!hasUnion(schema)) return closed(schema, inBranch);
  const { anyOf = [], oneOf = [], ...rest } = schema;
  const branches = [...anyOf, ...oneOf].map((branch) => tolerant(branch, true));
  return { ...mapSchema(rest, asWritten, inBranch), ...(branches.length === 0 ? {} : { anyOf: branches }) };
}

function tolerant(schema: Schema, inBranch: boolean): Schema {
  const { anyOf = [], oneOf = [], ...rest } = mapSchema(schema, tolerant, inBranch);
  const branches = [...anyOf, ...oneOf];
  const inner = branches.length === 0 ? rest : { ...rest, anyOf: branches };
  const open = takesText(schema) ? '^\\u0000' : '^\\u0000=';
  return { if: { type: 'string', pattern: open }, else: inner } as Schema;
}

export function hasUnion(schema: Schema): boolean {
  const { properties = {}, items, additionalProperties } = schema;
  if (schema.anyOf !== undefined || schema.oneOf !== undefined) return true;
  const inside = [...Object.values(properties), items, additionalProperties];
  return inside.some((inner) => typeof inner === 'object' && hasUnion(inner));
}

/** Whether some text is valid. */
export function takesText(schema: Schema): boolean {
  if (schema.const !== undefined) return typeof schema.const === 'string';
  if (schema.enum !== undefined) return schema.enum.some((value) => typeof value === 'string');
  if (schema.type !== undefined) return schema.type === 'string' || schema.type.includes('string');
  const branches = schema.anyOf ?? schema.oneOf;
  return branches === undefined || branches.some(takesText);
}

/**
 * Closes a schema and changes those inside it. A branch of `anyOf` that only adds conditions to the properties beside it is
 * left open.
 */
function mapSchema(schema: Schema, change: (schema: Schema, inBranch: boolean) => Schema, inBranch: boolean): Schema {
  const { properties, items, additionalProperties, anyOf, oneOf, ...rest } = schema;
  const isObject =
    [schema.type].flat().includes('object') || (properties !== undefined && schema.type === undefined && !inBranch);
  const others = additionalProperties ?? (isObject ? false : undefined);
  return {
    ...rest,
    ...(properties === undefined ? {} : { properties: mapValues(properties, change) }),
    ...(items === undefined ? {} : { items: change(items, false) }),
    ...(others === undefined
      ? {}
      : { additionalProperties: typeof others === 'object' ? change(others, false) : others }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map((branch) => change(branch, true)) }),
    ...(oneOf === undefined ? {} : { oneOf: oneOf.map((branch) => change(branch, true)) }),
  };
}

function mapValues(
  properties: Readonly<Record<string, Schema>>,
  change: (schema: Schema, inBranch: boolean) => Schema,
) {
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, change(property, false)]));
}
