// Gives a function its arguments by name, after checking that each is of a kind it takes.

import { Failure } from './budget.ts';
import type { Callable, Parameter, TypeWord } from './callable.ts';
import { isObject, kindOf } from './values.ts';

/** An argument that the function does not take; `index` counts the values given. */
export class ArgumentFailure extends Failure {
  readonly index: number;

  constructor(message: string, index: number) {
    super(message);
    this.index = index;
  }
}

/** `values` of a method begin with the value before the dot. Throws `ArgumentFailure`. */
export function bindArguments(callable: Callable, values: readonly unknown[]): Record<string, unknown> {
  const bound: Record<string, unknown> = {};
  for (const [index, parameter] of callable.parameters.entries()) {
    if (parameter.rest) {
      const rest = values.slice(index);
      for (const [further, value] of rest.entries()) check(callable, parameter, value, index + further);
      bound[parameter.name] = rest;
    } else if (index < values.length) {
      check(callable, parameter, values[index], index);
      bound[parameter.name] = values[index];
    }
  }
  return bound;
}

function check(callable: Callable, parameter: Parameter, value: unknown, index: number): void {
  if (parameter.types.some((type) => is[type](value))) return;
  const expected = parameter.types.map((type) => words[type]).join(' or ');
  const missing = value === undefined || value === null ? '; add a default with ??' : '';
  throw new ArgumentFailure(`is ${kindOf(value)}, but "${callable.name}" needs ${expected}${missing}`, index);
}

const is: Readonly<Record<TypeWord, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  list: (value) => Array.isArray(value),
  object: isObject,
  any: () => true,
  arrow: (value) => typeof value === 'function',
};

const words: Readonly<Record<TypeWord, string>> = {
  text: 'a text',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
  object: 'an object',
  any: 'a value',
  arrow: 'an arrow function',
};
