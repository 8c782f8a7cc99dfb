// Random expressions of the language, mostly well typed, for the fuzz test.

import * as fc from 'fast-check';

type Kinds = Record<'number' | 'text' | 'boolean' | 'list' | 'object' | 'any' | 'arrow', string>;
type Source = fc.Arbitrary<string>;
type Tie = { readonly [Kind in keyof Kinds]: Source };

/** What the expressions read; `x` and `i` are also the names of the arrow functions' parameters. */
export const scope = {
  event: {
    n: 3,
    zero: 0,
    half: 0.5,
    neg: -7,
    s: 'hello',
    empty: '',
    emoji: 'a👋b',
    yes: true,
    no: false,
    nil: null,
    list: [1, 'a', null, true],
    nums: [3, 1, 2],
    words: ['b', 'a', 'ab'],
    nested: [[1], [2, [3]]],
    o: { n: 1, s: 'in', o: { n: 2 } },
    items: [{ n: 1, s: 'x' }, { n: 2 }, {}],
  },
  x: 1,
  i: 'outer',
};

/** A source from pieces, some of them random. */
function build(strings: TemplateStringsArray, ...pieces: readonly Source[]): Source {
  return fc.tuple(...pieces).map((values) => String.raw({ raw: strings }, ...values));
}

function pick(...options: readonly Source[]): Source {
  return fc.oneof(
    { maxDepth: 5, depthSize: 'small', depthIdentifier: 'expression', withCrossShrink: true },
    ...options,
  );
}

const leaf = (...sources: readonly string[]) => fc.constantFrom(...sources);
const dot = leaf('.', '?.');
const small = fc.integer({ min: -3, max: 6 }).map(String);
const order = leaf('<', '<=', '>', '>=');

export const expressions: Source = fc.letrec<Kinds>((tie) => {
  const kinds: Tie = {
    number: tie('number'),
    text: tie('text'),
    boolean: tie('boolean'),
    list: tie('list'),
    object: tie('object'),
    any: tie('any'),
    arrow: tie('arrow'),
  };
  return {
    number: number(kinds),
    text: text(kinds),
    boolean: boolean(kinds),
    list: list(kinds),
    object: object(kinds),
    any: any(kinds),
    arrow: build`${fc.constantFrom('x =>', '(x) =>', '(x, i) =>', '() =>', '(i, x) =>')} (${kinds.any})`,
  };
}).any;

function number({ number, text, list, any }: Tie): Source {
  return pick(
    leaf(
      '0',
      '1',
      '2.5',
      '1e3',
      '0x10',
      'event.n',
      'event.zero',
      'event.half',
      'event.neg',
      'event.nums[1]',
      'event.o.n',
    ),
    build`(${number} ${leaf('+', '-', '*', '/', '%')} ${number})`,
    build`(${number} ${leaf('+ 1 *', '* 2 -', '- 3 +', '/ 2 %')} ${number})`,
    build`(- ${number})`,
    build`${list}${dot}length`,
    build`${text}${dot}length`,
    build`(${any} ? ${number} : ${number})`,
    build`(${any} ?? ${number})`,
  );
}

function text({ number, text, boolean, list, any }: Tie): Source {
  return pick(
    leaf('event.s', 'event.empty', 'event.emoji', 'event.words[0]', 'event.o.s', 'event.s[1]', '"$&"', '"a"', "' b'"),
    fc.string({ maxLength: 3, unit: 'grapheme' }).map((value) => JSON.stringify(value)),
    build`(${text} + ${fc.oneof(text, number, boolean)})`,
    build`(${number} + ${text})`,
    build`\`<\${${text}}-\${${number}}\``,
    build`${text}${dot}${leaf('toUpperCase()', 'toLowerCase()', 'trim()', 'slice()')}`,
    build`${text}${dot}slice(${small}, ${small})`,
    build`${text}${dot}at(${small})`,
    build`${text}${dot}${leaf('padStart', 'padEnd')}(${small}, ${text})`,
    build`${text}${dot}replaceAll(${text}, ${text})`,
    build`${text}${dot}replaceAll(${leaf('"l"', '"a"', '"e"')}, ${leaf('"$&"', '"$$"', '""')})`,
    build`${list}${dot}join(${text})`,
    build`(${any} ? ${text} : ${text})`,
    build`(${any} ?? ${text})`,
  );
}

function boolean({ number, text, boolean, list, any, arrow }: Tie): Source {
  return pick(
    leaf('true', 'false', 'event.yes', 'event.no'),
    build`(${any} ${leaf('==', '!=', '===', '!==')} ${any})`,
    build`(! ${any})`,
    build`(${number} ${order} ${fc.oneof(number, any)})`,
    build`(${text} ${order} ${text})`,
    build`(${boolean} ${leaf('&&', '||')} ${boolean})`,
    build`${text}${dot}${leaf('includes', 'startsWith', 'endsWith')}(${text})`,
    build`${list}${dot}includes(${any})`,
    build`${list}${dot}${leaf('some', 'every')}(${arrow})`,
  );
}

function list({ text, list, any, arrow }: Tie): Source {
  return pick(
    leaf('event.list', 'event.nums', 'event.words', 'event.nested', 'event.items', '[]'),
    fc.array(any, { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    build`[...${list}, ${any}, ...${list}]`,
    build`${list}${dot}${leaf('map', 'filter')}(${arrow})`,
    build`${list}${dot}slice(${small}, ${small})`,
    build`${list}${dot}${leaf('flat()', 'flat(0)', 'flat(2)')}`,
    build`${list}${dot}concat(${any}, ${list})`,
    build`${text}${dot}split(${text})`,
    build`${text}${dot}split(${text}, ${small})`,
  );
}

function object({ text, object, any }: Tie): Source {
  return pick(
    leaf('event.o', 'event.items[0]', 'event.o.o'),
    build`({ n: ${any}, "s": ${any}, [${text}]: 1 })`,
    build`({ ...${object}, x: ${any} })`,
    build`({ n: ${any}, ...${object} })`,
    build`({ ...${leaf('event.nil', 'event.missing')}, ...${object} })`,
  );
}

function any({ number, text, boolean, list, object, any, arrow }: Tie): Source {
  return pick(
    leaf(
      'null',
      'event.nil',
      'event.missing',
      'event.missing.a.b',
      'event.items[9].n',
      'x',
      'i',
      'x.n',
      'x.s',
      'x.length',
    ),
    number,
    text,
    boolean,
    list,
    object,
    build`(${any})${dot}${leaf('n', 's', 'o', 'x', 'length')}`,
    build`(${any})${leaf('[', '?.[')}${fc.oneof(small, leaf('"n"', '"s"', '"length"', 'i'))}]`,
    build`${list}${dot}at(${small})`,
    build`${list}${dot}find(${arrow})`,
    build`(${any} ${leaf('&&', '||', '??')} ${any})`,
  );
}
