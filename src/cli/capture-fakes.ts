// Stable fakes: within a capture the same name, number or address always becomes the same made-up one.

import { createHmac } from 'node:crypto';

/** Names of nobody in particular; few, so that many people share a fake and none can be found from it. */
const names = (
  'Alder Anchor Arden Ashby Aster Avery Basil Birch Blythe Briar Brook Calder Cedar Clover Cosmo Dale Darby Ellery Ember ' +
  'Fable Fallow Fern Finch Flint Garnet Hadley Harbor Hazel Heron Holly Indigo Iris Jasper Juniper Keel Kestrel Lark ' +
  'Linden Lotus Maple Marlow Merle Onyx Opal Osprey Pebble Perrin Quill Raven Reed Robin Rowan Rush Sage Shale Sorrel ' +
  'Teal Thistle Tully Vale Wren Yarrow Zephyr Sable'
).split(' ');

const sentences = [
  'The caller asked about an offer.',
  'They want it in writing.',
  'A call back in the morning was agreed.',
  'The agent promised to send the papers today.',
  'There were questions about the price.',
  'Nothing else was decided.',
  'The date will be confirmed.',
  'Everybody was content with that.',
];

type Hash = (kind: string, value: string) => number;

export type Fakes = ReturnType<typeof createFakes>;

/** `salt`: a secret of this capture; without it, whoever tries all numbers finds the one behind a fake. */
export function createFakes(salt: Uint8Array) {
  const hash: Hash = (kind, value) => createHmac('sha256', salt).update(`${kind} ${value}`).digest().readUInt32BE(0);
  /** One word of a name, in the case that it was written in. */
  const word = (text: string) => fakeWord(hash, text);
  return {
    word,
    name: (text: string) => text.replace(wordPattern, word),
    email: (text: string) => fakeEmail(hash, text),
    phone: (text: string) => fakePhone(hash, text),
    url: (text: string) => fakeUrl(hash, text),
    ip: (text: string) => `192.0.2.${1 + (hash('ip', text) % 254)}`,
    text: (text: string) => fakeText(hash, text),
    code: (text: string) => fakeCode(hash, text),
  };
}

function pick(list: readonly string[], number: number): string {
  return list[number % list.length] ?? '';
}

function fakeWord(hash: Hash, word: string): string {
  const plain = word.toLowerCase();
  const first = hash('name', plain);
  const found = pick(names, first);
  const fake = found.toLowerCase() === plain ? pick(names, first + 1) : found;
  if (word === plain) return fake.toLowerCase();
  return word.length > 1 && word === word.toUpperCase() ? fake.toUpperCase() : fake;
}

export const wordPattern = /\p{L}[\p{L}\p{M}]*/gu;

function fakeEmail(hash: Hash, email: string): string {
  const number = hash('email', email.toLowerCase());
  const parts = [pick(names, number), pick(names, Math.floor(number / names.length))];
  return `${parts.join('.').toLowerCase()}@example.com`;
}

/** In the same form, with digits that belong to nobody: 555-01xx of North America, elsewhere a number that begins with zeros. */
function fakePhone(hash: Hash, phone: string): string {
  const all = phone.replace(/\D/g, '');
  const whole = /^\s*(?:\+|00)/.test(phone) ? all.replace(/^00/, '') : all;
  const digits = fakeDigits(hash, whole.length === 11 && whole.startsWith('1') ? whole.slice(1) : whole);
  const fake = digits.padStart(all.length, all.slice(0, all.length - digits.length) || '0');
  let next = 0;
  return phone.replace(/\d/g, () => fake[next++] ?? '0');
}

function fakeDigits(hash: Hash, digits: string): string {
  const number = hash('phone', digits);
  if (digits.length === 10)
    return `${200 + (number % 800)}55501${String(Math.floor(number / 800) % 100).padStart(2, '0')}`;
  // The country keeps its place; no number goes on with three zeros.
  const tail = String(number)
    .padStart(10, '0')
    .slice(-Math.max(0, digits.length - 5));
  return `${digits.slice(0, 2)}000${digits.length > 5 ? tail : ''}`.slice(0, digits.length).padEnd(digits.length, '0');
}

function fakeUrl(hash: Hash, url: string): string {
  const ending = /\.[a-z0-9]{2,4}(?=$|[?#])/i.exec(url)?.[0] ?? '';
  const isFile = /^[a-z]+:\/\/[^/]+\/./i.test(url);
  return `https://example.com/${hash('url', url).toString(36)}${isFile ? ending : ''}`;
}

/** Made-up sentences of about the same length, line by line. */
function fakeText(hash: Hash, text: string): string {
  return text.replace(/[^\r\n]*\S[^\r\n]*/g, (line) => {
    let number = hash('text', line);
    let fake = pick(sentences, number);
    while (fake.length + 20 < line.length) {
      number++;
      fake += ` ${pick(sentences, number)}`;
    }
    return fake;
  });
}

/** Letters for letters and digits for digits: an address, a number of a document. */
function fakeCode(hash: Hash, code: string): string {
  let number = hash('code', code);
  const next = (size: number) => {
    number = (number * 1_103_515_245 + 12_345) % 2_147_483_648;
    return number % size;
  };
  return code.replace(/[\p{L}\d]/gu, (char) => {
    if (/\d/.test(char)) return String(next(10));
    const letter = String.fromCharCode(97 + next(26));
    return char === char.toUpperCase() ? letter.toUpperCase() : letter;
  });
}
