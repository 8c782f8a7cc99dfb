// What is known of a value before it exists: the shapes that it may have.

import type { Fields } from './fields.ts';

export type Literal = string | number | boolean;

export type Shape =
  | {
      readonly kind: 'text' | 'number' | 'boolean';
      /** Those that are possible; undefined: any. */
      readonly values?: readonly Literal[];
      /** Those that the schema lists. */
      readonly declared?: readonly Literal[];
      /** Other values are possible too, so that no comparison is judged. */
      readonly open?: boolean;
    }
  | { readonly kind: 'null' }
  /** `why`: for the message, when it is not plain. */
  | { readonly kind: 'missing'; readonly why?: string }
  | { readonly kind: 'list'; readonly item: Type }
  /** `others`: of the fields that are not named; undefined: there are none. */
  | { readonly kind: 'object'; readonly fields: Fields<Type>; readonly others: Type | undefined };

/** Shapes that a value may have; `any` is not checked, and none is a value that cannot be. */
export type Type = 'any' | readonly Shape[];

export const text: Type = [{ kind: 'text' }];
export const number: Type = [{ kind: 'number' }];
export const boolean: Type = [{ kind: 'boolean' }];
export const nothing: Type = [{ kind: 'null' }];
export const missing: Type = [{ kind: 'missing' }];
export const never: Type = [];

export const listOf = (item: Type): Type => [{ kind: 'list', item }];

export function objectOf(fields: Iterable<readonly [string, Type]>, others?: Type): Type {
  return [{ kind: 'object', fields: new Map(fields), others }];
}

export function literal(value: Literal, open = false): Type {
  const kind = typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean';
  return [{ kind, values: [value], ...(open ? { open } : {}) }];
}

/** More shapes than this are not told apart. */
const mostShapes = 64;

export function union(...types: readonly Type[]): Type {
  if (types.some((type) => type === 'any')) return 'any';
  const shapes = new Map<string | Shape, Shape>();
  for (const shape of types.flat() as Shape[]) {
    const isPlain = shape.kind !== 'object' && shape.kind !== 'list' && !('values' in shape);
    shapes.set(isPlain ? shape.kind : shape, shape);
  }
  return shapes.size > mostShapes ? 'any' : [...shapes.values()];
}

/** The shapes of a type that hold; `any` stays what it is. */
export function filter(type: Type, holds: (shape: Shape) => boolean): Type {
  return type === 'any' ? type : type.filter(holds);
}

export const isAbsent = (shape: Shape) => shape.kind === 'null' || shape.kind === 'missing';
export const isNever = (type: Type) => type !== 'any' && type.length === 0;

/** Without missing and null. */
export const present = (type: Type): Type => filter(type, (shape) => !isAbsent(shape));
/** Missing and null. */
export const absent = (type: Type): Type => filter(type, isAbsent);

/** Whether all shapes are of these kinds. */
export function only(type: Type, ...kinds: readonly Shape['kind'][]): boolean {
  return type !== 'any' && type.length > 0 && type.every((shape) => kinds.includes(shape.kind));
}

/** Whether some shape is, or may be, of these kinds. */
export function may(type: Type, ...kinds: readonly Shape['kind'][]): boolean {
  return type === 'any' || type.length === 0 || type.some((shape) => kinds.includes(shape.kind));
}

/** The one value that a type has. */
export function valueOf(type: Type): Literal | null | undefined {
  const [shape, ...others] = type === 'any' ? [] : type;
  if (shape === undefined || others.length > 0) return undefined;
  if (shape.kind === 'null') return null;
  return 'values' in shape && shape.values.length === 1 ? shape.values[0] : undefined;
}

/** The items of a list, as far as they are known. */
export function itemOf(type: Type): Type {
  if (type === 'any') return type;
  const lists = type.flatMap((shape) => (shape.kind === 'list' ? [shape.item] : []));
  return lists.length === 0 && type.length > 0 ? 'any' : union(...lists);
}

/** The type of a field; undefined when no shape of the value has it. */
export function fieldOf(type: Type, name: string): Type | undefined {
  if (type === 'any') return type;
  const found: Type[] = [];
  let known = type.every(isAbsent);
  for (const shape of type) {
    const field = fieldOfShape(shape, name);
    if (field !== undefined && !isAbsent(shape)) known = true;
    found.push(field ?? missing);
  }
  if (!known) return undefined;
  const [only] = found;
  return found.length === 1 ? only : union(...found);
}

export function fieldOfShape(shape: Shape, name: string): Type | undefined {
  if (shape.kind === 'object') return shape.fields.get(name) ?? shape.others;
  if (shape.kind === 'missing') return [shape];
  if (shape.kind === 'null') return missing;
  if (name !== 'length' || (shape.kind !== 'text' && shape.kind !== 'list')) return undefined;
  const isEmpty = shape.kind === 'list' ? isNever(shape.item) : valueOf([shape]) === '';
  return isEmpty ? literal(0) : number;
}

/** The names of the fields that some shape has. */
export function fieldNames(type: Type): string[] {
  if (type === 'any') return [];
  return [...new Set(type.flatMap((shape) => (shape.kind === 'object' ? [...shape.fields.keys()] : [])))];
}

const words: Readonly<Record<Shape['kind'], string>> = {
  text: 'a text',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  missing: 'missing',
  list: 'a list',
  object: 'an object',
};

/** `a text`, `a number or a list`. */
export function describe(type: Type): string {
  return type === 'any' ? 'a value' : [...new Set(type.map(({ kind }) => words[kind]))].join(' or ');
}
