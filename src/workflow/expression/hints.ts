// What to write instead of words that people know from JavaScript, GitHub Actions and other languages.

import { nearest } from '../suggest.ts';
import { functions, methods } from './functions.ts';

const instead = {
  functions: {
    always: 'use "if" and "onError" of the step',
    btoa: 'use base64(text)',
    coalesce: 'write a ?? b',
    concat: 'write a + b for texts, or [...a, ...b] for lists',
    contains: 'write value.includes(part)',
    count: 'write list.length',
    default: 'write value ?? other',
    encodeURIComponent: 'use urlEncode(text)',
    endsWith: 'write text.endsWith(part)',
    failure: 'compare steps.<id>.status with "failed"',
    fetch: 'use a step with the http connector',
    format: 'write the text with ${…} inside backticks',
    fromJSON: 'use parseJson(text)',
    if: 'write condition ? a : b',
    join: 'write list.join(", ")',
    len: 'write value.length',
    length: 'write value.length',
    lower: 'write text.toLowerCase()',
    now: 'use run.startedAt',
    Number: 'use number(text)',
    parseFloat: 'use number(text)',
    parseInt: 'use number(text)',
    require: 'there are no modules; write a connector for code of your own',
    size: 'write value.length',
    startsWith: 'write text.startsWith(part)',
    String: 'use text(value)',
    success: 'compare steps.<id>.status with "succeeded"',
    toJSON: 'use json(value)',
    typeof: 'compare with null instead',
    upper: 'write text.toUpperCase()',
  },
  methods: {
    charAt: 'use at(index)',
    endswith: 'use endsWith(part)',
    findIndex: 'use some(…) or find(…)',
    findLast: 'use last(list.filter(…))',
    flatMap: 'use map(…).flat()',
    forEach: 'use map(…)',
    getTime: 'use secondsBetween(start, end) or date(time, pattern)',
    hasOwnProperty: 'compare with null: value != null',
    indexOf: 'use includes(part), or split(part) to take pieces',
    match: 'there are no regular expressions; use includes, startsWith or split',
    push: 'write [...list, item]',
    reduce: 'use sum(list), min(list), max(list) or join(…)',
    repeat: 'use padEnd(length, fill)',
    replace: 'use replaceAll(part, replacement)',
    reverse: 'use sortBy(list, item => …, "desc")',
    search: 'use includes(part)',
    sort: 'use sortBy(list, item => …)',
    substr: 'use slice(start, end)',
    substring: 'use slice(start, end)',
    test: 'there are no regular expressions; use includes, startsWith or split',
    toFixed: 'use round(number, digits)',
    toISOString: 'use date(time, pattern)',
    toLocaleString: 'use date(time, pattern) or round(number, digits)',
    toString: 'use text(value)',
    trimEnd: 'use trim()',
    trimStart: 'use trim()',
  },
  names: {
    console: 'look at a run in the console or with "hookline runs"',
    Date: 'use run.startedAt for now and date(time, pattern) to write a time',
    False: 'write false',
    Infinity: 'there are no infinite numbers',
    JSON: 'use json(value) or parseJson(text)',
    Math: 'use round, floor, ceil, min or max',
    NaN: 'compare with null instead',
    None: 'write null',
    Object: 'use keys(object), values(object) or entries(object)',
    process: 'write what differs between machines under "env" of the file',
    True: 'write true',
    undefined: 'write null; == null also means missing',
  },
  words: { and: 'write &&', or: 'write ||', not: 'write !', in: 'write list.includes(item)', is: 'write ==' },
} as const satisfies Record<string, Record<string, string>>;

/** A sentence for a name that does not exist, or undefined. */
export function hintFor(
  kind: keyof typeof instead,
  name: string,
  candidates: readonly string[] = [],
): string | undefined {
  const known: Readonly<Record<string, string>> = instead[kind];
  if (Object.hasOwn(known, name)) return known[name];
  const near = nearest(name, candidates);
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

export function functionHint(name: string): string | undefined {
  if (methods.has(name)) return `write value.${name}(…)`;
  return hintFor('functions', name, [...functions.keys()]);
}

export function methodHint(name: string): string | undefined {
  if (functions.has(name)) return `write ${name}(value)`;
  return hintFor('methods', name, [...methods.keys()]);
}
