// What a request carries: its body, and headers that cannot be bent into others.

import { PermanentError } from 'hookline/plugin';
import type { QueryValue } from './target.ts';

export interface Content {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, QueryValue | readonly QueryValue[]>>;
  readonly text?: string;
}

export interface Body {
  readonly text: string;
  readonly type: string;
}

/** Set by the transport itself; a second value would split or misroute the request. */
const reserved =
  /^(?:host|content-length|transfer-encoding|connection|keep-alive|upgrade|expect|te|trailer|proxy-.*|x-hookline-.*)$/i;

export function bodyOf(content: Content): Body | undefined {
  const given = [content.json, content.form, content.text].filter((body) => body !== undefined);
  if (given.length > 1)
    throw new PermanentError('the input has several of "json", "form" and "text"; give one of them');
  if (given.length === 1 && (content.method === 'GET' || content.method === 'HEAD')) {
    throw new PermanentError(
      `a ${content.method} request carries no body; take another method, or put it into "query"`,
    );
  }
  if (content.json !== undefined) return { text: JSON.stringify(content.json), type: 'application/json' };
  if (content.text !== undefined) return { text: content.text, type: 'text/plain; charset=utf-8' };
  if (content.form === undefined) return undefined;
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(content.form)) {
    for (const one of [value].flat()) form.append(name, String(one));
  }
  return { text: form.toString(), type: 'application/x-www-form-urlencoded' };
}

/** Headers of the connection, then of the step; a name or value that is none is refused. */
export function headersOf(...lists: readonly Readonly<Record<string, string>>[]): Headers {
  const headers = new Headers();
  for (const list of lists) {
    for (const [name, value] of Object.entries(list)) {
      if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
        throw new PermanentError(`"${name.slice(0, 100)}" is no name of a header`);
      }
      if (reserved.test(name)) throw new PermanentError(`header "${name}" is set by Hookline itself; leave it out`);
      if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
        throw new PermanentError(
          `the value of header "${name}" has a line break or a character that headers cannot carry`,
        );
      }
      headers.set(name, value);
    }
  }
  return headers;
}
