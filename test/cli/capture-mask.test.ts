// What is personal is replaced wherever it stands, the same by the same; everything else stays.

import { assert, boolean, constantFrom, property, string, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMask } from '../../src/cli/capture-mask.ts';
import type { Schema } from '../../src/plugin/index.ts';

const salt = Buffer.from('salt of these tests');

function mask(value: unknown, schema?: Schema, keepText = true, by: Uint8Array = salt): unknown {
  return createMask([{ value, schema }], { keepText, salt: by }).apply({ value, schema });
}

const inText = (text: string, by?: Uint8Array) => mask({ note: text }, undefined, true, by) as { note: string };

describe('a fake', () => {
  it.each<[string, string, RegExp]>([
    ['a number with its country', 'call +1 (415) 555-7788 now', /^call \+1 \([2-9]\d\d\) 555-01\d\d now$/],
    ['a number with dots', 'call 415.555.7788.', /^call [2-9]\d\d\.555\.01\d\d\.$/],
    ['a number without marks', 'call 4155557788', /^call [2-9]\d\d55501\d\d$/],
    ['a number of another country', 'call +44 7911 123456', /^call \+44 000\d \d{6}$/],
    ['a number that begins with zero', 'call 020 7946 0958 or', /^call \d{3} \d{4} \d{4} or$/],
    ['an e-mail address', 'write to Ann.Lee+x@mail.acme.co.uk!', /^write to [a-z]+\.[a-z]+@example\.com!$/],
    ['a web address', 'see https://acme.example/u/ann?token=abc.', /^see https:\/\/example\.com\/[a-z0-9]+\.$/],
    ['an IP address', 'from 203.0.113.77', /^from 192\.0\.2\.\d+$/],
  ])('stands for %s', (_case, text, fake) => {
    expect(inText(text).note).toMatch(fake);
    expect(inText(text).note).not.toBe(text);
  });

  it.each<[string]>([
    ['7c9e6679-7425-40de-944b-e07fc1f90ae7'],
    ['2026-01-15T10:30:00.000Z'],
    ['at 2026-01-15 10:30 it was 1795476051.633000'],
    ['C-20417'],
    ['00TSb0000000001MAA'],
    ['142s'],
    ['version 1.2.3.4.5 of 12'],
    ['BILLING_STATUS_BILLED'],
    ['1795476051633'],
    [''],
  ])('does not stand for %s', (text) => {
    expect(inText(text).note).toBe(text);
  });

  it('is one for all ways to write a number', () => {
    const written = mask({
      phone: '+14155557788',
      a: '(415) 555-7788',
      b: 'on 1-415-555-7788',
      n: 14155557788,
      phone2: 4155557788,
    });
    const { phone, a, b, n } = written as Record<string, string | number>;
    const digits = (text: unknown) => String(text).replace(/\D/g, '').slice(-10);
    expect(new Set([phone, a, b, n].map(digits)).size).toBe(1);
    expect(digits(phone)).not.toBe('4155557788');
  });

  it.each([
    ['a telephone number', '+49 151 23456789'],
    ['a number of a document', '123-45-6789'],
    ['an e-mail address', 'ann@acme.example'],
    ['a web address', 'https://acme.example/u/ann'],
  ])('of %s cannot be found again by trying all of them: each capture has its own', (_case, text) => {
    const fakesBy = (by: string) => inText(text, Buffer.from(by)).note;
    const fakes = Array.from({ length: 20 }, (_, index) => fakesBy(`salt ${index}`));
    expect(new Set(fakes).size).toBeGreaterThan(15);
    expect(fakesBy('salt 1'), 'who knows the salt finds it (control)').toBe(fakes[1]);
  });

  it('is one for the parts of a name wherever they stand, in their case', () => {
    const value = {
      customer: { firstName: 'Zoë', last_name: "O'Quack" },
      contact: "Zoë O'Quack",
      note: "ZOË of Quack & zoë's",
    };
    const masked = mask(value) as { customer: Record<string, string>; contact: string; note: string };
    const first = masked.customer['firstName'] ?? '';
    expect(masked.contact).toBe(`${first} ${masked.customer['last_name']}`);
    expect(masked.note).toMatch(new RegExp(`^${first.toUpperCase()} of \\w+ & ${first.toLowerCase()}'s$`));
    expect(JSON.stringify(masked)).not.toMatch(/zo[ëe]|quack/i);
  });

  it('is found when a letter is composed in another way', () => {
    const masked = mask({ name: 'Zo\u00eb', note: 'for zoe\u0308 only' });
    expect(JSON.stringify(masked).normalize('NFC')).not.toMatch(/zoë/i);
  });

  it('stands for capitalised words, which may be a name, but not for the words one by one', () => {
    const masked = mask({ vip: 'Ann van Lee', state: 'In Progress', note: 'Ann van Lee is in progress', id: 'AB12 C' });
    const { vip, state, note, id } = masked as Record<string, string>;
    expect(vip).toMatch(/^[A-Z][a-z]+ [a-z]+ [A-Z][a-z]+$/);
    expect([note, id]).toEqual([`${vip} is in progress`, 'AB12 C']);
    expect([vip, state]).not.toEqual(['Ann van Lee', 'In Progress']);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a number under the end of a call', { from: '4155557788' }, '4155557788'],
    ['a number under a person', { caller: '4155557788' }, '4155557788'],
    ['a number beside a name', { contact: { name: 'Ann (415) 555-7788' } }, '555-7788'],
    ['a list of names', { attendees: ['Zebulon Ray'], names: ['Zebulon'] }, 'Zebulon'],
    ['the parts of a name', { first: 'Zebulon', last: 'Quack' }, 'Quack'],
    ['a login', { sender: { login: 'zebulon1' } }, 'zebulon'],
    ['a line of an address', { address: { line1: '12 Mulberry Lane', postal_code: '94107' } }, 'Mulberry'],
    ['a date of birth', { date_of_birth: '1971-02-03' }, '1971'],
    ['a card', { note: 'my card is 4242 4242 4242 4242' }, '4242 4242'],
    ['a card without blanks', { note: 'my card is 4242424242424242' }, '4242424242424242'],
    ['a number of the social insurance', { note: 'it is 123-45-6789' }, '123-45-6789'],
    ['an address of IPv6', { note: 'from 2a02:8071:b783::17' }, '2a02'],
    ['a cookie', { headers: { 'set-cookie': 'sid=s3cretvalue' } }, 's3cretvalue'],
    ['a name and its address', { from: 'Zebulon Quack <zeb@quack.example>' }, 'zeb@quack'],
  ])('stands for %s', (_case, value, canary) => {
    expect(JSON.stringify(value)).toContain(canary);
    expect(JSON.stringify(mask(value))).not.toContain(canary);
  });

  it('does not stand for ids under persons, for things with names, and for times', () => {
    const value = {
      user: 'U024BE7LH',
      customer: 'cus_9s6XKzkNRiz8i3',
      campaign_name: 'Renewals',
      from: '2026-01-15',
      at: '10:30:00',
    };
    expect(mask(value)).toEqual(value);
  });

  it('leaves nothing that a file of text cannot hold', () => {
    expect(inText('a\u0000b\ud800c\ufffdd\u0085e\n').note).toBe('a?b?c?d?e\n');
  });

  it('stands in keys too', () => {
    expect(JSON.stringify(mask({ seen: { 'ann@acme.example': 1, '+14155557788': 2, plain: 3 } }))).toMatch(
      /^\{"seen":\{"[a-z.]+@example\.com":1,"\+1\d{3}55501\d\d":2,"plain":3\}\}$/,
    );
  });

  it('is the same wherever it stands in a capture', () => {
    expect(mask({ name: 'Ann Lee', email: 'ann@acme.example' })).toEqual({
      name: 'Hadley Iris',
      email: 'osprey.hadley@example.com',
    });
    const alone = mask({ name: 'Ann Lee' }) as { name: string };
    const among = mask({ name: 'Ann Lee', owner: 'Bob Ray', phone: '1234567' }) as { name: string };
    expect(among.name).toBe(alone.name);
  });
});

