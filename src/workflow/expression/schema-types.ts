// JSON Schema and plain data → types.

import type { Schema } from '../../plugin/index.ts';
import {
  boolean,
  listOf,
  literal,
  missing,
  nothing,
  number,
  objectOf,
  text,
  union,
  type Literal,
  type Type,
} from './types.ts';

const known = new WeakMap<Schema, Type>();

/** An absent `additionalProperties` means closed, unless no property is named either. */
export function typeOfSchema(schema: Schema | undefined): Type {
  if (typeof schema !== 'object' || schema === null) return 'any';
  const before = known.get(schema);
  if (before !== undefined) return before;
  const type = readSchema(schema);
  known.set(schema, type);
  return type;
}

/** Words that a file's own schema may have and that are not read here. */
const unread = ['$ref', 'allOf', 'not', 'if', 'dependencies', 'dependentSchemas'];

function readSchema(schema: Schema): Type {
  if (unread.some((word) => word in schema)) return 'any';
  if (schema.const !== undefined) return ofValues([schema.const]);
  if (schema.enum !== undefined) return ofValues(schema.enum);
  const { type, properties } = schema;
  if (type !== undefined) return union(...[type].flat().map((name) => ofTypeName(name, schema)));
  if (properties !== undefined) return ofObject(schema);
  const branches = schema.anyOf ?? schema.oneOf;
  return branches === undefined ? 'any' : union(...branches.map(typeOfSchema));
}

function ofTypeName(name: string, schema: Schema): Type {
  switch (name) {
    case 'string':
      return text;
    case 'number':
    case 'integer':
      return number;
    case 'boolean':
      return boolean;
    case 'null':
      return nothing;
    case 'array':
      return listOf(typeOfSchema(schema.items));
    case 'object':
      return ofObject(schema);
    default:
      return 'any';
  }
}

function ofObject(schema: Schema): Type {
  const { properties = {}, required = [], additionalProperties } = schema;
  const fields = Object.entries(properties).map(([name, property]) => {
    const type = typeOfSchema(property);
    return [name, required.includes(name) ? type : union(type, missing)] as const;
  });
  if (additionalProperties === true || 'patternProperties' in schema) return objectOf(fields, 'any');
  if (typeof additionalProperties === 'object') {
    return objectOf(fields, union(typeOfSchema(additionalProperties), missing));
  }
  const branches = schema.anyOf ?? schema.oneOf;
  const named = schema.properties !== undefined || additionalProperties === false;
  return objectOf(fields, named && branches === undefined ? undefined : 'any');
}

/** Values that a schema lists. */
function ofValues(values: readonly (Literal | null)[]): Type {
  const kinds = [
    ['text', 'string'],
    ['number', 'number'],
    ['boolean', 'boolean'],
  ] as const;
  const types = kinds.flatMap(([kind, name]) => {
    const listed = values.filter((value) => value !== null).filter((value) => typeof value === name);
    return listed.length === 0 ? [] : [{ kind, values: listed, declared: listed }];
  });
  return values.includes(null) ? union(types, nothing) : types;
}

/** The type of a literal of the file. Comparisons with it are not judged: it is there to be changed. */
export function typeOfData(value: unknown): Type {
  if (value === null) return nothing;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return literal(value, true);
  if (Array.isArray(value)) return listOf(value.length === 0 ? 'any' : union(...value.map(typeOfData)));
  if (typeof value !== 'object') return 'any';
  return objectOf(Object.entries(value).map(([name, field]) => [name, typeOfData(field)] as const));
}
