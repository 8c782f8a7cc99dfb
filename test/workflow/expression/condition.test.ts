// When a condition holds, when it does not, and when that cannot be said.

import { describe, expect, it } from 'vitest';
import { conjuncts } from '../../../src/workflow/expression/evaluate.ts';
import { errorOf, holds, parsed } from './asking.ts';

const scope = {
  event: {
    type: 'call.ended',
    data: { call: { duration: 142, agent: null, cost: 0 }, list: [{ n: 1 }] },
  },
};

describe('a condition', () => {
  it.each<[string, boolean]>([
    ['event.type == "call.ended"', true],
    ['event.missing', false],
    ['event.data.call.agent', false],
    ['event.missing && event.type == "call.ended"', false],
    ['event.type == "call.ended" && event.data.call.duration > 100 && !event.missing', true],
    ['event.missing.includes("x")', false],
  ])('%s', (source, value) => {
    expect(holds(source, scope)).toBe(value);
  });

  it.each([
    [
      'event.type',
      '"event.type" is a text, but a condition is true or false; compare it, such as with != ""',
      'event.type',
    ],
    [
      'event.type == "call.ended" && event.data.call.cost',
      '"event.data.call.cost" is a number, but a condition is true or false; compare it, such as with != ""',
      'event.data.call.cost',
    ],
    [
      'event.data',
      '"event.data" is an object, but a condition is true or false; compare it, such as with != ""',
      'event.data',
    ],
  ])('%s is an error', (source, message, at) => {
    expect(errorOf(() => holds(source, scope), source)).toEqual({ message, at });
  });

  it('is false when one term is false, wherever another throws', () => {
    expect(holds('event.missing + 1 > 0 && event.type == "other"', scope)).toBe(false);
    expect(holds('event.type == "other" && event.missing + 1 > 0', scope)).toBe(false);
    expect(holds('(event.missing + 1 > 0 && event.type) && (event.data.call.cost && event.missing)', scope)).toBe(
      false,
    );
  });

  it('throws what the first failing term throws when no term is false', () => {
    const source = 'event.data.list.map(x => x.m + 1) == 2 && event.type == "call.ended" && event.missing / 2 == 1';
    expect(errorOf(() => holds(source, scope), source).at).toMatch(/^x\.m \+ 1/);
  });

  it('is false when one term is false and another uses up the budget', () => {
    const many = { event: { type: 'x', list: Array.from({ length: 2000 }, (_, index) => index) } };
    const endless = 'event.list.every(a => event.list.every(b => event.list.every(c => c >= 0)))';
    expect(holds(`${endless} && event.type == "other"`, many)).toBe(false);
    const source = `${endless} && event.type == "x"`;
    expect(errorOf(() => holds(source, many), source).message).toMatch(/too much work/);
  });

  it('keeps the order of && inside other operators', () => {
    expect(holds('!(event.missing != null && event.missing + 1 > 0)', scope)).toBe(true);
  });

  it('gives its top-level terms in the order of the source', () => {
    const source = '(event.a == 1 && event.b) && (event.c || event.d && event.e) && !(event.f && event.g)';
    const terms = conjuncts(parsed(source, scope)).map(({ start, end }) => source.slice(start, end));
    expect(terms).toEqual(['event.a == 1', 'event.b', 'event.c || event.d && event.e', '!(event.f && event.g)']);
    expect(conjuncts(parsed('event.a', scope))).toHaveLength(1);
  });
});
