// What hostile data and hostile expressions cannot do.

import { describe, expect, it } from 'vitest';
import { createBudget, ExpressionError } from '../../../src/workflow/expression/evaluate.ts';
import { parseExpression } from '../../../src/workflow/expression/parse.ts';
import { compileTemplate, parseTemplate } from '../../../src/workflow/expression/template.ts';
import { accepted, failureOf, valueOf } from './asking.ts';

const event = JSON.parse(
  '{"text":"abc","list":[1,2],"object":{"a":1},"key":"__proto__","other":"constructor","own":{"__proto__":{"evil":1},"constructor":"data","toString":"data"}}',
) as Record<string, unknown>;
const scope = { event };

describe('prototypes', () => {
  const owners = ['event', 'event.text', 'event.list', 'event.object', '(5)', 'true', '(x => x)', '{}', '[]', '"a"'];
  const inherited = [
    'constructor',
    'toString',
    'valueOf',
    'hasOwnProperty',
    'isPrototypeOf',
    '__defineGetter__',
    '__lookupGetter__',
    'prototype',
    'caller',
    'call',
    'apply',
    'bind',
    'push',
    'sort',
    'map',
    'charAt',
    'toFixed',
    'then',
    'toJSON',
  ];

  it.each(owners)('cannot be reached from %s by any name', (owner) => {
    for (const name of inherited) {
      for (const source of [
        `${owner}.${name}`,
        `${owner}["${name}"]`,
        `${owner}["" + "${name}"]`,
        `${owner}?.${name}`,
      ]) {
        const result = parseExpression(source, { names: ['event'] });
        if (result.ok) expect(valueOf(source, scope)).toBeUndefined();
        else expect(owner).toBe('(x => x)');
      }
    }
  });

  it.each(['event', 'event.own', 'event.list', 'event.text'])('are not in %s under a computed "__proto__"', (owner) => {
    expect(valueOf(`${owner}[event.key]`, scope)).toBeUndefined();
    expect(valueOf(`${owner}["__pro" + "to__"]`, scope)).toBeUndefined();
    expect(valueOf(`${owner}[first(["__proto__"])]`, scope)).toBeUndefined();
  });

  it('are no keys either: a list is not turned into one', () => {
    expect(failureOf('event[["constructor"]]', scope).message).toMatch(/a field is read by a text or a number/);
    expect(failureOf('event[{ a: 1 }]', scope).message).toMatch(/a field is read by a text or a number/);
  });

  it('do not keep data of these names from being read', () => {
    expect(valueOf('event.own.constructor + event.own["toString"]', scope)).toBe('datadata');
  });

  it('are not set by what an expression makes', () => {
    expect(failureOf('{ [event.key]: { evil: 1 } }', scope).message).toMatch(/cannot be the name of a field/);
    const copy = valueOf('{ ...event.own }', scope) as Record<string, unknown>;
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Object.keys(copy)).toEqual(['constructor', 'toString']);
    valueOf('parseJson(json(event.own))', scope);
    expect(({} as Record<string, unknown>)['evil']).toBeUndefined();
  });

  it('are not reached through the scope', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(valueOf(name, { [name]: undefined })).toBeUndefined();
      const run = () => valueOf(name, Object.create({ [name]: 1 }) as Record<string, unknown>);
      expect(run).toThrow(/not known/);
    }
  });

  it('cannot be called through methods that are not in the language', () => {
    for (const name of ['constructor', 'toString', 'valueOf', 'call', 'apply', 'bind', 'push', 'repeat', 'matchAll']) {
      const result = parseExpression(`event.list.${name}(1)`, { names: ['event'] });
      expect(result.ok).toBe(false);
    }
  });

  it('give no function, even when the data holds one', () => {
    const hostile = { event: { run: () => 'called', list: [() => 1] } };
    expect(valueOf('event.run', hostile)).toBeUndefined();
    expect(valueOf('event.list[0]', hostile)).toBeUndefined();
  });
});

