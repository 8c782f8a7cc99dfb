// The weakest effect word that a step's literal input allows.

import type { Action, Effect, Schema } from '../plugin/index.ts';
import type { Value } from './value.ts';

const weakestFirst: readonly Effect[] = ['once', 'lookup', 'repeatable', 'keyed'];
/** More combinations than this are not tried: the weakest word is taken. */
const mostInputs = 500;

/** Where an expression decides a field with an `enum` or a boolean every value is tried; other such fields are absent. */
export function weakestEffect(action: Action, input: Value | undefined, settings: unknown): Effect {
  const { effect } = action;
  if (typeof effect !== 'function') return effect;
  const inputs = input === undefined ? [{}] : possible(input, action.input, true);
  if (inputs === undefined) return 'once';
  let weakest = weakestFirst.length - 1;
  for (const given of inputs) {
    try {
      const rank = weakestFirst.indexOf(effect((given ?? {}) as Record<string, unknown>, settings));
      weakest = Math.min(weakest, Math.max(rank, 0));
    } catch {
      return 'once';
    }
  }
  return weakestFirst[weakest] ?? 'once';
}

/** Every value that may come out, undefined among them for absent; or undefined when there are too many. */
function possible(value: Value, schema: Schema | undefined, required: boolean): readonly unknown[] | undefined {
  if (value.kind === 'literal') return [value.node.value];
  if (value.kind === 'map') {
    const wanted = schema?.required ?? [];
    let maps: Record<string, unknown>[] = [{}];
    for (const [key, item] of value.entries) {
      const values = possible(item, propertyOf(schema, key), wanted.includes(key));
      if (values === undefined || values.length * maps.length > mostInputs) return undefined;
      maps = maps.flatMap((map) => values.map((one) => (one === undefined ? map : { ...map, [key]: one })));
    }
    return maps;
  }
  if (value.kind === 'list') {
    const items = value.items.map((item) => possible(item, schema?.items, true));
    const known = items.every((item) => item?.length === 1 && item[0] !== undefined);
    return known ? [items.map((item) => item?.[0])] : [undefined];
  }
  const choices = schema === undefined ? [undefined] : choicesOf(schema);
  return required || choices.includes(undefined) ? choices : [...choices, undefined];
}

function propertyOf(schema: Schema | undefined, key: string): Schema | undefined {
  const { properties, additionalProperties } = schema ?? {};
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** The values of a schema that lists them; undefined stands for any other. */
function choicesOf(schema: Schema): readonly unknown[] {
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum !== undefined) return schema.enum;
  if (schema.type === 'boolean') return [true, false];
  const branches = schema.anyOf ?? schema.oneOf;
  return branches === undefined ? [undefined] : [...new Set(branches.flatMap(choicesOf))];
}
