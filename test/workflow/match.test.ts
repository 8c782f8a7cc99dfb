import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventScope, Match } from '../../src/workflow/compile.ts';
import { compileCondition, createBudget } from '../../src/workflow/expression/evaluate.ts';
import { parseExpression } from '../../src/workflow/expression/parse.ts';
import { matchesGlob } from '../../src/workflow/glob.ts';
import { eventOf, head, ready } from './catalog.ts';

const steps = 'steps: [{ uses: chat.say-it, with: { room: a } }]';

/** A file of workflows `w0`, `w1` … with these lines. */
function fileOf(workflows: readonly string[]): string {
  return head + workflows.map((lines, index) => `  w${index}: { ${lines}, ${steps} }\n`).join('');
}

const named = (matches: readonly Match[]) => matches.map((match) => match.workflow.name);

describe('on', () => {
  it.each([
    ['phone:call.ended', ['phone:call.ended']],
    ['"phone:call.*"', ['phone:call.ended', 'phone:call.started', 'phone:call.']],
    ['"phone:*"', ['phone:call.ended', 'phone:call.started', 'phone:call.', 'phone:batch.done', 'phone:x']],
    ['"phone:*.*ed"', ['phone:call.ended', 'phone:call.started']],
    ['"*:call.ended"', ['phone:call.ended', 'mail:call.ended']],
    ['[phone:call.ended, phone:batch.done]', ['phone:call.ended', 'phone:batch.done']],
  ])('%s takes %s', async (on, taken) => {
    const workflows = await ready(fileOf([`on: ${on}`]));
    const events = [
      'phone:call.ended',
      'phone:call.started',
      'phone:call.',
      'phone:batch.done',
      'phone:x',
      'mail:call.ended',
    ];
    const found = events.filter((name) => {
      const [source = '', type = ''] = name.split(':');
      return workflows.match(eventOf({}, type, source)).length > 0;
    });
    expect(found.sort()).toEqual([...taken].sort());
    const wanted = events.filter((name) => {
      const [source = '', type = ''] = name.split(':');
      return workflows.wants({ source, type });
    });
    expect(wanted.sort()).toEqual([...taken].sort());
  });

  it('wants an event that only its condition refuses', async () => {
    const workflows = await ready(fileOf(['on: phone:call.ended, if: "${{ event.data.x == 1 }}"']));
    expect(workflows.match(eventOf({ x: 2 }, 'call.ended', 'phone'))).toEqual([]);
    expect(workflows.wants({ source: 'phone', type: 'call.ended' })).toBe(true);
  });

  it('matches globs as a regular expression would', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
        expect(matchesGlob(pattern, text)).toBe(expression.test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('is decided in time for any pattern', () => {
    const begun = performance.now();
    expect(matchesGlob('*a'.repeat(5000), `${'a'.repeat(100_000)}b`)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

describe('a match', () => {
  it('comes in the order of the file', async () => {
    const workflows = await ready(
      fileOf([
        'on: phone:call.ended, if: event.data.a == "x"',
        'on: phone:call.ended',
        'on: phone:call.ended, if: event.data.b == 1',
        'on: phone:call.ended, if: event.data.a == "y"',
        'on: phone:call.ended, if: \'["x", "z"].includes(event.data.a)\'',
      ]),
    );
    expect(named(workflows.match(eventOf({ a: 'x', b: 1 })))).toEqual(['w0', 'w1', 'w2', 'w4']);
  });

  it('has the value of unique as text, and null when it is missing', async () => {
    const workflows = await ready(fileOf(['on: phone:call.ended, unique: event.data.id']));
    const unique = (id: unknown) => workflows.match(eventOf({ id }))[0]?.unique;
    expect([unique('c1'), unique(42), unique(undefined), unique(null)]).toEqual(['c1', '42', null, null]);
    expect(workflows.match(eventOf({ id: {} }))[0]).toMatchObject({
      unique: null,
      failure: { at: { line: 6, column: 39 } },
    });
  });

  it('is made with the failure of an if that throws, not left out', async () => {
    const workflows = await ready(fileOf(['on: phone:call.ended, if: event.data.n > 1 && event.data.a == "x"']));
    const [match] = workflows.match(eventOf({ n: {}, a: 'x' }));
    expect(match?.failure).toMatchObject({ at: { file: 'w.yaml', line: 6 } });
    expect(workflows.match(eventOf({ n: {}, a: 'y' }))).toEqual([]);
  });

  it('does not depend on values that only look alike', async () => {
    const workflows = await ready(
      fileOf(['on: phone:call.ended, if: event.data.a == 1', 'on: phone:call.ended, if: event.data.a == "1"']),
    );
    const names = [1, '1', true, null, undefined, [1], { a: 1 }].map((a) =>
      named(workflows.match(eventOf({ a }))).join(),
    );
    expect(names).toEqual(['w0', 'w1', '', '', '', '', '']);
  });
});

/** Pieces of conditions: some that an index can look up, some that throw for some events, some that it cannot use. */
const literal = fc.constantFrom('"a"', '"b"', '1', '0', 'true', 'false', 'null', '""', '-1');
const path = fc.constantFrom(
  'event.data.x',
  'event.data.y.z',
  'event.type',
  'event.data["x"]',
  'event?.data?.x',
  'event.data.x.length',
);
const term = fc.oneof(
  fc.tuple(path, fc.constantFrom('==', '===', '!='), literal).map(([left, sign, right]) => `${left} ${sign} ${right}`),
  fc.tuple(literal, path).map(([left, right]) => `${left} == ${right}`),
  fc.tuple(fc.array(literal, { maxLength: 3 }), path).map(([list, item]) => `[${list.join(', ')}].includes(${item})`),
  path.map((name) => `${name} > 0`),
  path.map((name) => `${name} + 1 == 2`),
  path,
  fc.tuple(path, path).map(([a, b]) => `(${a} == "a" || ${b} == 1)`),
  fc.constantFrom('event.data.x == event.data.y.z', '!(event.data.x == "a")', 'true', 'event.data.x.includes("a")'),
);
const condition = fc.array(term, { minLength: 1, maxLength: 4 }).map((terms) => terms.join(' && '));
const value = fc.constantFrom<unknown>(
  'a',
  'b',
  '',
  1,
  0,
  -1,
  true,
  false,
  null,
  undefined,
  [],
  ['a'],
  { length: 1 },
  { z: 1 },
);
const event: fc.Arbitrary<EventScope> = fc
  .record({ x: value, y: value, z: value, type: fc.constantFrom('call.ended', 'a', '1') })
  .map(({ x, y, z, type }) => {
    return eventOf({ x, y: z === undefined ? y : { z } }, type);
  });

/** What a loop over all conditions finds: name and error of those that hold or throw. */
function loop(conditions: readonly string[], event: EventScope): unknown[] {
  return conditions.flatMap((text, index) => {
    const parsed = parseExpression(text, { names: ['event', 'env'] });
    if (!parsed.ok) throw new Error(`${text}: ${parsed.error.message}`);
    try {
      return compileCondition(parsed.value)({ event, env: {} }, createBudget()) ? [[`w${index}`, undefined]] : [];
    } catch (error) {
      return [[`w${index}`, (error as Error).message]];
    }
  });
}

describe('the index', () => {
  it('finds what a loop over all workflows finds', async () => {
    const files = fc.array(condition, { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(files, fc.array(event, { minLength: 1, maxLength: 50 }), async (conditions, events) => {
        const workflows = await ready(fileOf(conditions.map((text) => `on: "phone:*", if: '${text}'`)));
        for (const event of events) {
          const found = workflows.match(event).map(({ workflow, failure }) => [workflow.name, failure?.message]);
          expect(found).toEqual(loop(conditions, event));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('finds what a loop finds for values that only look like a key', async () => {
    const literals = [
      '"a"',
      '"A"',
      '""',
      '" "',
      '0',
      '-0',
      '1',
      '1.0',
      '"1"',
      '1e21',
      '"NaN"',
      '"null"',
      '"undefined"',
    ];
    const names = ['"__proto__"', '"constructor"', '"toString"', '"é"', '"e\\u0301"', '"a\\u0000b"', 'true', '"true"'];
    const key = fc.constantFrom(...literals, ...names);
    const path = fc.constantFrom(
      'event.data.x',
      'event.data.X',
      'event.data["x"]',
      'event.data.constructor',
      'event.data.y.toString',
      'event.data.length',
      'event.id',
      'event.data',
    );
    const odd = fc.oneof(
      fc.tuple(path, key).map(([name, value]) => `${name} == ${value}`),
      fc.tuple(key, path).map(([value, name]) => `${value} === ${name}`),
      fc.tuple(fc.array(key, { maxLength: 4 }), path).map(([list, name]) => `[${list.join(', ')}].includes(${name})`),
      fc.tuple(path, key).map(([name, value]) => `(${name} ?? ${value}) == ${value}`),
    );
    const conditions = fc.array(fc.array(odd, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 25 });
    const likeKeys = [
      '__proto__',
      'constructor',
      'toString',
      'é',
      'e\u0301',
      'a\u0000b',
      'NaN',
      'null',
      'undefined',
      'true',
    ];
    const numbers = [Number.NaN, -0, 0, 1, 1e21, Infinity, 1n, '1', '1e+21'];
    const others: unknown[] = [
      'a',
      'A',
      '',
      ' ',
      true,
      null,
      undefined,
      [],
      ['a'],
      [1],
      {},
      { toString: 'a' },
      Symbol.iterator,
    ];
    const hostile: fc.Arbitrary<unknown> = fc.constantFrom(
      ...likeKeys,
      ...numbers,
      ...others,
      JSON.parse('{"__proto__":"a","toString":1}'),
    );
    const events = fc.array(fc.record({ x: hostile, X: hostile, y: hostile, constructor: hostile, length: hostile }));
    const own = fc.constantFrom<unknown>('a', [1, 'a'], null, undefined, JSON.parse('{"__proto__":{"x":"a"}}'));
    await fc.assert(
      fc.asyncProperty(conditions, events, fc.array(own), async (terms, maps, values) => {
        const texts = terms.map((list) => list.join(' && '));
        const quoted = texts.map((text) => `on: "phone:*", if: '${text}'`);
        const workflows = await ready(fileOf(quoted));
        for (const data of [...maps, ...values]) {
          const found = workflows
            .match(eventOf(data))
            .map(({ workflow, failure }) => [workflow.name, failure?.message]);
          expect(found).toEqual(loop(texts, eventOf(data)));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('leaves out what cannot hold without evaluating it', async () => {
    const conditions = Array.from({ length: 300 }, (_, index) => `event.data.x == "${index}" && event.data.n > 0`);
    const workflows = await ready(fileOf(conditions.map((text) => `on: phone:call.ended, if: '${text}'`)));
    let reads = 0;
    const data = {
      x: '7',
      get n() {
        reads++;
        return 1;
      },
    };
    expect(named(workflows.match(eventOf(data)))).toEqual(['w7']);
    expect(reads).toBe(1);
  });
});
