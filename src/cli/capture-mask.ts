// Replaces personal data by fakes wherever it stands: whole values, and the same values inside other texts.

import type { Schema } from '../plugin/index.ts';
import { createFakes, wordPattern, type Fakes } from './capture-fakes.ts';
import { isPhoneKey, kindOf, mapLeaves, type PersonalKind } from './capture-personal.ts';

/** A value and the schema that says what it holds, where there is one. */
export interface Source {
  readonly value: unknown;
  readonly schema: Schema | undefined;
}

export interface Mask {
  /** The value with fakes; the same original gives the same fake everywhere. */
  readonly apply: (source: Source) => unknown;
  readonly text: (text: string) => string;
}

export interface MaskOptions {
  /** What people said or wrote keeps its words; only what is known from elsewhere or by its form is replaced in it. */
  readonly keepText: boolean;
  /** A secret of this capture. */
  readonly salt: Uint8Array;
}

/** `sources`: everything that will be masked, so that a name from one is found in the others; those with marks come first. */
export function createMask(sources: readonly Source[], { keepText, salt }: MaskOptions): Mask {
  const fakes = createFakes(salt);
  const known: Known = {
    fakes,
    forms: formsOf(fakes),
    texts: new Map(),
    words: new Set(),
    numbers: new Map(),
    kept: new Set(),
  };
  for (const { value, schema } of sources) learn(value, schema, known, keepText);
  const texts = [...known.texts].sort(([a], [b]) => b.length - a.length);
  const inside = (text: string) => replaceInside(text, texts, known);
  const leaf = {
    key: (name: string) => (/[\s@]|\d{5}/.test(name) ? inside(name) : name),
    text: (text: string, key: string, schema: Schema | undefined) => {
      const clean = cleaned(text);
      const kind = personalKind(clean, key, schema, known);
      return kind === undefined || (kind === 'text' && keepText)
        ? inside(clean)
        : wholeFake(kind, clean, inside, fakes);
    },
    number: (number: number, key: string) => fakeNumber(number, key, known),
  };
  return {
    apply: ({ value, schema }) => mapLeaves(value, schema, leaf),
    text: (text) => inside(cleaned(text)),
  };
}

/** As a file of text can hold it, and every letter composed in one way. */
function cleaned(text: string): string {
  return text.normalize('NFC').replace(/[^\P{Cc}\t\r\n]|[\ufffd\p{Cs}]/gu, '?');
}

interface Known {
  readonly fakes: Fakes;
  readonly forms: readonly Form[];
  /** Whole values → fakes, to be found inside other texts. */
  readonly texts: Map<string, string>;
  /** Words of names, in lower case. */
  readonly words: Set<string>;
  /** Digits of phone numbers → fakes. */
  readonly numbers: Map<string, string>;
  /** Values that a mark says are about nobody. */
  readonly kept: Set<string>;
}

/** A mark counts wherever its value stands: the body as it was sent has none. */
function personalKind(text: string, key: string, schema: Schema | undefined, known: Known): PersonalKind | undefined {
  return schema?.personal === undefined && known.kept.has(text) ? undefined : kindOf(text, key, schema);
}

/** Shortest text that is looked for inside others; shorter ones are too often something else. */
const shortestText = 12;

function learn(value: unknown, schema: Schema | undefined, known: Known, keepText: boolean): void {
  mapLeaves(value, schema, {
    key: (name) => name,
    text: (text, key, inner) => {
      const clean = cleaned(text).trim();
      if (inner?.personal === 'none') known.kept.add(clean);
      const kind = personalKind(clean, key, inner, known);
      if (kind === 'name') learnName(clean, known);
      if (kind === 'title') known.texts.set(clean, known.fakes.name(clean));
      if (kind === 'phone') known.numbers.set(clean.replace(/\D/g, ''), known.fakes.phone(clean).replace(/\D/g, ''));
      if (kind === 'text' && !keepText && clean.length >= shortestText) known.texts.set(clean, known.fakes.text(clean));
      if (kind === 'code' && clean.length >= shortestText) known.texts.set(clean, known.fakes.code(clean));
      for (const [address] of clean.matchAll(emailPattern)) learnName(address.split('@')[0] ?? '', known);
      return text;
    },
    number: (number) => number,
  });
}

