// Keys and values that may stand where the cursor is, from the schema that editors get.

import type { Json } from '../editor-values.ts';
import type { Where } from './lines.ts';

export interface Option {
  readonly label: string;
  readonly type?: string;
  readonly detail?: string;
  readonly info?: string;
  readonly apply?: string;
}

/** `usesOfWith`: what is used beside the `with` that the place stands in; it decides what may stand there. */
export function optionsAt(schema: Json, where: Where, usesOfWith: string | undefined): Option[] {
  const found = where.path.reduce<readonly Json[]>(
    (schemas, key) => schemas.flatMap((one) => stepInto(one, key, key === 'with' ? usesOfWith : undefined)),
    [schema],
  );
  const uses = where.beside.find(({ key }) => key === 'uses')?.value;
  const here = found.flatMap((one) => spread(one, uses));
  if (where.key === null) return keysOf(here, new Set(where.beside.map(({ key }) => key)));
  const { key } = where;
  return here.flatMap((one) => stepInto(one, key, uses)).flatMap((one) => spread(one, undefined).flatMap(valuesOf));
}

function stepInto(schema: Json, key: string, uses: string | undefined): readonly Json[] {
  return spread(schema, uses).flatMap((one) => {
    if (key === '-') return objects(one['items']);
    const properties = (one['properties'] ?? {}) as Record<string, unknown>;
    return Object.hasOwn(properties, key) ? objects(properties[key]) : objects(one['additionalProperties']);
  });
}

/** A schema with its alternatives, and what its `uses` implies. */
function spread(schema: Json, uses: string | undefined): readonly Json[] {
  const all = objects(schema['allOf']).flatMap((one) => {
    const condition = one['if'] as Json | undefined;
    if (condition === undefined) return spread(one, uses);
    const names = ((condition['properties'] as Record<string, Json> | undefined)?.['uses']?.['enum'] ?? []) as string[];
    return uses !== undefined && names.includes(uses) ? objects(one['then']) : [];
  });
  const any = [...objects(schema['anyOf']), ...objects(schema['oneOf'])].flatMap((one) => spread(one, uses));
  return [schema, ...all, ...any];
}

function keysOf(schemas: readonly Json[], taken: ReadonlySet<string>): Option[] {
  const found = new Map<string, Option>();
  for (const schema of schemas) {
    const needed = new Set((schema['required'] ?? []) as string[]);
    for (const [label, one] of Object.entries((schema['properties'] ?? {}) as Record<string, Json>)) {
      if (taken.has(label) || found.has(label)) continue;
      const info = one['description'];
      found.set(label, {
        label,
        type: 'property',
        apply: `${label}: `,
        ...(needed.has(label) ? { detail: 'required' } : {}),
        ...(typeof info === 'string' ? { info } : {}),
      });
    }
  }
  return [...found.values()];
}

function valuesOf(schema: Json): Option[] {
  const words = (schema['enum'] ?? []) as unknown[];
  const about = (schema['enumDescriptions'] ?? []) as string[];
  const choices = words.map((word, index): Option => {
    const info = about[index];
    return { label: String(word), type: 'enum', ...(info === undefined || info === '' ? {} : { info }) };
  });
  return schema['type'] === 'boolean' ? [...choices, { label: 'true' }, { label: 'false' }] : choices;
}

function objects(value: unknown): readonly Json[] {
  if (Array.isArray(value)) return value.flatMap(objects);
  return typeof value === 'object' && value !== null ? [value as Json] : [];
}
