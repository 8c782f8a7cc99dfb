// What a function or method of the language is: declared once, with its signature, description and implementation.

import type { Budget } from './budget.ts';

/** The function an arrow expression becomes. */
export type Each = (item: unknown, index: number) => unknown;

interface Values {
  text: string;
  number: number;
  boolean: boolean;
  list: readonly unknown[];
  object: Readonly<Record<string, unknown>>;
  any: unknown;
  arrow: Each;
}

export type TypeWord = keyof Values;

/** `text`, `text | number`, `number?` (may be left out), `...number | list` (any number of them). */
type Value<Words extends string> = Words extends `...${infer Rest}`
  ? readonly Value<Rest>[]
  : Words extends `${infer Some}?`
    ? Value<Some> | undefined
    : Words extends `${infer First} | ${infer Others}`
      ? Value<First> | Value<Others>
      : Words extends TypeWord
        ? Values[Words]
        : never;

type Arguments<P> = { readonly [Name in keyof P]: P[Name] extends string ? Value<P[Name]> : never };

export interface Parameter {
  readonly name: string;
  readonly types: readonly TypeWord[];
  readonly optional: boolean;
  readonly rest: boolean;
}

/** A function, or a method, whose first parameter is the value before the dot. */
export interface Callable {
  readonly name: string;
  readonly method: boolean;
  readonly parameters: readonly Parameter[];
  readonly returns: TypeWord;
  readonly description: string;
  /** An expression that calls it, for the reference page. */
  readonly example: string;
  /** For people: `truncate(text: text, length: number, ending?: text): text`. */
  readonly signature: string;
  /** Arguments by name, checked against `parameters`; throws a `Failure`. */
  run(args: Readonly<Record<string, unknown>>, budget: Budget): unknown;
}

interface Declaration<P> {
  readonly name: string;
  readonly parameters: P;
  readonly returns: TypeWord;
  readonly description: string;
  readonly example: string;
  readonly run: (args: Arguments<P>, budget: Budget) => unknown;
}

export function declareFunction<const P extends Readonly<Record<string, string>>>(declared: Declaration<P>): Callable {
  const parameters = readParameters(declared.parameters);
  const inside = parameters.map(writeParameter).join(', ');
  return complete(declared, false, parameters, `${declared.name}(${inside}): ${declared.returns}`);
}

export function declareMethod<const P extends Readonly<Record<string, string>>>(declared: Declaration<P>): Callable {
  const parameters = readParameters(declared.parameters);
  const inside = parameters.slice(1).map(writeParameter).join(', ');
  const owner = parameters[0]?.types.join(' | ') ?? '';
  return complete(declared, true, parameters, `${owner}.${declared.name}(${inside}): ${declared.returns}`);
}

function complete<P>(
  declared: Declaration<P>,
  method: boolean,
  parameters: readonly Parameter[],
  signature: string,
): Callable {
  const { name, returns, description, example, run } = declared;
  return { name, method, parameters, returns, description, example, signature, run };
}

function readParameters(declared: Readonly<Record<string, string>>): Parameter[] {
  return Object.entries(declared).map(([name, words]) => {
    const types = words.replace('...', '').replace('?', '').split(' | ') as TypeWord[];
    return { name, types, optional: words.endsWith('?'), rest: words.startsWith('...') };
  });
}

function writeParameter({ name, types, optional, rest }: Parameter): string {
  return `${rest ? '...' : ''}${name}${optional ? '?' : ''}: ${types.join(' | ')}`;
}
