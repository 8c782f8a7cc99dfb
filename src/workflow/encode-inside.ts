// Finds where a schema asks for encoded text, and encodes it inside lists and maps that an expression gives.

import type { Schema } from '../plugin/index.ts';
import type { Budget } from './expression/budget.ts';
import { encodeText, type Encoding } from './expression/encode.ts';

/** How text is encoded here; undefined: as it is. */
export function encodingOf(schema: Schema | undefined): Encoding | undefined {
  return branchesOf(schema).find((branch) => branch.encode !== undefined)?.encode;
}

/** Whether null may stand here as a value of its own. */
export function takesNull(schema: Schema | undefined): boolean {
  if (schema === undefined) return true;
  if (schema.const !== undefined) return schema.const === null;
  if (schema.enum !== undefined) return schema.enum.includes(null);
  if (schema.type !== undefined) return [schema.type].flat().includes('null');
  const branches = schema.anyOf ?? schema.oneOf;
  return branches === undefined || branches.some(takesNull);
}

/** The schema of a property, or of the items with `items`; undefined where anything may come. */
export function schemaOf(schema: Schema | undefined, key: string): Schema | undefined {
  const found = branchesOf(schema).flatMap((branch) => {
    const { properties, additionalProperties, items } = branch;
    if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key] ?? [];
    if (key === 'items' && items !== undefined) return items;
    return typeof additionalProperties === 'object' ? additionalProperties : [];
  });
  return found.length > 1 ? { anyOf: found } : found[0];
}

function branchesOf(schema: Schema | undefined): readonly Schema[] {
  if (schema === undefined) return [];
  return [schema, ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(branchesOf)];
}

/** Text inside a list or map is encoded where the schema says so. */
export function encodeInside(value: unknown, schema: Schema | undefined, budget: Budget): unknown {
  if (schema === undefined) return value;
  if (typeof value === 'string') {
    const encoding = encodingOf(schema);
    return encoding === undefined ? value : encodeText(value, encoding, budget);
  }
  if (Array.isArray(value)) return value.map((item) => encodeInside(item, schemaOf(schema, 'items'), budget));
  if (typeof value !== 'object' || value === null) return value;
  const map: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key !== '__proto__') map[key] = encodeInside(item, schemaOf(schema, key), budget);
  }
  return map;
}
