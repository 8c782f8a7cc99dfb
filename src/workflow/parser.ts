// Parses the expressions of a file, each text only once: workflows of one file say many things alike.

import { parseExpression, type Expression, type Parsed } from './expression/parse.ts';
import { parseTemplate, type Template } from './expression/template.ts';

export interface Parser {
  /** `names`: root names that may be read. */
  expression(text: string, names: readonly string[]): Parsed<Expression>;
  template(text: string, names: readonly string[]): Parsed<Template>;
}

export function createParser(): Parser {
  return {
    expression: once((text, names) => parseExpression(text, { names })),
    template: once((text, names) => parseTemplate(text, { names })),
  };
}

type Parse<T> = (text: string, names: readonly string[]) => T;

function once<T>(parse: Parse<T>): Parse<T> {
  const known = new Map<string, T>();
  return (text, names) => {
    const key = `${names.join(' ')}\n${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const parsed = parse(text, names);
    known.set(key, parsed);
    return parsed;
  };
}
