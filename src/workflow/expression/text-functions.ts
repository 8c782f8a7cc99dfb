// The functions that make, shorten and encode text, and read numbers and JSON from it.

import { createHash } from 'node:crypto';
import { type Budget, Failure, spendText, spendTree } from './budget.ts';
import { declareFunction } from './callable.ts';
import { encodeText } from './encode.ts';
import { kindOf, quote, shorten } from './values.ts';

export const textFunctions = [
  declareFunction({
    name: 'text',
    parameters: { value: 'text | number | boolean' },
    returns: 'text',
    description: 'A number, true or false as text.',
    example: 'text(142)',
    run: ({ value }, budget) => {
      const text = String(value);
      spendText(budget, text.length);
      return text;
    },
  }),
  declareFunction({
    name: 'number',
    parameters: { value: 'any', otherwise: 'any?' },
    returns: 'number',
    description: 'The number a text holds; `otherwise`, when given, for what holds none.',
    example: 'number("12.5")',
    run: ({ value, otherwise }) => readNumber(value) ?? (otherwise === undefined ? refuseNumber(value) : otherwise),
  }),
  declareFunction({
    name: 'json',
    parameters: { value: 'any', indent: 'number?' },
    returns: 'text',
    description: 'The value as JSON text, on one line or indented by `indent` blanks.',
    example: 'json({ id: "c1", tags: ["new"] })',
    run: ({ value, indent }, budget) => writeJson(value, indent, budget),
  }),
  declareFunction({
    name: 'parseJson',
    parameters: { text: 'any', otherwise: 'any?' },
    returns: 'any',
    description: 'The value a JSON text holds; `otherwise`, when given, for a text that is not JSON.',
    example: 'parseJson("[1, 2]", [])',
    run: ({ text, otherwise }, budget) => parseJson(text, otherwise, budget),
  }),
  declareFunction({
    name: 'truncate',
    parameters: { text: 'text', length: 'number', ending: 'text?' },
    returns: 'text',
    description: 'The text cut to at most `length` characters, with `…` or `ending` in place of what was cut.',
    example: 'truncate("A long summary", 8)',
    run: ({ text, length, ending = '…' }, budget) => {
      spendText(budget, Math.min(text.length, Math.max(length, 0)));
      return shorten(text, Math.floor(length), ending);
    },
  }),
  declareFunction({
    name: 'slug',
    parameters: { text: 'text' },
    returns: 'text',
    description: 'The text in small letters and digits joined by `-`, for names and addresses.',
    example: 'slug("Café & Co.")',
    run: ({ text }, budget) => {
      spendText(budget, text.length * 2);
      const plain = text
        .normalize('NFKD')
        .replaceAll(/\p{M}+/gu, '')
        .toLowerCase();
      return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).join('-');
    },
  }),
  declareFunction({
    name: 'urlEncode',
    parameters: { text: 'text | number' },
    returns: 'text',
    description: 'The text as a part of a URL.',
    example: 'urlEncode("a/b c")',
    run: ({ text }, budget) => encodeText(String(text), 'url', budget),
  }),
  declareFunction({
    name: 'html',
    parameters: { text: 'text | number' },
    returns: 'text',
    description: 'The text with the signs that mean something in HTML written out.',
    example: 'html("<b> & co")',
    run: ({ text }, budget) => encodeText(String(text), 'html', budget),
  }),
  declareFunction({
    name: 'base64',
    parameters: { text: 'text' },
    returns: 'text',
    description: 'The UTF-8 bytes of the text in Base64.',
    example: 'base64("hello")',
    run: ({ text }, budget) => {
      spendText(budget, text.length * 2);
      return Buffer.from(text, 'utf8').toString('base64');
    },
  }),
  declareFunction({
    name: 'sha256',
    parameters: { text: 'text' },
    returns: 'text',
    description: 'The SHA-256 of the UTF-8 bytes of the text, as 64 hexadecimal digits.',
    example: 'sha256("hello")',
    run: ({ text }, budget) => {
      spendText(budget, text.length + 64);
      return createHash('sha256').update(text, 'utf8').digest('hex');
    },
  }),
];

/** Undefined when it holds none: an empty text, other words around it, hexadecimal, an infinity. */
function readNumber(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > 400 || !/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(text)) {
    return undefined;
  }
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

function refuseNumber(value: unknown): never {
  const found = typeof value === 'string' ? quote(value) : kindOf(value);
  throw new Failure(`finds no number in what is ${found}; give a second argument for that case`);
}

function writeJson(value: unknown, indent: number | undefined, budget: Budget): string {
  if (value === undefined) throw new Failure('cannot write what is missing; add a default such as ?? null');
  const width = Math.min(Math.max(indent ?? 0, 0), 10);
  spendTree(budget, value, width);
  const text = JSON.stringify(value, undefined, width);
  spendText(budget, text.length);
  return text;
}

function parseJson(text: unknown, otherwise: unknown, budget: Budget): unknown {
  try {
    if (typeof text === 'string') {
      spendText(budget, text.length);
      return JSON.parse(text);
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (otherwise !== undefined) return otherwise;
  const found = typeof text === 'string' ? 'the text' : `what is ${kindOf(text)}`;
  throw new Failure(`finds no JSON in ${found}; give a second argument for that case`);
}
