// JSON Schema as connectors write it, and the TypeScript type that a schema literal describes.

type TypeName = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null';

/**
 * The part of JSON Schema (draft-07) that Hookline reads, plus `encode` and `personal`.
 * An absent `additionalProperties` means closed: write `true` where any field may come.
 */
export interface Schema {
  readonly type?: TypeName | readonly TypeName[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly const?: string | number | boolean | null;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  /** How interpolated values are encoded in this text field, so that data cannot mention a channel, inject a tag or leave a URL segment. */
  readonly encode?: 'slack' | 'html' | 'url';
  /**
   * Whose data it is, in an event's data or an action's output: `hookline capture` puts a fake in its place. `text`: what people
   * said or wrote, where anything may be told. `none`: about nobody, whatever it is called. Unmarked fields go by name and form.
   */
  readonly personal?: 'name' | 'phone' | 'email' | 'text' | 'none';
}

interface TypeOf {
  string: string;
  number: number;
  integer: number;
  boolean: boolean;
  null: null;
}

type FromObject<S extends Schema> = (S extends { properties: infer P }
  ? { -readonly [K in keyof P as K extends Required<S> ? K : never]: FromSchema<P[K]> } & {
      -readonly [K in keyof P as K extends Required<S> ? never : K]?: FromSchema<P[K]>;
    }
  : unknown) &
  (S extends { additionalProperties: infer A }
    ? A extends true
      ? { [name: string]: unknown }
      : A extends Schema
        ? S extends { properties: object }
          ? { [name: string]: unknown }
          : { [name: string]: FromSchema<A> }
        : unknown
    : unknown);

type Required<S> = S extends { required: readonly (infer R)[] } ? R : never;

type FromType<S extends Schema, T> = T extends 'object'
  ? FromObject<S>
  : T extends 'array'
    ? S extends { items: infer I }
      ? FromSchema<I>[]
      : unknown[]
    : T extends keyof TypeOf
      ? TypeOf[T]
      : unknown;

/** The type of a value that a schema literal accepts: `FromSchema<{ type: 'integer' }>` is `number`. */
export type FromSchema<S> = S extends { const: infer C }
  ? C
  : S extends { enum: readonly (infer E)[] }
    ? E
    : S extends { anyOf: readonly (infer A)[] }
      ? FromSchema<A>
      : S extends { oneOf: readonly (infer A)[] }
        ? FromSchema<A>
        : S extends Schema
          ? S extends { type: readonly (infer T)[] }
            ? FromType<S, T>
            : S extends { type: infer T }
              ? FromType<S, T>
              : unknown
          : unknown;
