// Reads the bytes of a body in the form its source declares.

import { readJson } from './json.ts';

export type BodyForm = 'json' | 'form' | 'text';

export type BodyReason = 'body.malformed' | 'body.depth' | 'body.type';

export type ReadBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: BodyReason };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A body that is not UTF-8 is malformed in every form: a replaced character would not be what was signed. */
export function readBody(form: BodyForm, bytes: Uint8Array): ReadBody {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { ok: false, reason: 'body.malformed' };
  }
  if (form === 'json') return readJson(text);
  return { ok: true, value: form === 'text' ? text : readForm(text) };
}

/** A field that comes twice is a list. */
function readForm(text: string): Record<string, string | string[]> {
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(fields);
}

/**
 * True when the content type names another form than the source's. Senders are careless with this header, so an absent or
 * unknown one is left to the bytes.
 */
export function isOtherForm(form: BodyForm, contentType: string): boolean {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type.startsWith('multipart/')) return true;
  if (type === 'application/x-www-form-urlencoded') return form === 'json';
  if (type === 'application/json' || type.endsWith('+json')) return form === 'form';
  return false;
}
