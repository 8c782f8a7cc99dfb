// What is in the language, what is not, and what is said about it.

import { describe, expect, it } from 'vitest';
import { expressionLimits } from '../../../src/workflow/expression/budget.ts';
import { parseExpression } from '../../../src/workflow/expression/parse.ts';
import { accepted, refused } from './asking.ts';

const names = ['event', 'env', 'steps', 'run'];
const refusal = (source: string) => refused(parseExpression(source, { names }));

describe('parseExpression', () => {
  it('gives a tree of its own with offsets into the source', () => {
    const { ast, source } = accepted(parseExpression(' event.data?.total["net"] >= 1 ', { names }));
    expect(source).toBe(' event.data?.total["net"] >= 1 ');
    expect(ast).toMatchObject({
      kind: 'binary',
      operator: '>=',
      start: 1,
      end: 30,
      left: { kind: 'member', name: 'net', nameStart: 19, object: { kind: 'member', name: 'total', nameStart: 13 } },
      right: { kind: 'literal', value: 1, start: 29, end: 30 },
    });
  });

  it('says which root names are read, and leaves out the parameters of arrow functions', () => {
    const { names: read } = accepted(parseExpression('steps.a.output.map((event, i) => event.x + env.Y)', { names }));
    expect([...read].sort()).toEqual(['env', 'steps']);
  });

  it('numbers the parameters of nested arrow functions', () => {
    const { ast } = accepted(parseExpression('event.a.map((x, i) => x.map(y => y + x + i))', { names }));
    expect(ast).toMatchObject({
      args: [{ firstSlot: 0, body: { args: [{ firstSlot: 2, body: { right: { kind: 'parameter', slot: 1 } } }] } }],
    });
  });

  it.each([
    ['', 'the expression is empty', 0],
    ['  \n', 'the expression is empty', 0],
    ['event.', 'the expression is not finished', 6],
    ['(event.type', 'the expression is not finished', 11],
    ['"abc', 'the text is not closed', 0],
    ['event.x + `abc', 'the text is not closed', 11],
    ['event.a == 1 and event.b', '"and" is not expected here', 13],
    ['event.a event.b', '"event" is not expected here', 8],
    ['event.a }} x', '"}}" is not expected here', 8],
    ['event.a = 1', 'assignment is not part of the language', 0],
    ['event.a += 1', 'assignment is not part of the language', 0],
    ['event.a() = 1', 'assignment is not part of the language', 0],
    ['event.a++', 'nothing can be changed by an expression', 0],
    ['delete event.a', '"delete" is not part of the language', 0],
    ['typeof event.a == "x"', '"typeof" is not part of the language', 0],
    ['void 0', '"void" is not part of the language', 0],
    ['+event.a', '"+" is not part of the language', 0],
    ['~1', '"~" is not part of the language', 0],
    ['1 & 2', '"&" is not part of the language', 0],
    ['2 ** 3', '"**" is not part of the language', 0],
    ['"a" in event', '"in" is not part of the language', 0],
    ['event instanceof event', '"instanceof" is not part of the language', 0],
    ['new event.Date()', '"new" is not part of the language', 0],
    ['this', '"this" is not part of the language', 0],
    ['function () {}', 'functions are not part of the language', 0],
    ['class {}', 'classes are not part of the language', 0],
    ['await event', '"await" is not part of the language', 0],
    ['import("fs")', 'there are no modules', 0],
    ['import.meta', 'there are no modules', 0],
    ['/a+/', 'regular expressions are not part of the language', 0],
    ['/a', 'regular expressions are not part of the language', 1],
    ['12n', 'numbers ending in "n" are not part of the language', 0],
    ['1e999', 'this number is too large', 0],
    ['1, 2', 'a comma cannot join two expressions', 0],
    ['event`x`', 'a text in backticks cannot follow a name', 0],
    ['event.a // why', 'comments are not part of the language', 8],
    ['/* a */ event', 'comments are not part of the language', 0],
    ['[1, , 2]', 'an item of the list is empty', 0],
    ['{ a() { } }', 'an object cannot have methods', 2],
    ['{ get a() { } }', 'an object cannot have methods', 2],
    ['{ __proto__: event }', '"__proto__" cannot be read or written', 2],
    ['event.__proto__', '"__proto__" cannot be read or written', 6],
    ['event["__proto__"]', '"__proto__" cannot be read or written', 6],
    ['x => x', 'an arrow function can only be an argument of a list method', 0],
    ['text(x => x)', 'an arrow function can only be an argument of a list method', 5],
    ['event.a.map(event.b)', 'an arrow function is expected here', 12],
    ['event.a.map(x => { return 1 })', 'an arrow function is one expression', 17],
    ['event.a.map(({ b }) => b)', 'a parameter is one name', 13],
    ['event.a.map((x = 1) => x)', 'a parameter is one name', 13],
    ['event.a.map((...x) => x)', 'a parameter is one name', 13],
    ['event.a.map(async x => x)', '"async" is not part of the language', 12],
    ['event.a.map((a, b, c) => a)', 'an arrow function has two parameters at most', 12],
    ['event.a.map()', 'there are too few arguments', 0],
    ['event.a.trim(1)', 'there are too many arguments', 0],
    ['max(...event.a)', '"..." cannot stand here', 4],
    ['event.a["map"](x => x)', 'a method is called by its name', 8],
    ['event.trim?.()', '"?.(" is not part of the language', 6],
    ['event()', '"event" is not a function', 0],
    ['event.a()()', 'only functions and methods that have a name can be called', 0],
    ['event.#a', 'private fields are not part of the language', 6],
  ])('refuses %s', (source, message, offset) => {
    expect(refusal(source)).toMatchObject({ message, offset });
  });

  it.each([
    ['evnt.type', '"evnt" is not known here', 'did you mean "event"?'],
    ['data.type', '"data" is not known here', 'names here: event, env, steps, run'],
    ['event.a == undefined', '"undefined" is not known here', 'write null; == null also means missing'],
    ['not event.a', '"not" is not known here', 'write !'],
    ['event.a.map(call => cal.id)', '"cal" is not known here', 'did you mean "call"?'],
    ['formatduration(1)', '"formatduration" is not a function', 'did you mean "formatDuration"?'],
    ['lower(event.a)', '"lower" is not a function', 'write text.toLowerCase()'],
    ['toJSON(event)', '"toJSON" is not a function', 'use json(value)'],
    ['includes(event.a, 1)', '"includes" is not a function', 'write value.includes(…)'],
    ['event.a.toUppercase()', '"toUppercase" is not a method', 'did you mean "toUpperCase"?'],
    ['event.a.replace("a", "b")', '"replace" is not a method', 'use replaceAll(part, replacement)'],
    ['event.a.first()', '"first" is not a method', 'write first(value)'],
    ['event.a.constructor()', '"constructor" is not a method', undefined],
    ['constructor(1)', '"constructor" is not a function', undefined],
    ['event.a == "x" and event.b', '"and" is not expected here', 'write &&'],
    ['event.a === 1 = 2', 'assignment is not part of the language', 'compare with =='],
    ['"abc', 'the text is not closed', 'add the missing quote'],
  ])('says what to write instead of %s', (source, message, hint) => {
    const error = refusal(source);
    expect(error.message).toBe(message);
    expect(error.hint).toBe(hint);
  });

  it('gives the length of a wrong word, for underlining', () => {
    expect(refusal('1 + evnt.type')).toMatchObject({ offset: 4, length: 4 });
    expect(refusal('event.a.toUppercase() + 1')).toMatchObject({ offset: 8, length: 11 });
  });

  it('refuses a name that exists elsewhere but is not passed', () => {
    expect(accepted(parseExpression('secrets.KEY', { names: ['secrets'] })).names).toEqual(new Set(['secrets']));
    expect(refusal('secrets.KEY').message).toBe('"secrets" is not known here');
    expect(refusal('globalThis').message).toBe('"globalThis" is not known here');
  });

  it('limits the length of the source, and only there', () => {
    const longest = `"${'a'.repeat(expressionLimits.sourceLength - 2)}"`;
    expect(accepted(parseExpression(longest, { names })).source).toBe(longest);
    expect(refusal(`"${longest}`).message).toMatch(/longer than 10,000 characters/);
    expect(refusal(`${longest} + 1`).message).toMatch(/longer than 10,000 characters/);
    expect(refusal(`1 + ${longest}`).message).toMatch(/longer than 10,000 characters/);
    expect(refusal(`1${' '.repeat(expressionLimits.sourceLength)}`).message).toMatch(/longer than 10,000 characters/);
  });

  it.each([
    ['brackets', `${'('.repeat(4990)}1${')'.repeat(4990)}`],
    ['lists', `${'['.repeat(4990)}${']'.repeat(4990)}`],
    ['objects', `${'{a:'.repeat(2400)}1${'}'.repeat(2400)}`],
    ['negations', `${'!'.repeat(9990)}1`],
    ['signs', `${'- '.repeat(4990)}1`],
    ['choices', `${'1?'.repeat(2400)}1${':1'.repeat(2400)}`],
    ['arrow functions', `[].map(${'a=>['.repeat(1900)}${']'.repeat(1900)})`],
    ['templates', `${'`${'.repeat(1600)}1${'}`'.repeat(1600)}`],
    ['members', `event${'.a'.repeat(4900)}`],
    ['calls', `${'text('.repeat(1600)}1${')'.repeat(1600)}`],
    ['sums', `1${'+1'.repeat(4900)}`],
  ])('survives thousands of nested %s', (_, source) => {
    expect(refusal(source).message).toMatch(/nested too deeply|not part of the language/);
  });

  it('takes what people really write, up to 90 levels', () => {
    const sum = Array.from({ length: 90 }, () => 'event.a == 1').join(' || ');
    expect(parseExpression(sum, { names }).ok).toBe(true);
  });
});
