// Reads an answer: its size limited, its body as a value where it is JSON.

import { PermanentError, UnknownOutcomeError } from 'hookline/plugin';

export interface Answer {
  readonly status: number;
  /** Lower-case names; cookies are left out. */
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

/** The whole body as text. Rejects when it is larger than `limit`; `harmless`: asking again changes nothing. */
export async function readText(response: Response, limit: number, harmless: boolean): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limit) {
      const message = `the answer is larger than ${limit} bytes; raise "maxResponseBytes"`;
      throw harmless ? new PermanentError(message) : new UnknownOutcomeError(message);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The first part of the body of an answer that says no; empty when it cannot be read. */
export async function readExcerpt(response: Response): Promise<string> {
  try {
    const text = await readText(response, 65_536, true);
    return text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
  } catch {
    return '';
  }
}

export function answerOf(response: Response, text: string, expectJson: boolean): Answer {
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'set-cookie'));
  const isJson = /^[^;]*[/+]json\s*(?:;|$)/i.test(headers['content-type'] ?? '');
  const parsed = isJson || expectJson ? parseJson(text) : undefined;
  if (expectJson && parsed === undefined) {
    throw new UnknownOutcomeError(`the answer ${response.status} is not the JSON that "expectJson" asks for`);
  }
  return { status: response.status, headers, body: parsed === undefined ? text : parsed.value };
}

/** Undefined when it is no JSON. What a number cannot hold, such as a 20-digit id, is kept as text. */
function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text, keepDigits) as unknown };
  } catch {
    return undefined;
  }
}

function keepDigits(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined) return value;
  return /^-?\d+$/.test(source) || !Number.isFinite(value) ? source : value;
}
