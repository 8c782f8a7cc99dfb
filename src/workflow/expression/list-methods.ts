// The methods of lists; each gives what JavaScript gives.

import { type Budget, Failure, spendSteps, spendText } from './budget.ts';
import { declareMethod, type Each } from './callable.ts';
import { toText } from './values.ts';

export const listMethods = [
  declareMethod({
    name: 'map',
    parameters: { list: 'list', change: 'arrow' },
    returns: 'list',
    description: 'A list of what the arrow function makes of each item: `calls.map(call => call.id)`.',
    example: '[{ id: "c1" }, { id: "c2" }].map(call => call.id)',
    run: ({ list, change }, budget) => {
      spendSteps(budget, list.length);
      return list.map((item, index) => change(item, index));
    },
  }),
  declareMethod({
    name: 'filter',
    parameters: { list: 'list', keep: 'arrow' },
    returns: 'list',
    description: 'The items for which the arrow function is true.',
    example: '[1, 5, 9].filter(n => n > 3)',
    run: ({ list, keep }) => list.filter((item, index) => keep(item, index)),
  }),
  declareMethod({
    name: 'some',
    parameters: { list: 'list', test: 'arrow' },
    returns: 'boolean',
    description: 'Whether the arrow function is true for at least one item.',
    example: '[1, 5, 9].some(n => n > 8)',
    run: ({ list, test }) => list.some((item, index) => Boolean(test(item, index))),
  }),
  declareMethod({
    name: 'every',
    parameters: { list: 'list', test: 'arrow' },
    returns: 'boolean',
    description: 'Whether the arrow function is true for all items.',
    example: '[1, 5, 9].every(n => n > 3)',
    run: ({ list, test }) => list.every((item, index) => Boolean(test(item, index))),
  }),
  declareMethod({
    name: 'find',
    parameters: { list: 'list', test: 'arrow' },
    returns: 'any',
    description: 'The first item for which the arrow function is true; missing when there is none.',
    example: '[1, 5, 9].find(n => n > 3)',
    run: ({ list, test }) => list.find((item, index) => Boolean(test(item, index))),
  }),
  declareMethod({
    name: 'includes',
    parameters: { list: 'list', item: 'any' },
    returns: 'boolean',
    description: 'Whether `item` is in the list.',
    example: '["gold", "vip"].includes("vip")',
    run: ({ list, item }, budget) => {
      spendSteps(budget, list.length);
      return list.includes(item);
    },
  }),
  declareMethod({
    name: 'join',
    parameters: { list: 'list', separator: 'text?' },
    returns: 'text',
    description: 'The items as one text with the separator (a comma when none is given) between them.',
    example: '["Ann", "Bob"].join(", ")',
    run: ({ list, separator = ',' }, budget) => join(list, separator, budget),
  }),
  declareMethod({
    name: 'slice',
    parameters: { list: 'list', start: 'number?', end: 'number?' },
    returns: 'list',
    description: 'The items from `start` up to, but without, `end`; negative numbers count from the end.',
    example: '["a", "b", "c"].slice(0, 2)',
    run: ({ list, start, end }, budget) => {
      const part = list.slice(start, end);
      spendSteps(budget, part.length);
      return part;
    },
  }),
  declareMethod({
    name: 'at',
    parameters: { list: 'list', index: 'number' },
    returns: 'any',
    description: 'The item at `index`, from the end when negative; missing when there is none.',
    example: '["a", "b", "c"].at(-1)',
    run: ({ list, index }) => list.at(index),
  }),
  declareMethod({
    name: 'flat',
    parameters: { list: 'list', depth: 'number?' },
    returns: 'list',
    description: 'The list with the items of the lists in it, one level deep or `depth` levels.',
    example: '[[1, 2], [3]].flat()',
    run: ({ list, depth = 1 }, budget) => flatten(list, depth, budget),
  }),
  declareMethod({
    name: 'concat',
    parameters: { list: 'list', others: '...any' },
    returns: 'list',
    description: 'The list followed by the items of other lists, or by single items.',
    example: '[1].concat([2, 3], 4)',
    run: ({ list, others }, budget) => {
      for (const part of [list, ...others]) spendSteps(budget, Array.isArray(part) ? part.length : 1);
      return list.concat(...others);
    },
  }),
];

function join(list: readonly unknown[], separator: string, budget: Budget): string {
  spendSteps(budget, list.length);
  const texts = list.map((item, index) => itemText(item, index));
  spendText(
    budget,
    texts.reduce((length, text) => length + text.length + separator.length, 0),
  );
  return texts.join(separator);
}

function itemText(item: unknown, index: number): string {
  try {
    return toText(item);
  } catch (error) {
    throw new Failure(`cannot be done: item ${index} ${(error as Failure).message}`);
  }
}

/** Level by level, so that no depth of the data can exhaust the stack. */
function flatten(list: readonly unknown[], depth: number, budget: Budget): readonly unknown[] {
  let flat = list;
  for (let level = 1; level <= depth && flat.some((item) => Array.isArray(item)); level++) {
    for (const item of flat) spendSteps(budget, Array.isArray(item) ? item.length + 1 : 1);
    flat = flat.flat();
  }
  return flat;
}

/** Calls the arrow function for each item and collects what it gives; a missing function gives the items themselves. */
export function collect(list: readonly unknown[], each: Each | undefined, budget: Budget): readonly unknown[] {
  spendSteps(budget, list.length);
  return each === undefined ? list : list.map((item, index) => each(item, index));
}
