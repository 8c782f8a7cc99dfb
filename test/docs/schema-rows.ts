// A JSON Schema as rows of a table: one for each field, nested ones under their path.

import type { Schema } from '../../src/plugin/index.ts';
import { code, durationText } from './markdown.ts';

export interface Field {
  /** `to[].address`. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly default: string;
  readonly description: string;
}

/** The fields of an object schema, in the order they are declared. */
export function fieldsOf(schema: Schema, path = ''): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const inner = path === '' ? name : `${path}.${name}`;
    const required = schema.required?.includes(name) === true;
    return [fieldOf(inner, property, required), ...fieldsWithin(property, inner)];
  });
}

function fieldOf(path: string, schema: Schema, required: boolean): Field {
  const { default: value, description = '', encode } = schema;
  const encoded = encode === undefined ? '' : ` Values put in are encoded for ${encodings[encode]}.`;
  return {
    path,
    type: typeOf(schema),
    required,
    default: value === undefined ? '' : code(defaultText(path, value)),
    description: /encoded/.test(description) ? description : `${description}${encoded}`.trim(),
  };
}

function defaultText(path: string, value: unknown): string {
  return path.endsWith('Ms') && typeof value === 'number' ? `${value} (${durationText(value)})` : JSON.stringify(value);
}

const encodings = { slack: 'Slack', html: 'HTML', url: 'URLs' } as const;

/** Fields inside a field: of an object, of the items of a list, of each branch. */
function fieldsWithin(schema: Schema, path: string): Field[] {
  const items = schema.items === undefined ? [] : within(schema.items, `${path}[]`);
  const { additionalProperties: others } = schema;
  const values = typeof others === 'object' ? within(others, `${path}.<name>`) : [];
  const branches = (schema.anyOf ?? schema.oneOf ?? []).flatMap((branch) => branchFields(branch, path));
  return [...fieldsOf(schema, path), ...items, ...values, ...branches];
}

function within(schema: Schema, path: string): Field[] {
  return schema.properties === undefined ? fieldsWithin(schema, path) : fieldsOf(schema, path);
}

/** A branch that is told by a constant says so in its description: `for kind "bearer"`. */
function branchFields(branch: Schema, path: string): Field[] {
  const told = Object.entries(branch.properties ?? {}).find(([, { const: value }]) => value !== undefined);
  if (told === undefined) return fieldsWithin(branch, path);
  const [name, { const: value }] = told;
  return fieldsOf(branch, path)
    .filter((field) => field.path !== `${path}.${name}`)
    .map((field) => ({ ...field, description: `With ${code(`${name}: ${value}`)}. ${field.description}`.trim() }));
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'true/false',
  object: 'map',
  array: 'list',
  null: 'null',
};

/** `whole number, 1 to 20`, `list of text`, `"fail" or "continue"`. */
export function typeOf(schema: Schema): string {
  const { enum: choices, const: value, type, anyOf, oneOf } = schema;
  if (value !== undefined) return code(JSON.stringify(value));
  if (choices !== undefined) return choices.map((choice) => code(String(choice))).join(', ');
  const branches = anyOf ?? oneOf;
  if (branches !== undefined && type === undefined) return branchTypes(branches);
  const types = type === undefined ? guessTypes(schema) : [type].flat();
  if (types.length === 0) return 'anything';
  return listed(types.map((word) => oneType(word, schema))) + limitsOf(schema);
}

/** `text, number or list of text`. */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function branchTypes(branches: readonly Schema[]): string {
  const kinds = branches.map((branch) => Object.entries(branch.properties ?? {}).find(([, part]) => part.const)?.[1]);
  if (kinds.every((kind) => kind !== undefined)) {
    const name = Object.entries(branches[0]?.properties ?? {}).find(([, part]) => part.const)?.[0] ?? '';
    return `map with ${code(name)}: ${kinds.map((kind) => code(String(kind.const))).join(', ')}`;
  }
  return listed([...new Set(branches.map(typeOf))]);
}

function guessTypes({ properties, items }: Schema): string[] {
  if (properties !== undefined) return ['object'];
  return items === undefined ? [] : ['array'];
}

function oneType(word: string, { items, format, additionalProperties }: Schema): string {
  if (word === 'string' && format !== undefined) return formatWords[format] ?? 'text';
  if (word === 'array' && items !== undefined) return `list of ${plural(typeOf(items))}`;
  const isMap = word === 'object' && typeof additionalProperties === 'object' && !additionalProperties.properties;
  if (isMap) return `map of ${plural(typeOf(additionalProperties))}`;
  return words[word] ?? word;
}

const formatWords: Readonly<Record<string, string>> = {
  duration: 'duration',
  rate: 'rate',
  name: 'name',
  uri: 'URL',
  'date-time': 'time (ISO 8601)',
  date: 'date',
  email: 'e-mail address',
};

function plural(type: string): string {
  return type.replace(/^(map|number|whole number)\b/, '$1s');
}

function limitsOf(schema: Schema): string {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, maxProperties } = schema;
  const parts = [
    range(minimum, maximum, ''),
    range(minLength === 1 ? undefined : minLength, maxLength, ' characters'),
    range(minItems === 1 ? undefined : minItems, maxItems, ''),
    range(undefined, maxProperties, ''),
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}

const number = (value: number) => value.toLocaleString('en-US');

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (least !== undefined && most !== undefined) return `${number(least)} to ${number(most)}${unit}`;
  if (least !== undefined) return `${number(least)}${unit} or more`;
  return most === undefined ? '' : `at most ${number(most)}${unit}`;
}
