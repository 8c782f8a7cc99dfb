// The functions for lists and objects.

import { type Budget, Failure, spendSteps } from './budget.ts';
import { declareFunction } from './callable.ts';
import { collect } from './list-methods.ts';
import { keysOf, kindOf } from './values.ts';

export const listFunctions = [
  declareFunction({
    name: 'first',
    parameters: { list: 'list' },
    returns: 'any',
    description: 'The first item; missing when the list is empty.',
    example: 'first(["a", "b", "c"])',
    run: ({ list }) => list[0],
  }),
  declareFunction({
    name: 'last',
    parameters: { list: 'list' },
    returns: 'any',
    description: 'The last item; missing when the list is empty.',
    example: 'last(["a", "b", "c"])',
    run: ({ list }) => list.at(-1),
  }),
  declareFunction({
    name: 'min',
    parameters: { numbers: '...number | list' },
    returns: 'number',
    description: 'The smallest of the numbers, or of the numbers in lists; missing when there are none.',
    example: 'min([3, 1, 2])',
    run: ({ numbers }, budget) => extreme(numbers, budget, (a, b) => a < b),
  }),
  declareFunction({
    name: 'max',
    parameters: { numbers: '...number | list' },
    returns: 'number',
    description: 'The largest of the numbers, or of the numbers in lists; missing when there are none.',
    example: 'max(0, -5)',
    run: ({ numbers }, budget) => extreme(numbers, budget, (a, b) => a > b),
  }),
  declareFunction({
    name: 'sum',
    parameters: { list: 'list', amount: 'arrow?' },
    returns: 'number',
    description: 'The sum of the numbers, or of what the arrow function gives for each item; 0 for an empty list.',
    example: 'sum([{ n: 1 }, { n: 2 }], item => item.n)',
    run: ({ list, amount }, budget) => {
      const total = collect(list, amount, budget).reduce<number>(
        (sum, item, index) => sum + numberItem(item, index),
        0,
      );
      if (!Number.isFinite(total)) throw new Failure('gives a number without bounds');
      return total;
    },
  }),
  declareFunction({
    name: 'unique',
    parameters: { list: 'list', key: 'arrow?' },
    returns: 'list',
    description: 'The list without repeated items; with an arrow function, without items whose key came before.',
    example: 'unique(["a", "b", "a"])',
    run: ({ list, key }, budget) => {
      const keys = collect(list, key, budget);
      const seen = new Set<unknown>();
      return list.filter((_, index) => seen.size < seen.add(keys[index]).size);
    },
  }),
  declareFunction({
    name: 'sortBy',
    parameters: { list: 'list', key: 'arrow', order: 'text?' },
    returns: 'list',
    description:
      'The list sorted by the number or text that the arrow function gives; `"desc"` for the largest first. Items without a key come last.',
    example: 'sortBy([{ n: 1 }, { n: 3 }, { n: 2 }], item => item.n, "desc")',
    run: ({ list, key, order = 'asc' }, budget) => {
      if (order !== 'asc' && order !== 'desc') throw new Failure('sorts "asc" or "desc"');
      const keys = collect(list, key, budget);
      spendSteps(budget, list.length * Math.ceil(Math.log2(list.length + 1)));
      const direction = order === 'asc' ? 1 : -1;
      const places = list.map((_, index) => index).sort((a, b) => compareKeys(keys[a], keys[b], direction));
      return places.map((place) => list[place]);
    },
  }),
  declareFunction({
    name: 'keys',
    parameters: { object: 'object' },
    returns: 'list',
    description: 'The names of the fields.',
    example: 'keys({ id: "c1", duration: 142 })',
    run: ({ object }, budget) => readableKeys(object, budget),
  }),
  declareFunction({
    name: 'values',
    parameters: { object: 'object' },
    returns: 'list',
    description: 'The values of the fields.',
    example: 'values({ id: "c1", duration: 142 })',
    run: ({ object }, budget) => readableKeys(object, budget).map((key) => object[key]),
  }),
  declareFunction({
    name: 'entries',
    parameters: { object: 'object' },
    returns: 'list',
    description: 'The fields as a list of `{ key, value }`.',
    example: 'entries({ id: "c1" })',
    run: ({ object }, budget) => readableKeys(object, budget).map((key) => ({ key, value: object[key] })),
  }),
];

function extreme(
  numbers: readonly (number | readonly unknown[])[],
  budget: Budget,
  better: (a: number, b: number) => boolean,
): number | undefined {
  let best: number | undefined;
  for (const given of numbers) {
    const list = typeof given === 'number' ? [given] : given;
    spendSteps(budget, list.length);
    for (const [index, item] of list.entries()) {
      const number = numberItem(item, index);
      if (best === undefined || better(number, best)) best = number;
    }
  }
  return best;
}

function numberItem(item: unknown, index: number): number {
  if (typeof item === 'number' && Number.isFinite(item)) return item;
  throw new Failure(`needs numbers, but item ${index} is ${kindOf(item)}`);
}

function compareKeys(a: unknown, b: unknown, direction: number): number {
  if ((a ?? null) === null || (b ?? null) === null) return Number((a ?? null) === null) - Number((b ?? null) === null);
  if (typeof a === 'number' && typeof b === 'number') return (a - b) * direction;
  if (typeof a === 'string' && typeof b === 'string') return (a < b ? -1 : Number(a > b)) * direction;
  throw new Failure(`needs keys that are all numbers or all texts, but found ${kindOf(a)} beside ${kindOf(b)}`);
}

function readableKeys(object: object, budget: Budget): string[] {
  const keys = keysOf(object);
  spendSteps(budget, keys.length);
  return keys;
}
