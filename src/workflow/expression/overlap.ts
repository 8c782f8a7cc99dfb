// Which values two types share: what may be equal, and what may be given where a type is wanted.

import { isAbsent, isNever, missing, present, type Shape, type Type } from './types.ts';

/** The shapes of a type, as far as they may be equal to something of another type. */
export function overlap(type: Type, other: Type): Type {
  if (type === 'any' || other === 'any') return type;
  return type.flatMap((shape) => {
    const shared = other.flatMap((candidate) => overlapShape(shape, candidate) ?? []);
    const whole = shared.find((found) => found === shape);
    return whole === undefined ? shared : [whole];
  });
}

function overlapShape(shape: Shape, other: Shape): Shape | undefined {
  if (isAbsent(shape) && isAbsent(other)) return shape;
  if (shape.kind === 'object' && other.kind === 'object') return sharesFields(shape, other) ? shape : undefined;
  if (shape.kind === 'list' && other.kind === 'list') {
    const apart = !isNever(shape.item) && !isNever(other.item) && isNever(overlap(shape.item, other.item));
    return apart ? undefined : shape;
  }
  if (shape.kind !== other.kind) return undefined;
  const values = 'values' in other ? other.values : undefined;
  return values === undefined ? shape : narrowed(shape, (value) => values.includes(value), values);
}

type ObjectShape = Shape & { readonly kind: 'object' };

function sharesFields(shape: ObjectShape, other: ObjectShape): boolean {
  const names = new Set([...shape.fields.keys(), ...other.fields.keys()]);
  const fieldOf = ({ fields, others }: ObjectShape, name: string) => fields.get(name) ?? others ?? missing;
  return [...names].every((name) => {
    const [field, wanted] = [fieldOf(shape, name), fieldOf(other, name)];
    return isNever(field) || isNever(wanted) || !isNever(overlap(field, wanted));
  });
}

/** Without one value. */
export function without(type: Type, value: string | number | boolean): Type {
  if (type === 'any') return type;
  return type.flatMap((shape) => {
    const values = shape.kind === 'boolean' && !('values' in shape) ? [true, false] : undefined;
    return narrowed(shape, (candidate) => candidate !== value, values) ?? [];
  });
}

/** `all`: the values, where the shape does not list them. */
function narrowed(
  shape: Shape,
  keep: (value: string | number | boolean) => boolean,
  all?: readonly (string | number | boolean)[],
): Shape | undefined {
  if (shape.kind !== 'text' && shape.kind !== 'number' && shape.kind !== 'boolean') return shape;
  const before = shape.values ?? all;
  if (before === undefined) return shape;
  const values = before.filter(keep);
  if (values.length === shape.values?.length) return shape;
  return values.length === 0 ? undefined : { ...shape, values };
}

export function truthy(type: Type): Type {
  return present(without(without(without(type, ''), 0), false));
}

export function falsy(type: Type): Type {
  if (type === 'any') return type;
  return type.flatMap((shape): readonly Shape[] => {
    if (isAbsent(shape)) return [shape];
    if (shape.kind === 'list' || shape.kind === 'object') return [];
    const value = { text: '', number: 0, boolean: false }[shape.kind];
    const kept = narrowed(shape, (candidate) => candidate === value, [value]);
    return kept === undefined ? [] : [kept];
  });
}
