// The values of expressions, and the errors where JavaScript would guess.

import { describe, expect, it } from 'vitest';
import { compileExpression, createBudget } from '../../../src/workflow/expression/evaluate.ts';
import { failureOf, parsed, valueOf } from './asking.ts';

const scope = {
  event: {
    type: 'call.ended',
    big: 1e308,
    data: {
      call: {
        id: 'c1',
        duration: 142,
        summary: 'Hi <you>',
        agent: null,
        tags: ['a', 'b'],
        cost: 0,
        endReason: 'hangup',
      },
      list: [{ n: 1 }, { n: 2 }, { n: 3 }],
      'odd key': 'odd',
    },
  },
  env: { OWNER: 'me' },
};

describe('a value', () => {
  it.each<[string, unknown]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 % 4', 3],
    ['-7 / 2', -3.5],
    ['"a" + 1 + true', 'a1true'],
    ['1 + 2 + "a"', '3a'],
    ['`${1 + 1} is ${true}`', '2 is true'],
    ['null', null],
    ['event.type', 'call.ended'],
    ['event["data"].call["id"]', 'c1'],
    ['event.data["odd key"]', 'odd'],
    ['event.data["odd" + " key"]', 'odd'],
    ['event?.data?.call?.id', 'c1'],
    ['event.data.list[1].n', 2],
    ['event.data.list["1"].n', 2],
    ['event.data.list[-1]', undefined],
    ['event.data.list.length', 3],
    ['event.type.length', 10],
    ['event.type[0]', 'c'],
    ['event.missing', undefined],
    ['event.missing.deeper[0].still', undefined],
    ['event.data.call.agent.name', undefined],
    ['event.type.nothing', undefined],
    ['event.data.call.duration.nothing', undefined],
    ['event[event.missing]', undefined],
    ['event.missing[1 / 0]', undefined],
    ['event.missing.trim().split(1 / 0)', undefined],
    ['event.missing ?? "default"', 'default'],
    ['event.data.call.agent ?? "nobody"', 'nobody'],
    ['event.data.call.cost ?? 5', 0],
    ['event.data.call.cost || 5', 5],
    ['"" || null || "x"', 'x'],
    ['1 && "x"', 'x'],
    ['!event.missing', true],
    ['!"x"', false],
    ['event.data.call.cost ? "paid" : "free"', 'free'],
    ['[1, ...event.data.call.tags, 2]', [1, 'a', 'b', 2]],
    ['{ a: 1, "b c": 2, 3: 4, [env.OWNER]: 5 }', { a: 1, 'b c': 2, 3: 4, me: 5 }],
    ['{ ...env, ...event.missing, ...null, OWNER: 1 }', { OWNER: 1 }],
    ['{ ...{ a: 1 }, a: 2, ...{ a: 3 } }', { a: 3 }],
    ['event.data.list.map(x => x.n)', [1, 2, 3]],
    ['event.data.list.map((x, i) => x.n * i)', [0, 2, 6]],
    [
      'event.data.list.map(x => event.data.list.map(y => x.n * y.n))',
      [
        [1, 2, 3],
        [2, 4, 6],
        [3, 6, 9],
      ],
    ],
    [
      'event.data.list.map(x => [x.n].map(x => x + 1).concat(x.n))',
      [
        [2, 1],
        [3, 2],
        [4, 3],
      ],
    ],
    ['event.data.list.map(() => 0)', [0, 0, 0]],
    ['event.data.list.map(event => event.n)', [1, 2, 3]],
    ['event.data.list.map(x => ({ n: x.n }))', [{ n: 1 }, { n: 2 }, { n: 3 }]],
    ['event.data.list.filter(x => x.n > 1 && x.n != 3)', [{ n: 2 }]],
    ['event.data.list.find(x => x.n == 9)', undefined],
    ['[1, "1", null, true].map(x => x)', [1, '1', null, true]],
  ])('of %s', (source, value) => {
    expect(valueOf(source, scope)).toStrictEqual(value);
  });

  it.each<[string, boolean]>([
    ['1 == 1', true],
    ['1 == "1"', false],
    ['0 == ""', false],
    ['0 == false', false],
    ['1 != "1"', true],
    ['null == event.missing', true],
    ['event.missing == null', true],
    ['event.missing != null', false],
    ['event.missing == event.data.call.agent', true],
    ['event.missing === null', false],
    ['event.missing !== null', true],
    ['null === null', true],
    ['event.data.call.cost == null', false],
    ['[1] == [1]', false],
    ['event.data == event.data', true],
    ['"a" < "b"', true],
    ['"B" < "a"', true],
    ['10 < 9', false],
    ['"10" < "9"', true],
    ['2 <= 2', true],
    ['2 >= 3', false],
    ['event.missing < 1', false],
    ['event.missing >= 1', false],
    ['1 < event.missing', false],
    ['"a" > event.missing', false],
    ['event.missing <= event.missing', false],
    ['["a", "b"].includes(event.data.call.id)', false],
    ['["hangup"].includes(event.data.call.endReason)', true],
    ['[1].includes(event.missing)', false],
  ])('of %s compares without guessing', (source, value) => {
    expect(valueOf(source, scope)).toBe(value);
  });

  it.each([
    [
      'event.missing + 1',
      '"event.missing" is missing, but "+" needs a number; add a default such as ?? 0',
      'event.missing + 1',
    ],
    [
      '1 + event.data.call.agent',
      '"event.data.call.agent" is null, but "+" needs a number; add a default such as ?? 0',
      'event.data.call.agent',
    ],
    [
      'event.data.call.durtion / 60',
      '"event.data.call.durtion" is missing, but "/" needs a number; add a default such as ?? 0',
      'event.data.call.durtion / 60',
    ],
    ['60 * event.type', '"event.type" is a text, but "*" needs a number; use number(…)', 'event.type'],
    ['true + 1', '"true" is true or false, but "+" needs a number', 'true + 1'],
    [
      '-event.missing',
      '"event.missing" is missing, but "-" needs a number; add a default such as ?? 0',
      'event.missing',
    ],
    [
      '5 / event.data.call.cost',
      '"event.data.call.cost" is 0, and nothing can be divided by 0',
      'event.data.call.cost',
    ],
    ['5 % 0', '"0" is 0, and nothing can be divided by 0', '0'],
    ['event.big * 10', '"event.big * 10" gives a number without bounds', 'event.big * 10'],
    [
      '"Hello " + event.missing',
      '"event.missing" is missing, which has no text; add a default such as ?? ""',
      'event.missing',
    ],
    [
      '`Hello ${event.data.call.agent}`',
      '"event.data.call.agent" is null, which has no text; add a default such as ?? ""',
      'event.data.call.agent}`',
    ],
    [
      '"Tags: " + event.data.call.tags',
      '"event.data.call.tags" is a list, which has no text; use .join(", ") or json(…)',
      'event.data.call.tags',
    ],
    [
      '`${event.data}`',
      '"event.data" is an object, which has no text; use one of its fields or json(…)',
      'event.data}`',
    ],
    ['"5" > 3', '"3" is a number and cannot be compared by ">" with what is a text; use number(…) or text(…)', '3'],
    [
      'event.data.call.agent > 3',
      '"event.data.call.agent" is null and cannot be compared by ">" with what is a number; add a default such as ?? 0',
      'event.data.call.agent > 3',
    ],
    [
      '3 < event.data',
      '"event.data" is an object and cannot be compared by "<" with what is a number; use number(…) or text(…)',
      'event.data',
    ],
    ['event.data.trim()', '"event.data" is an object, but "trim" is a method of a text', 'event.data.trim()'],
    ['(5).at(0)', '"5" is a number, but "at" is a method of a text or a list', '5).at(0)'],
    ['event.type.map(x => x)', '"event.type" is a text, but "map" is a method of a list', 'event.type.map(x => x)'],
    ['event.type.slice("1")', '"1" is a text, but "slice" needs a number', '"1")'],
    [
      'event.type.slice(0, event.missing)',
      '"event.missing" is missing, but "slice" needs a number; add a default with ??',
      'event.missing)',
    ],
    [
      'formatDuration(event.missing)',
      '"event.missing" is missing, but "formatDuration" needs a number or a text; add a default with ??',
      'event.missing)',
    ],
    ['[...event.missing]', '"event.missing" is missing, but "..." in a list needs a list', 'event.missing]'],
    ['[..."abc"]', '"abc" is a text, but "..." in a list needs a list', '"abc"]'],
    ['{ ...[1] }', '"[1]" is a list, but "..." in an object needs an object', '[1] }'],
    ['{ [event.missing]: 1 }', '"event.missing" is missing, but the name of a field is a text', 'event.missing]: 1 }'],
    ['event[event.data]', '"event.data" is an object, but a field is read by a text or a number', 'event.data]'],
    [
      '[1, event.missing].join("-")',
      '"[1, event.missing].join("-")" cannot be done: item 1 is missing, which has no text; add a default such as ?? ""',
      '[1, event.missing].join("-")',
    ],
    [
      'event.data.list.map(x => x.m + 1)',
      '"x.m" is missing, but "+" needs a number; add a default such as ?? 0',
      'x.m + 1)',
    ],
  ])('of %s fails with its place', (source, message, at) => {
    expect(failureOf(source, scope)).toEqual({ message, at });
  });

  it('shortens a long piece of source in a message', () => {
    const source = `event.${'a'.repeat(100)} + 1`;
    expect(failureOf(source, scope).message).toBe(
      `"event.${'a'.repeat(53)}…" is missing, but "+" needs a number; add a default such as ?? 0`,
    );
  });

  it('is the same for the same compiled expression and another event', () => {
    const run = compileExpression(parsed('event.list.map(x => x + event.add)', { event: {} }));
    expect(run({ event: { list: [1, 2], add: 1 } }, createBudget())).toEqual([2, 3]);
    expect(run({ event: { list: [5], add: 2 } }, createBudget())).toEqual([7]);
  });

  it('leaves the data it reads as it was', () => {
    const event = JSON.parse('{"list":[3,1,2],"o":{"a":1}}') as object;
    valueOf('[sortBy(event.list, x => x), event.list.concat(4), { ...event.o, a: 2 }, unique(event.list)]', { event });
    expect(event).toEqual({ list: [3, 1, 2], o: { a: 1 } });
  });
});
