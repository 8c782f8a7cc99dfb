// JSON and other bodies from strangers.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBody } from '../../src/receive/body.ts';
import { contentHash, readJson } from '../../src/receive/json.ts';

function read(text: string): unknown {
  const result = readJson(text);
  return result.ok ? result.value : result.reason;
}

describe('JSON from strangers', () => {
  it('keeps every digit of an integer beyond 2^53, as text', () => {
    expect(read('{"id":9007199254740993,"n":[-9007199254740993,9007199254740991],"f":0.1234567890123456}')).toEqual({
      id: '9007199254740993',
      n: ['-9007199254740993', 9007199254740991],
      f: 0.1234567890123456,
    });
    expect(read('[1e400,-1e400,1e30]')).toEqual(['1e400', '-1e400', 1e30]);
  });

  it('keeps text that only looks like a long number', () => {
    expect(read('{"card":"4111111111111111111","n":1}')).toEqual({ card: '4111111111111111111', n: 1 });
  });

  it.each(['{"__proto__":{"polluted":true},"a":1}', '{"__proto__":{"polluted":true},"id":12345678901234567890}'])(
    'reads __proto__ as data that changes no prototype: %s',
    (text) => {
      const value = read(text) as Record<string, unknown>;
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(Object.keys(value)).toContain('__proto__');
      expect(value['polluted']).toBeUndefined();
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      expect(contentHash(value)).not.toBe(contentHash({ a: 1 }));
    },
  );

  it('lets the last of equal keys count', () => {
    expect(read('{"a":1,"a":2}')).toEqual({ a: 2 });
  });

  it('refuses nesting beyond 64 levels, also 100,000, and takes 64', () => {
    const nest = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(read(nest(64))).toBeInstanceOf(Array);
    expect(read(nest(65))).toBe('body.depth');
    expect(read(nest(100_000))).toBe('body.depth');
    expect(read('{"a":'.repeat(100_000))).toBe('body.depth');
    expect(read(`["${'['.repeat(100)}\\"${'{'.repeat(100)}"]`)).toEqual([`${'['.repeat(100)}"${'{'.repeat(100)}`]);
  });

  it.each(['', ' ', '{', '{"a":1}x', "{'a':1}", '{"a":1,}', 'NaN', '\u0000', '01'])(
    'refuses what is no JSON: %j',
    (text) => {
      expect(read(text)).toBe('body.malformed');
    },
  );

  it.each(['null', '[]', '"x"', '3', 'true', ' {"a":"\\ud800"} '])('takes any JSON value: %j', (text) => {
    expect(read(text)).toEqual(JSON.parse(text));
  });

  it('reads what JSON.parse reads, where no digit is lost', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/\d{16}|e\+?\d{3}/i.test(text));
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('the hash of a value', () => {
  it('is the same for any order of keys, and another for other content', () => {
    expect(contentHash({ a: 1, b: { d: [1, 2], c: null } })).toBe(contentHash({ b: { c: null, d: [1, 2] }, a: 1 }));
    expect(contentHash({ a: [1, 2] })).not.toBe(contentHash({ a: [2, 1] }));
    expect(contentHash('\ud800')).not.toBe(contentHash('\ufffd'));
    expect(contentHash(undefined)).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('a body in the form its source declares', () => {
  const bytes = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding);

  it.each<[string, 'json' | 'form' | 'text', Uint8Array, unknown]>([
    ['JSON with a byte order mark', 'json', bytes('\ufeff{"a":1}'), { a: 1 }],
    ['UTF-16', 'json', bytes('{"a":1}', 'utf16le'), 'body.malformed'],
    ['invalid UTF-8', 'json', Buffer.from([0x22, 0xff, 0x22]), 'body.malformed'],
    ['invalid UTF-8 as text', 'text', Buffer.from([0xff]), 'body.malformed'],
    ['text', 'text', bytes('héllo'), 'héllo'],
    [
      'a form with a repeated field',
      'form',
      bytes('a=1&b=x%20y&a=2&a=3&__proto__=z'),
      { a: ['1', '2', '3'], b: 'x y', ['__proto__']: 'z' },
    ],
    ['a form with half an escape', 'form', bytes('a=%zz'), { a: '%zz' }],
    ['nothing as a form', 'form', bytes(''), {}],
    ['nothing as JSON', 'json', bytes(''), 'body.malformed'],
  ])('reads %s', (_case, form, given, expected) => {
    const read = readBody(form, given);
    expect(read.ok ? read.value : read.reason).toEqual(expected);
  });
});
