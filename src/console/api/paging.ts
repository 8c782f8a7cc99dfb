// Lists in pages: newest first, each page naming the row that the next one starts after.

import type { Page } from '../../store/store.ts';

/** Query fields that every list takes. */
export const pageQuery = {
  limit: {
    type: 'string',
    pattern: '^([1-9]|[1-9][0-9]|1[0-9][0-9]|200)$',
    description: 'a whole number from 1 to 200',
  },
  before: {
    type: 'string',
    pattern: '^[a-z]{3}_[0-9a-z]{1,40}$',
    description: 'the "next" of the page before',
  },
} as const;

/** A filter by a name or an id; compared as it is, never interpreted. */
export const nameQuery = {
  type: 'string',
  minLength: 1,
  maxLength: 200,
  description: 'text of 1 to 200 characters',
} as const;

/** Schema of a page of these rows; `next` is the `before` of the next page, null on the last. */
export function pageOf<const S>(items: S) {
  return {
    type: 'object',
    properties: { items: { type: 'array', items }, next: { type: ['string', 'null'] } },
    required: ['items', 'next'],
    additionalProperties: false,
  } as const;
}

/** Reads one row more than asked for, so that the last page is known to be the last. */
export async function readPage<T extends { readonly id: string }, V>(
  query: { readonly limit?: string; readonly before?: string },
  read: (page: Page) => Promise<readonly T[]>,
  view: (row: T) => V,
): Promise<{ items: V[]; next: string | null }> {
  const limit = Number(query.limit ?? 50);
  const rows = await read({ limit: limit + 1, before: query.before });
  const shown = rows.slice(0, limit);
  return { items: shown.map(view), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
}
