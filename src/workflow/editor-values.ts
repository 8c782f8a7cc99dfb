// Schemas of values for editors: formats as patterns, and expressions wherever a typed value may stand.

import type { Schema } from '../plugin/index.ts';
import { formats } from './schema.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Formats that editors do not know, or read otherwise. */
const patterns: Readonly<Record<string, string>> = {
  duration: '^\\d{1,9}(ms|s|m|h|d)$',
  rate: '^[1-9]\\d{0,6}/(s|min|h|d)$',
  name: '^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$',
  'env-name': '^[A-Za-z_][A-Za-z0-9_]{0,99}$',
  email: '^[^\\s@<>,;]+@[^\\s@<>,;]+$',
};

/** A schema as it is, for values without expressions. */
export function plain(schema: Schema): Json {
  return mapInside(schema, plain);
}

/**
 * A schema of which every value may be given by an expression. `inside`: only the values in it, not itself.
 * Text without limits takes expressions already.
 */
export function orExpression(schema: Schema, where: 'here' | 'inside' = 'here'): Json {
  const inner = mapInside(schema, orExpression);
  if (where === 'inside' || isOpen(schema)) return inner;
  const { description, ...rest } = inner;
  const about = description === undefined ? {} : { description };
  const text = takesText(schema) ? 'template' : 'expression';
  return { ...about, anyOf: [rest, { $ref: `#/definitions/${text}` }] };
}

/** Whether it takes any text. */
function isOpen({ type, enum: values, const: only, anyOf, oneOf, pattern, format, maxLength }: Schema): boolean {
  if (values !== undefined || only !== undefined) return false;
  if (pattern !== undefined || format !== undefined || maxLength !== undefined) return false;
  if (type !== undefined) return [type].flat().includes('string');
  return anyOf === undefined && oneOf === undefined;
}

function takesText({ type, enum: values, const: only, anyOf, oneOf }: Schema): boolean {
  if (only !== undefined) return typeof only === 'string';
  if (values !== undefined) return values.some((value) => typeof value === 'string');
  if (type !== undefined) return [type].flat().includes('string');
  return (anyOf ?? oneOf ?? []).some(takesText);
}

function mapInside(schema: Schema, change: (schema: Schema) => Json): Json {
  const { properties, items, additionalProperties, anyOf, oneOf, propertyNames, format, encode: _, ...rest } = schema;
  const mapAll = (schemas: readonly Schema[]) => schemas.map((one) => change(one));
  return {
    ...rest,
    ...formatOf(format),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, change(one)])) }),
    ...(items === undefined ? {} : { items: change(items) }),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'object' ? change(additionalProperties) : additionalProperties,
        }),
    ...(propertyNames === undefined ? {} : { propertyNames: plain(propertyNames) }),
    ...(anyOf === undefined ? {} : { anyOf: mapAll(anyOf) }),
    ...(oneOf === undefined ? {} : { oneOf: mapAll(oneOf) }),
  };
}

function formatOf(format: string | undefined): Json {
  if (format === undefined) return {};
  const pattern = Object.hasOwn(patterns, format) ? patterns[format] : undefined;
  if (pattern === undefined) return { format };
  return { pattern, patternErrorMessage: `Must be ${formats[format]?.expected ?? format}.` };
}
