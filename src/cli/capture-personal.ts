// Where personal data stands in an event and in recorded outputs: by the mark of its schema, by the name of its field, by its form.

import type { Schema } from '../plugin/index.ts';

/** `title`: capitalised words, which may be somebody's name. */
export type PersonalKind = 'name' | 'title' | 'phone' | 'email' | 'text' | 'code';

const person =
  'customer|contact|caller|callee|client|patient|guest|owner|attendee|participant|recipient|author|sender|assignee|lead|user|' +
  'person|surname|nickname|salutation|(?:first|last|given|family|middle|full|real)(?:_?names?)?';
const named = /(^|[a-z_\s-])names?$|^(login|handle)$/i;
const persons = new RegExp(`^(?:${person})s?$`, 'i');
/** Words as people have them for names; with digits or marks it is an id. */
const nameForm = /^[\p{L}\p{M}'’.,\- ]+$/u;
/** Names of things. */
const things =
  /(agent|batch|branch|campaign|channel|class|display_?event|domain|event|field|file|function|host|list|model|path|plan|product|queue|repo(sitory)?|role|server|service|step|table|tag|task|template|tool|type|voice|workflow)[\s_-]?name$/i;
const phone = /(^|[^a-z])(phone|mobile|cell|tel|telephone|fax|msisdn|whatsapp|sms|ani|dnis)|phone(_?number)?$/i;
/** The two ends of a call or a message. */
const ends = /^(from|to|number|destination|origin|remote|peer)(_?number)?$/i;
const phoneForm = /^(?!\d{4}-\d\d-\d\d)\+?\(?\d[\d ().-]{5,18}\d$/;
const email = /e[-_]?mail/i;
const code =
  /street|address(?!es$)|^line_?\d$|^city$|[^a-z]city$|zip|postal|post_?code|birth|^dob$|ssn|passport|iban|tax_?id|licen[cs]e_?(number|plate)|card_?number|account_?number/i;
/** An answer's header can be as good as a password. */
const secret = /cookie|token|secret|password|authorization|api[-_]?key|session/i;
const titleForm = /^\p{Lu}[\p{L}\p{M}'’-]*(?: (?:\p{Lu}\.?|(?:\p{Ll}{1,3} )?\p{Lu}[\p{L}\p{M}'’-]+)){1,3}$/u;
const httpDate = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} /;

/** Text of this many words is something that somebody said or wrote. */
const wordsOfText = 5;

/** What a text is, as far as its place and form tell; undefined: only what is found inside it is personal. */
export function kindOf(text: string, key: string, schema: Schema | undefined): PersonalKind | undefined {
  const mark = schema?.personal;
  if (mark !== undefined) return mark === 'none' ? undefined : mark;
  // A value that is one of a few is a word of the system.
  if (schema?.enum !== undefined || schema?.const !== undefined) return undefined;
  if (email.test(key) && text.includes('@')) return 'email';
  if (isPhoneKey(key) && (text.match(/\d/g) ?? []).length >= 5) return 'phone';
  if (phoneForm.test(text) && (persons.test(key) || ends.test(key))) return 'phone';
  const words = text.trim().split(/\s+/).length;
  const isName = named.test(key) ? !things.test(key) : persons.test(key) && nameForm.test(text);
  if (isName && words < wordsOfText) return 'name';
  if (secret.test(key) || (code.test(key) && !/@|^(\d{1,3}\.){3}\d{1,3}$/.test(text))) return 'code';
  if (titleForm.test(text.trim()) && !things.test(key)) return 'title';
  return words >= wordsOfText && !httpDate.test(text) ? 'text' : undefined;
}

export function isPhoneKey(key: string): boolean {
  return phone.test(key);
}

/** The schema of a field, where there is one. */
export function schemaOf(schema: Schema | undefined, key: string): Schema | undefined {
  if (schema === undefined) return undefined;
  const { properties, additionalProperties, anyOf = [], oneOf = [] } = schema;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  if (typeof additionalProperties === 'object') return additionalProperties;
  return [...anyOf, ...oneOf].map((branch) => schemaOf(branch, key)).find((found) => found !== undefined);
}

/** Visits every text and number of a value with its key and schema, and gives what `change` makes of it. */
export function mapLeaves(value: unknown, schema: Schema | undefined, leaf: Leaf, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => mapLeaves(item, schema?.items, leaf, key));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        leaf.key(name),
        mapLeaves(inner, schemaOf(schema, name), leaf, name),
      ]),
    );
  }
  if (typeof value === 'string') return leaf.text(value, key, schema);
  return typeof value === 'number' ? leaf.number(value, key) : value;
}

export interface Leaf {
  key(name: string): string;
  text(text: string, key: string, schema: Schema | undefined): string;
  number(number: number, key: string): number;
}
