// An example of every function and method, and of what each refuses.

import { describe, expect, it } from 'vitest';
import { callables, functions, methods } from '../../../src/workflow/expression/functions.ts';
import { failureOf, valueOf } from './asking.ts';

const scope = {
  event: {
    calls: [
      { id: 'b', cost: 2, agent: 'x' },
      { id: 'a', cost: 10, agent: 'y' },
      { id: 'c', agent: 'x' },
    ],
    at: '2026-03-29T00:30:15.250Z',
    text: 'Grüße 👋🏽',
    own: JSON.parse('{"__proto__": 1, "a": 2}') as unknown,
  },
};

const examples: readonly (readonly [string, unknown])[] = [
  ['formatDuration(142)', '2 min 22 s'],
  ['formatDuration("142s")', '2 min 22 s'],
  ['formatDuration("2m22s")', '2 min 22 s'],
  ['formatDuration("2 min 22 s")', '2 min 22 s'],
  ['formatDuration("142")', '2 min 22 s'],
  ['formatDuration(0)', '0 s'],
  ['formatDuration(0.4)', '0 s'],
  ['formatDuration(59.6)', '1 min'],
  ['formatDuration(3600)', '1 h'],
  ['formatDuration(3661)', '1 h 1 min 1 s'],
  ['formatDuration(200000)', '2 d 7 h 33 min 20 s'],
  ['formatDuration(-90)', '-1 min 30 s'],
  ['seconds("1h2m3s")', 3723],
  ['seconds("1500ms")', 1.5],
  ['seconds("2d")', 172_800],
  ['seconds("1.5h")', 5400],
  ['seconds(90)', 90],
  ['secondsBetween("2026-03-01T10:00:00Z", "2026-03-01T12:01:00+02:00")', 60],
  ['secondsBetween(1772359200, 1772359200500)', 0.5],
  ['within("2026-03-01T10:00:00Z", "15m", "2026-03-01T10:15:00Z")', true],
  ['within("2026-03-01T10:15:00Z", "15m", "2026-03-01T10:00:00Z")', true],
  ['within("2026-03-01T10:15:01Z", "15m", "2026-03-01T10:00:00Z")', false],
  ['date(event.at)', '2026-03-29 00:30'],
  ['date(event.at, "yyyy-MM-dd HH:mm:ss.SSS XXX", "Europe/Berlin")', '2026-03-29 01:30:15.250 +01:00'],
  ['date("2026-03-29T01:30:00Z", "HH:mm XXX", "Europe/Berlin")', '03:30 +02:00'],
  ['date(event.at, "EEE d MMM yy, h:mm a", "America/New_York")', 'Sat 28 Mar 26, 8:30 PM'],
  ['date(event.at, "EEEE, MMMM d", "+05:30")', 'Sunday, March 29'],
  ['date(event.at, "yyyy-MM-ddTHH:mm:ssXXX")', '2026-03-29T00:30:15Z'],
  ["date(event.at, \"d 'of' M, H 'o''clock' hh\")", "29 of 3, 0 o'clock 12"],
  ['date("2026-03-01")', '2026-03-01 00:00'],
  ['date("2026-03-01 09:05")', '2026-03-01 09:05'],
  ['date("2026-03-01T09:05:00.123456Z", "SSS")', '123'],
  ['date("2026-03-01T09:05:00+0200", "HH:mm")', '07:05'],
  ['date(1772359200)', '2026-03-01 10:00'],
  ['date(1772359200000)', '2026-03-01 10:00'],
  ['text(1.50)', '1.5'],
  ['text(true)', 'true'],
  ['number("12.5")', 12.5],
  ['number(" -1e3 ")', -1000],
  ['number(7)', 7],
  ['number("", 0)', 0],
  ['number(event.missing, 5)', 5],
  ['number("x", null)', null],
  ['json({ a: [1, "x", null, true], b: event.missing })', '{"a":[1,"x",null,true]}'],
  ['json([event.missing])', '[null]'],
  ['json({ a: 1 }, 2)', '{\n  "a": 1\n}'],
  ['parseJson("{\\"a\\": [1]}").a[0]', 1],
  ['parseJson("{", 5)', 5],
  ['parseJson(event.missing, "none")', 'none'],
  ['parseJson("null")', null],
  ['truncate("hello world", 8)', 'hello w…'],
  ['truncate("hello", 5)', 'hello'],
  ['truncate("hello world", 8, "...")', 'hello...'],
  ['truncate("hello world", 2, "...")', 'he'],
  ['truncate("hello", 0)', ''],
  ['truncate("hello", -1)', ''],
  ['truncate("ab👋cd", 4)', 'ab…'],
  ['truncate("ab👋cd", 5)', 'ab👋…'],
  ['slug("  Über Café & Co. №7 — 日本 ")', 'uber-cafe-co-no7-日本'],
  ['slug("!!!")', ''],
  ['urlEncode("a b/ü")', 'a%20b%2F%C3%BC'],
  ['urlEncode(5)', '5'],
  ['urlEncode("\\uD800")', '%EF%BF%BD'],
  ['base64(event.text)', 'R3LDvMOfZSDwn5GL8J+PvQ=='],
  ['sha256("abc")', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['html("<a href=\\"x\\">\'&\'</a>")', '&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;'],
  ['round(2.5)', 3],
  ['round(-2.5)', -2],
  ['round(1.005, 2)', 1.01],
  ['round(1.45, 1)', 1.5],
  ['round(1e21, 2)', 1e21],
  ['round(1e-7, 3)', 0],
  ['floor(2.78, 1)', 2.7],
  ['floor(-2.5)', -3],
  ['ceil(2.12, 1)', 2.2],
  ['ceil(2.1)', 3],
  ['min(3, 1, 2)', 1],
  ['min([])', undefined],
  ['max([3, 1], 5, [2])', 5],
  ['max()', undefined],
  ['sum([1, 2, 3.5])', 6.5],
  ['sum([])', 0],
  ['sum(event.calls, call => call.cost ?? 0)', 12],
  ['unique([1, 1, "1", null, null, event.missing])', [1, '1', null, undefined]],
  ['unique(event.calls, call => call.agent).map(call => call.id)', ['b', 'a']],
  ['sortBy(event.calls, call => call.id).map(call => call.id)', ['a', 'b', 'c']],
  ['sortBy(event.calls, call => call.cost).map(call => call.id)', ['b', 'a', 'c']],
  ['sortBy(event.calls, call => call.cost, "desc").map(call => call.id)', ['a', 'b', 'c']],
  ['sortBy([10, 9, 1], x => x)', [1, 9, 10]],
  ['first(event.calls).id', 'b'],
  ['first([])', undefined],
  ['last(event.calls).id', 'c'],
  ['keys({ b: 1, a: 2 })', ['b', 'a']],
  ['keys(event.own)', ['a']],
  ['values({ b: 1, a: 2 })', [1, 2]],
  ['values(event.own)', [2]],
  ['entries({ b: 1 })', [{ key: 'b', value: 1 }]],
  ['"aß".toUpperCase()', 'ASS'],
  ['"ÄB".toLowerCase()', 'äb'],
  ['" a\\n".trim()', 'a'],
  ['"abcdef".slice(1, -1)', 'bcde'],
  ['"abc".slice()', 'abc'],
  ['[1, 2, 3].slice(-2)', [2, 3]],
  ['"abc".at(-1)', 'c'],
  ['"abc".at(9)', undefined],
  ['[1, 2].at(-1)', 2],
  ['"a,b,c".split(",")', ['a', 'b', 'c']],
  ['"a,b,c".split(",", 2)', ['a', 'b']],
  ['"ab".split("")', ['a', 'b']],
  ['"abc".includes("bc")', true],
  ['[1, null].includes(null)', true],
  ['"abc".startsWith("ab")', true],
  ['"abc".endsWith("bc")', true],
  ['"a.b.c".replaceAll(".", "$&-")', 'a$&-b$&-c'],
  ['"7".padStart(3, "0")', '007'],
  ['"7".padStart(3)', '  7'],
  ['"7".padEnd(3, "ab")', '7ab'],
  ['[1, 2].map((x, i) => x + i)', [1, 3]],
  ['[1, 2, 3].filter((x, i) => i != 1)', [1, 3]],
  ['[1, 2].some(x => x > 1)', true],
  ['[].some(x => true)', false],
  ['[1, 2].every(x => x > 1)', false],
  ['[1, 2].find(x => x > 1)', 2],
  ['[1, "a", true].join()', '1,a,true'],
  ['["a", "b"].join(" and ")', 'a and b'],
  ['[1, [2, [3, [4]]]].flat()', [1, 2, [3, [4]]]],
  ['[1, [2, [3, [4]]]].flat(9)', [1, 2, 3, 4]],
  ['[1, [2]].flat(0)', [1, [2]]],
  ['[1].concat([2, [3]], 4)', [1, 2, [3], 4]],
];

const failures: readonly (readonly [string, string])[] = [
  ['formatDuration("soon")', 'cannot read "soon" as a duration; write it like "90s", "2m22s" or "1h"'],
  ['seconds("")', 'cannot read "" as a duration; write it like "90s", "2m22s" or "1h"'],
  ['date("yesterday")', 'cannot read "yesterday" as a time; write it like "2026-03-01T09:30:00Z"'],
  ['date("1")', 'cannot read "1" as a time; write it like "2026-03-01T09:30:00Z"'],
  ['date("2026-13-01")', 'cannot read "2026-13-01" as a time; write it like "2026-03-01T09:30:00Z"'],
  ['date(9e15)', 'cannot read a number as a time; write it like "2026-03-01T09:30:00Z"'],
  ['date(0, "YYYY")', 'does not know "YYYY" in a pattern; put other words in single quotes'],
  ['date(0, "HH:mm", "Mars/Base")', 'does not know the time zone "Mars/Base"; write it like "Europe/Berlin"'],
  ['number("12 apples")', 'finds no number in what is "12 apples"; give a second argument for that case'],
  ['number("")', 'finds no number in what is ""; give a second argument for that case'],
  ['number("0x10")', 'finds no number in what is "0x10"; give a second argument for that case'],
  ['number("1e999")', 'finds no number in what is "1e999"; give a second argument for that case'],
  ['number(event.missing)', 'finds no number in what is missing; give a second argument for that case'],
  ['parseJson("{")', 'finds no JSON in the text; give a second argument for that case'],
  ['parseJson(5)', 'finds no JSON in what is a number; give a second argument for that case'],
  ['json(event.missing)', 'cannot write what is missing; add a default such as ?? null'],
  ['round(1, 20)', 'takes 0 to 15 digits'],
  ['round(1, 0.5)', 'takes 0 to 15 digits'],
  ['sum([1, "2"])', 'needs numbers, but item 1 is a text'],
  ['sum(event.calls, call => call.cost)', 'needs numbers, but item 2 is missing'],
  ['max([null])', 'needs numbers, but item 0 is null'],
  ['sortBy([1, "a"], x => x)', 'needs keys that are all numbers or all texts, but found'],
  ['sortBy([1], x => x, "up")', 'sorts "asc" or "desc"'],
  ['"a".replaceAll("", "b")', 'needs a text to look for that is not empty'],
];

describe('a function or method', () => {
  it.each(examples)('%s', (source, value) => {
    expect(valueOf(source, scope)).toStrictEqual(value);
  });

  it.each(failures)('%s fails', (source, message) => {
    expect(failureOf(source, scope).message).toContain(message);
  });

  it.each(callables.map((callable) => [callable.signature, callable] as const))(
    '%s has an example here',
    (_, callable) => {
      const owner = callable.parameters[0]?.types[0] === 'text' ? /"\.$/ : /\]\.$/;
      const called = examples.some(([source]) => {
        const before = source.split(`${callable.name}(`)[0] ?? source;
        return before !== source && (callable.method ? owner.test(before) : !before.endsWith('.'));
      });
      expect(called).toBe(true);
    },
  );
});

describe('the table', () => {
  it('has every function and method of the language, and no other', () => {
    expect([...functions.keys()].sort().join(' ')).toBe(
      'base64 ceil date entries first floor formatDuration html json keys last max min number parseJson round seconds secondsBetween sha256 slug sortBy sum text truncate unique urlEncode values within',
    );
    const of = (type: 'text' | 'list') =>
      [...methods.values()].flat().filter(({ parameters }) => parameters[0]?.types.includes(type));
    expect(
      of('text')
        .map(({ name }) => name)
        .sort()
        .join(' '),
    ).toBe('at endsWith includes padEnd padStart replaceAll slice split startsWith toLowerCase toUpperCase trim');
    expect(
      of('list')
        .map(({ name }) => name)
        .sort()
        .join(' '),
    ).toBe('at concat every filter find flat includes join map slice some');
  });

  it('says the signature of each, and a sentence for the reference', () => {
    expect(callables.map(({ signature }) => signature)).toEqual(
      expect.arrayContaining([
        'truncate(text: text, length: number, ending?: text): text',
        'max(...numbers: number | list): number',
        'text.padStart(length: number, fill?: text): text',
        'list.map(change: arrow): list',
      ]),
    );
    for (const { description } of callables) expect(description).toMatch(/^[A-Z].*[.:].*$/);
    expect(new Set(callables.map(({ signature }) => signature)).size).toBe(callables.length);
  });
});
