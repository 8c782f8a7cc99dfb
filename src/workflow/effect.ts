// The weakest effect word that a step's input and its connection's settings allow, as far as the file gives them.

import type { Action, Effect, Schema } from '../plugin/index.ts';
import type { Template } from './expression/template.ts';
import type { Value } from './value.ts';

const weakestFirst: readonly Effect[] = ['once', 'lookup', 'repeatable', 'keyed'];
/** More combinations than this are not tried: the weakest word is taken. */
const mostInputs = 500;

/** A value and its schema. */
export interface Given {
  readonly value: Value | undefined;
  readonly schema: Schema;
}

/** The value of a text with expressions when the file alone decides it; else undefined. */
export type Evaluate = (template: Template) => unknown;

/**
 * Where an event or a secret decides a field with an `enum` or a boolean every value is tried; other such fields are
 * absent. A lookup that the action does not have finds nothing out.
 */
export function weakestEffect(action: Action, input: Given, settings: Given, evaluate: Evaluate): Effect {
  const { effect } = action;
  if (typeof effect !== 'function') return effect;
  const inputs = mapsOf(input, evaluate);
  const others = mapsOf(settings, evaluate);
  if (inputs === undefined || others === undefined || inputs.length * others.length > mostInputs) return 'once';
  let weakest = weakestFirst.length - 1;
  for (const given of inputs) {
    for (const other of others) {
      const word = wordOf(() => effect(given, other));
      const found = word === 'lookup' && action.lookup === undefined ? 'once' : word;
      weakest = Math.min(weakest, Math.max(weakestFirst.indexOf(found), 0));
    }
  }
  return weakestFirst[weakest] ?? 'once';
}

function wordOf(ask: () => Effect): Effect {
  try {
    return ask();
  } catch {
    return 'once';
  }
}

function mapsOf({ value, schema }: Given, evaluate: Evaluate): readonly Record<string, unknown>[] | undefined {
  const found = value === undefined ? [{}] : possible(value, schema, true, evaluate);
  return found?.map((given) => (given ?? {}) as Record<string, unknown>);
}

/** Every value that may come out, undefined among them for absent; or undefined when there are too many. */
function possible(
  value: Value,
  schema: Schema | undefined,
  required: boolean,
  evaluate: Evaluate,
): readonly unknown[] | undefined {
  if (value.kind === 'literal') return [value.node.value];
  if (value.kind === 'map') {
    const wanted = schema?.required ?? [];
    const entries = [...value.entries].map(([key, item]): [string, readonly unknown[] | undefined] => [
      key,
      possible(item, propertyOf(schema, key), wanted.includes(key), evaluate),
    ]);
    return combine(entries);
  }
  if (value.kind === 'list') {
    const items = value.items.map((item) => possible(item, schema?.items, true, evaluate));
    const known = items.every((item) => item?.length === 1 && item[0] !== undefined);
    return known ? [items.map((item) => item?.[0])] : [undefined];
  }
  const exact = value.kind === 'unknown' ? undefined : evaluate(value.template);
  if (exact !== undefined) return [exact];
  const choices = schema === undefined ? [undefined] : choicesOf(schema);
  return required || choices?.includes(undefined) !== false ? choices : [...choices, undefined];
}

/** Every map that has one value of each key. */
function combine(entries: readonly (readonly [string, readonly unknown[] | undefined])[]) {
  let maps: Record<string, unknown>[] = [{}];
  for (const [key, values] of entries) {
    if (values === undefined || values.length * maps.length > mostInputs) return undefined;
    maps = maps.flatMap((map) => values.map((one) => (one === undefined ? map : { ...map, [key]: one })));
  }
  return maps;
}

function propertyOf(schema: Schema | undefined, key: string): Schema | undefined {
  const { properties, additionalProperties } = schema ?? {};
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** The values of a schema that lists them; undefined stands for any other. */
function choicesOf(schema: Schema): readonly unknown[] | undefined {
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum !== undefined) return schema.enum;
  if (schema.type === 'boolean') return [true, false];
  const { properties, required = [] } = schema;
  if (properties !== undefined) {
    return combine(
      Object.entries(properties).map(([key, property]) => {
        const choices = choicesOf(property);
        return [key, choices && !required.includes(key) ? [...new Set([...choices, undefined])] : choices] as const;
      }),
    );
  }
  const branches = (schema.anyOf ?? schema.oneOf)?.map(choicesOf);
  if (branches === undefined) return [undefined];
  return branches.includes(undefined) ? undefined : [...new Set(branches.flatMap((branch) => branch ?? []))];
}