describe('the budget', () => {
  const big = { event: { list: Array.from({ length: 100_000 }, (_, index) => index), text: 'ab'.repeat(100_000) } };
  const doubling = (step: string) => `["abcdefgh"]${`.map(a => ${step})`.repeat(30)}`;

  it.each([
    ['nested map', 'event.list.map(a => event.list.map(b => event.list.map(c => 1)))'],
    ['nested some', 'event.list.some(a => event.list.some(b => false))'],
    ['nested every in a condition', 'event.list.every(a => event.list.every(b => true))'],
    ['nested sortBy', 'event.list.map(a => sortBy(event.list, b => b))'],
    ['nested includes', 'event.list.map(a => event.list.includes("x"))'],
    ['nested sum', 'event.list.map(a => sum(event.list))'],
    ['nested max', 'event.list.map(a => max(event.list))'],
    ['nested unique', 'event.list.map(a => unique(event.list).length)'],
    ['nested spread', 'event.list.map(a => [...event.list, ...event.list].length)'],
    ['nested concat', 'event.list.map(a => event.list.concat(event.list).length)'],
    ['nested slice', 'event.list.map(a => event.list.slice(1).length)'],
    ['nested keys', 'event.list.map(a => keys(event).map(k => keys({ ...event, a: event.list.map(b => b) })))'],
    ['nested split', 'event.list.map(a => event.text.split("a").length)'],
    ['nested split to characters', 'event.list.map(a => event.text.split("").length)'],
    ['nested date', 'event.list.map(a => date(a, "yyyy", "Europe/Berlin"))'],
    ['nested search', 'event.list.map(a => event.text.includes("x"))'],
    ['a search as long as the text', '("a".padEnd(400000, "a")).includes("b" + "a".padEnd(200000, "a"))'],
    ['doubling lists', `${doubling('[a, a]')}.flat(100)`],
    ['doubling lists without reading them', doubling('[a, a]')],
    ['doubling objects as JSON', `json(${doubling('({ a: a, b: a })')})`],
  ])('stops %s', (_, source) => {
    expect(failureOf(source, big).message).toMatch(/do too much work|make too much text/);
  });

  it.each([
    ['padStart', '"a".padStart(1000000000)'],
    ['padEnd', '"a".padEnd(1e300, "xy")'],
    ['doubling by +', doubling('a + a')],
    ['doubling by a template', doubling('`${a}${a}`')],
    ['doubling by join', doubling('[a, a].join("")')],
    ['doubling by replaceAll', `"aa"${'.replaceAll("a", "aaaa")'.repeat(30)}`],
    ['JSON', 'event.list.map(a => json([event.text]))'],
    ['a large separator', 'event.list.join(event.text)'],
    ['indented JSON', `json(${'['.repeat(60)}event.list${']'.repeat(60)}, 10)`],
    ['the same large text many times', '{ all: event.list.map(a => event.text) }'],
    ['HTML', 'event.list.map(a => html(event.text))'],
    ['Base64', 'event.list.map(a => base64(event.text))'],
    ['SHA-256', 'event.list.map(a => sha256(event.text))'],
    ['parseJson', 'event.list.map(a => parseJson(event.text, 1))'],
    ['slug', 'event.list.map(a => slug(event.text))'],
    ['upper case', 'event.list.map(a => event.text.toUpperCase().length)'],
    ['slices', 'event.list.map(a => event.text.slice(1).length)'],
  ])('stops text by %s', (_, source) => {
    expect(failureOf(source, big).message).toMatch(/make too much text|do too much work/);
  });

  it('leaves room for what real workflows do', () => {
    const mib = 'x'.repeat(1_048_576);
    const real = {
      event: { summary: mib, items: Array.from({ length: 20_000 }, (_, id) => ({ id, name: `n${id}` })) },
    };
    const text =
      'Summary: ${{ event.summary.trim() }} ${{ event.items.filter(i => i.id % 2 == 0).map(i => i.name).join(", ") }}';
    const run = compileTemplate(accepted(parseTemplate(text, { names: ['event'] })));
    expect(String(run(real, createBudget(), 'html')).length).toBeGreaterThan(1_100_000);
    expect(valueOf('event', real)).toBe(real.event);
  });

  it('is one for all expressions that share it', () => {
    const budget = createBudget({ steps: 1000, text: 1000 });
    const use = () => valueOf('"x".padEnd(300).length', {}, budget);
    expect([use(), use(), use()]).toEqual([300, 300, 300]);
    expect(use).toThrow(ExpressionError);
  });

  it('refuses to give what is nested too deeply to be written out', () => {
    const deep: unknown = JSON.parse('['.repeat(5000) + ']'.repeat(5000));
    expect(failureOf('event', { event: deep }).message).toMatch(/nested too deeply/);
    expect(failureOf('json(event).length', { event: deep }).message).toMatch(/nested too deeply/);
    expect(valueOf('event.flat(10000).length', { event: deep })).toBe(0);
    expect(valueOf('parseJson(event).length', { event: `${'['.repeat(100_000)}${']'.repeat(100_000)}` })).toBe(1);
  });
});
