// How times, bytes and errors look in an answer.

import type { FromSchema } from '../../plugin/index.ts';
import type { StoredError, Time } from '../../core/model.ts';

export const time = { type: 'string', description: 'ISO 8601' } as const;
export const timeOrNull = { type: ['string', 'null'], description: 'ISO 8601' } as const;

export function iso(at: Time): string {
  return new Date(at).toISOString();
}

export function isoOrNull(at: Time | null | undefined): string | null {
  return at === null || at === undefined ? null : iso(at);
}

const errorFields = {
  name: { type: 'string' },
  message: { type: 'string' },
  code: { type: 'string' },
  causes: { type: 'array', items: { type: 'string' } },
  at: { type: 'string' },
} as const;

export const errorOrNull = {
  type: ['object', 'null'],
  properties: errorFields,
  required: ['name', 'message'],
  additionalProperties: false,
} as const;

export type ErrorView = FromSchema<typeof errorOrNull>;

export function viewError(error: StoredError | null | undefined): ErrorView {
  if (error === null || error === undefined) return null;
  const { causes, ...rest } = error;
  return causes === undefined ? rest : { ...rest, causes: [...causes] };
}

/** Bytes as text; `base64` is there only when the text alone could not give the bytes back. */
export const bytes = {
  type: 'object',
  properties: {
    text: { type: 'string', description: 'the bytes read as UTF-8, each wrong one shown as U+FFFD' },
    base64: { type: ['string', 'null'], description: 'the exact bytes, when they are no valid UTF-8' },
    truncated: { type: 'boolean', description: 'true when only the first bytes are shown' },
  },
  required: ['text', 'base64', 'truncated'],
  additionalProperties: false,
} as const;

export type BytesView = FromSchema<typeof bytes>;

const exact = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** `most`: how many bytes are shown at most. */
export function viewBytes(given: Uint8Array, most = Infinity): BytesView {
  const truncated = given.length > most;
  const shown = truncated ? given.subarray(0, most) : given;
  try {
    return { text: exact.decode(shown), base64: null, truncated };
  } catch {
    return { text: lenient.decode(shown), base64: Buffer.from(shown).toString('base64'), truncated };
  }
}