/** Words that stand in addresses and before names, and are nobody's. */
const common = new Set(
  (
    'mr mrs ms dr prof sir madam herr frau van von der den de da do du la le el al bin and the und inc llc ltd gmbh info sales ' +
    'support contact hello office admin mail team noreply reply billing service help owner customer unknown none null test'
  ).split(' '),
);

function learnName(name: string, known: Known): void {
  for (const [word] of name.matchAll(wordPattern)) {
    const plain = word.toLowerCase();
    if (plain.length >= 2 && !common.has(plain)) known.words.add(plain);
  }
}

function wholeFake(kind: PersonalKind, text: string, inside: (text: string) => string, fakes: Fakes): string {
  if (text.trim() === '') return text;
  switch (kind) {
    case 'name':
    case 'title':
      return /\d/.test(text) ? inside(fakes.name(text)) : fakes.name(text);
    case 'phone':
      return /\d{3}/.test(text.replace(/\D/g, '')) ? fakes.phone(text.replace(/\p{L}+/gu, '')) : inside(text);
    case 'text':
      return fakes.text(text);
    case 'code':
      return /^\d{4}-\d\d-\d\d$/.test(text) ? '1980-01-01' : fakes.code(text);
    default:
      return text.search(emailPattern) === -1 ? fakes.email(text) : inside(text);
  }
}

function fakeNumber(number: number, key: string, known: Known): number {
  const digits = String(Math.abs(number));
  const fake =
    known.numbers.get(digits) ?? (isPhoneKey(key) && /^\d{7,15}$/.test(digits) ? known.fakes.phone(digits) : undefined);
  return fake === undefined ? number : Number(fake);
}

const emailPattern = /[^\s@<>,;:"'()[\]]+@[^\s@<>,;:"'()[\]]+\.[\p{L}]{2,}/gu;

type Form = readonly [pattern: RegExp, fake: (found: string) => string];

const formsOf = (fakes: Fakes): readonly Form[] => [
  // Ids and times look like numbers of a telephone, and are not.
  [/(?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/gi, (found) => found],
  [/(?<!\d)\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?(?!\d)/g, (found) => found],
  [/\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/gi, fakes.url],
  [emailPattern, fakes.email],
  [/(?<![\w.])\+\d[\d ()./-]{5,20}\d(?!\w)/g, (found) => phoneOrSame(found, fakes)],
  [/(?<![\w.-])0\d[\d ()/-]{6,18}\d(?![\w.])/g, (found) => phoneOrSame(found, fakes)],
  [/(?<![\w.-])(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])/g, (found) => phoneOrSame(found, fakes)],
  [/(?<=\p{L}[^\p{L}\d]*\s\(?)\d{10,19}(?![\w.-])/gu, (found) => phoneOrSame(found, fakes)],
  [/(?<![\w.-])\d{4}(?:[ -]\d{4}){2}[ -]\d{1,7}(?![\w.-])/g, fakes.code],
  [/(?<![\w.-])\d{3}-\d\d-\d{4}(?![\w.-])/g, fakes.code],
  [/(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w.-])/g, fakes.ip],
  [
    /(?<![\w:])[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,7}(?![\w:])/gi,
    (found) => `2001:db8::${fakes.ip(found).split('.')[3] ?? ''}`,
  ],
];

function phoneOrSame(found: string, fakes: Fakes): string {
  const { length } = found.replace(/\D/g, '');
  if (length < 7) return found;
  return length <= 15 ? fakes.phone(found) : fakes.code(found);
}

/** What is replaced is set aside at once, so that no fake is taken for something personal. */
function replaceInside(text: string, texts: readonly (readonly [string, string])[], known: Known): string {
  const aside: string[] = [];
  const put = (fake: string) => `\uE000${aside.push(fake) - 1}\uE001`;
  let rest = text.replace(/[\uE000\uE001]/g, '');
  for (const [original, fake] of texts) rest = rest.replaceAll(original, () => put(fake));
  for (const [pattern, fake] of known.forms) rest = rest.replace(pattern, (found) => put(fake(found)));
  rest = rest.replace(wordPattern, (word) =>
    known.words.has(word.toLowerCase()) ? put(known.fakes.word(word)) : word,
  );
  if (known.numbers.size > 0) {
    rest = rest.replace(/(?<![\d\uE000])\d{5,15}(?![\d\uE001])/g, (digits) => put(known.numbers.get(digits) ?? digits));
  }
  return rest.replace(/\uE000(\d+)\uE001/g, (_, index: string) => aside[Number(index)] ?? '');
}
