// What may follow in an expression: names, fields of the event and of earlier steps' outputs, functions.

import type { Schema } from '../../plugin/index.ts';
import type { EditorParts } from '../editor-schema.ts';
import { functions } from '../expression/functions.ts';
import { matchesGlob } from '../glob.ts';
import type { Option } from './keys.ts';
import { readLine } from './lines.ts';

const eventFields = ['id', 'type', 'source', 'time', 'receivedAt', 'data', 'body'];
const runFields = ['id', 'startedAt', 'replay'];

/** `chain`: `event.data.ca` as it is typed so far, optional dots as plain ones. */
export function namesAt(chain: string, text: string, offset: number, parts: EditorParts): Option[] {
  const [root = '', ...rest] = chain.replaceAll('?.', '.').split('.');
  const path = rest.slice(0, -1);
  if (rest.length === 0) return roots();
  if (root === 'event') return path.length === 0 ? fields(eventFields) : eventField(path, text, offset, parts);
  if (root === 'run') return path.length === 0 ? fields(runFields) : [];
  if (root === 'env') return path.length === 0 ? fields(keysUnder(text, 'env')) : [];
  if (root !== 'steps') return [];
  const steps = stepsAbove(text, offset);
  if (path.length === 0) return fields([...steps.keys()]);
  if (path.length === 1) return fields(['status', 'output']);
  const [id = '', what, ...inside] = path;
  return what === 'output' ? fieldsOf(outputOf(steps.get(id) ?? '', parts), inside) : [];
}

function roots(): Option[] {
  const names = ['event', 'steps', 'run', 'env'].map((label): Option => ({ label, type: 'variable' }));
  const calls = [...functions.values()].map(
    ({ name, description }): Option => ({ label: name, type: 'function', apply: `${name}(`, info: description }),
  );
  return [...names, ...calls];
}

const fields = (names: readonly string[]) => names.map((label): Option => ({ label, type: 'property' }));

function eventField([what, ...inside]: readonly string[], text: string, offset: number, parts: EditorParts): Option[] {
  return what === 'data' ? eventSchemas(text, offset, parts).flatMap((schema) => fieldsOf(schema, inside)) : [];
}

/** Schemas of `event.data` that the workflow's `on` lets through, once each field name. */
function eventSchemas(text: string, offset: number, { sources }: EditorParts): readonly Schema[] {
  const patterns = onOf(blockOf(text, offset));
  const found = sources.flatMap(({ name, types, source }) =>
    types
      .filter((type) => patterns.some((pattern) => matchesGlob(pattern, `${name}:${type}`)))
      .flatMap((type) => source.events[type]?.data ?? []),
  );
  return found.slice(0, 1);
}

function fieldsOf(schema: Schema | undefined, path: readonly string[]): Option[] {
  const end = path.reduce<Schema | undefined>((one, key) => one?.properties?.[key], schema);
  return Object.entries(end?.properties ?? {}).map(([label, { description, type }]) => ({
    label,
    type: 'property',
    ...(type === undefined ? {} : { detail: [type].flat().join(' | ') }),
    ...(description === undefined ? {} : { info: description }),
  }));
}

function outputOf(uses: string, { connections, connectors }: EditorParts): Schema | undefined {
  const dot = uses.indexOf('.');
  const name = uses.slice(0, dot);
  const connector = connections.find((one) => one.name === name)?.connector ?? connectors.get(name);
  return connector?.actions[uses.slice(dot + 1)]?.output;
}

/** The lines of the workflow that the offset stands in: from its name to the end of the text. */
function blockOf(text: string, offset: number): { readonly above: readonly string[]; readonly all: readonly string[] } {
  const lines = text.split('\n');
  const at = text.slice(0, offset).split('\n').length - 1;
  const isName = (line: string) => /^ {2}[\w.-]+:/.test(line);
  const first = lines.slice(0, at + 1).findLastIndex(isName);
  const length = lines.slice(first + 1).findIndex((line) => isName(line) || /^\S/.test(line));
  const all = lines.slice(Math.max(0, first), length === -1 ? undefined : first + 1 + length);
  return { above: lines.slice(Math.max(0, first), at + 1), all };
}

function onOf({ all }: ReturnType<typeof blockOf>): readonly string[] {
  const at = all.findIndex((line) => /^\s*on:/.test(line));
  if (at === -1) return [];
  const items = all.slice(at + 1).findIndex((line) => !/^\s*-/.test(line));
  const written = [all[at] ?? '', ...all.slice(at + 1, items === -1 ? undefined : at + 1 + items)].join(' ');
  return [...written.replace(/^\s*on:/, '').matchAll(/[\w.*-]+:[\w.*-]+/g)].map(([pattern]) => pattern);
}

/** Id → what it uses, of the steps above the offset. */
function stepsAbove(text: string, offset: number): ReadonlyMap<string, string> {
  const steps: { id?: string; uses?: string }[] = [];
  for (const line of blockOf(text, offset).above) {
    const read = readLine(line);
    if (read === undefined) continue;
    if (read.item && (read.key === 'id' || read.key === 'uses')) steps.push({});
    const last = steps.at(-1);
    if (last !== undefined && (read.key === 'id' || read.key === 'uses')) last[read.key] ??= read.value;
  }
  return new Map(
    steps.slice(0, -1).flatMap(({ id, uses = '' }) => {
      const name = id ?? uses.slice(uses.indexOf('.') + 1);
      return name === '' ? [] : [[name, uses] as const];
    }),
  );
}

function keysUnder(text: string, section: string): string[] {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.startsWith(`${section}:`));
  if (at === -1) return [];
  const end = lines.slice(at + 1).findIndex((line) => /^\S/.test(line));
  return lines.slice(at + 1, end === -1 ? undefined : at + 1 + end).flatMap((line) => {
    const read = readLine(line);
    return read === undefined ? [] : [read.key];
  });
}
