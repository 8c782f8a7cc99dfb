// What stands for an output that nobody has yet: a value made from the schema of an action's output.

import type { Schema } from '../plugin/index.ts';

/** `name`: how an expression reads it, such as `steps.log.output`; texts are `«name»`, which no encoding of messages changes. `at`: ISO 8601, for times. */
export function placeholderOf(schema: Schema, name: string, at: string): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const branch = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (branch !== undefined && schema.type === undefined) return placeholderOf(branch, name, at);
  switch (typeOf(schema)) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, inner]) => [
          key,
          placeholderOf(inner, `${name}.${key}`, at),
        ]),
      );
    case 'array':
      return [placeholderOf(schema.items ?? {}, `${name}[0]`, at)];
    case 'integer':
    case 'number':
      return Math.ceil(schema.minimum ?? 0);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return textOf(schema, name, at);
  }
}

function typeOf({ type, properties }: Schema): string {
  const [first = 'string'] = [type ?? (properties === undefined ? 'string' : 'object')].flat();
  return first;
}

function textOf({ format }: Schema, name: string, at: string): string {
  switch (format) {
    case 'date-time':
      return at;
    case 'date':
      return at.slice(0, 10);
    case 'uri':
      return `https://example.com/${encodeURIComponent(name)}`;
    case 'email':
      return 'placeholder@example.com';
    default:
      return `«${name}»`;
  }
}