describe('a mark of a schema', () => {
  const text = (personal?: NonNullable<Schema['personal']>): Schema => ({
    type: 'string',
    ...(personal ? { personal } : {}),
  });
  const schema: Schema = {
    type: 'object',
    properties: {
      a: text('name'),
      b: text('phone'),
      c: text('email'),
      d: text('text'),
      name: text('none'),
      state: { enum: ['ann'] },
    },
  };

  it('says what a field holds whatever it is called', () => {
    const value = { a: 'Ann', b: '12345', c: 'ann at acme', d: 'Ok.', name: 'Front desk', state: 'x' };
    const masked = mask(value, schema, false) as Record<string, string>;
    expect(masked).toMatchObject({ name: 'Front desk', state: 'x' });
    expect(Object.keys(value).filter((key) => masked[key] === value[key as 'a'])).toEqual(['name', 'state']);
    expect([masked['b'], masked['c']]).toEqual([
      expect.stringMatching(/^12000$/),
      expect.stringContaining('@example.com'),
    ]);
  });

  it('counts for the same value where there is no schema', () => {
    const sources = [
      { value: { name: 'Front desk', d: 'A long talk with somebody.' }, schema },
      { value: { agent: { name: 'Front desk' }, said: 'A long talk with somebody.' }, schema: undefined },
    ] as const;
    const both = createMask(sources, { keepText: false, salt });
    const [data, body] = sources.map((source) => both.apply(source)) as [
      Record<string, unknown>,
      Record<string, unknown>,
    ];
    expect(body).toEqual({ agent: { name: 'Front desk' }, said: data['d'] });
    expect(data['d']).not.toBe(sources[0].value.d);
  });
});

describe('whatever people are called', () => {
  const letters = string({ unit: constantFrom(...'bcdfghjklmnpqrstvwxz'.split('')), minLength: 7, maxLength: 12 });
  const name = tuple(letters, letters).map((words) => words.map((word) => `Q${word}`));
  const digits = string({ unit: constantFrom(...'23456789'.split('')), minLength: 10, maxLength: 10 });
  const forms: readonly ((d: string) => string)[] = [
    (d) => `+1${d}`,
    (d) => `(${d.slice(0, 3)}) ${d.slice(3, 6)}-${d.slice(6)}`,
    (d) => `${d.slice(0, 3)}-${d.slice(3, 6)}-${d.slice(6)}`,
    (d) => `+49 ${d.slice(0, 3)} ${d.slice(3)}`,
  ];

  it('nothing of it is left, in either way to treat texts', () => {
    assert(
      property(name, digits, constantFrom(...forms), boolean(), ([first = '', last = ''], number, form, keepText) => {
        const email = `${first}.${last}@${last}.example`;
        const value = {
          customer: { name: `${first} ${last}`, email },
          to: form(number),
          lines: [
            `${last}, ${first} called from ${form(number)} about ${email}`,
            { said: `I am ${first.toLowerCase()} ${last.toUpperCase()}` },
          ],
        };
        const text = JSON.stringify(mask(value, undefined, keepText)).toLowerCase();
        const tail = number.slice(-7);
        expect([first, last].filter((word) => text.includes(word.toLowerCase()))).toEqual([]);
        expect(text.replace(/\D/g, '')).not.toContain(tail);
      }),
      { numRuns: 200 },
    );
  });
});
