// What holds of a value that has one type or another, in as few shapes as can tell it.

import { withOne } from './fields.ts';
import { union, type Shape, type Type } from './types.ts';

/** Loses nothing: shapes are made one only where they differ in one thing. */
export function merge(one: Type, other: Type): Type {
  if (one === other) return one;
  if (one === 'any' || other === 'any') return 'any';
  const merged = [...one];
  for (const shape of other) {
    const index = merged.findIndex((known) => mergeShapes(known, shape) !== undefined);
    const known = merged[index];
    merged.splice(Math.max(index, 0), known === undefined ? 0 : 1, (known && mergeShapes(known, shape)) ?? shape);
  }
  return union(merged);
}

function mergeShapes(one: Shape, other: Shape): Shape | undefined {
  if (one === other) return one;
  if (one.kind === 'object' && other.kind === 'object') return mergeObjects(one, other);
  if (one.kind !== other.kind) return undefined;
  if (one.kind === 'list' && other.kind === 'list') return one.item === other.item ? one : undefined;
  if (!('values' in one)) return one;
  if (!('values' in other)) return other;
  if (one.declared !== other.declared || one.open !== other.open) return undefined;
  return { ...one, values: [...new Set([...one.values, ...other.values])] };
}

type ObjectShape = Shape & { readonly kind: 'object' };

function mergeObjects(one: ObjectShape, other: ObjectShape): Shape | undefined {
  if (one.others !== other.others) return undefined;
  const names = new Set([...one.fields.keys(), ...other.fields.keys()]);
  const [name, ...others] = [...names].filter((key) => one.fields.get(key) !== other.fields.get(key));
  if (name === undefined) return one;
  const [field, otherField] = [one.fields.get(name), other.fields.get(name)];
  if (others.length > 0 || field === undefined || otherField === undefined) return undefined;
  return { ...one, fields: withOne(one.fields, name, merge(field, otherField)) };
}
