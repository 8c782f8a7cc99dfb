// Lists in pages: newest first, each page naming the row that the next one starts after.

import { HostError } from '../../core/errors.ts';
import { startOfId, type IdPrefix } from '../../core/id.ts';
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

const moment = {
  type: 'string',
  pattern: String.raw`^([1-9]\d{0,5}[smhd]|\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?)$`,
  description: 'a time such as 2026-11-23 or 2026-11-23T21:45:00Z, or how long ago, such as 15m, 2h or 7d',
} as const;

/** Bounds of a list by time, and a search for an id. */
export const rangeQuery = {
  from: { ...moment, description: `${moment.description}; the list ends there` },
  to: { ...moment, description: `${moment.description}; the list begins before it` },
  id: {
    type: 'string',
    pattern: '^[a-z]{3}_[0-9a-z]{0,40}$',
    description: 'an id, or what it begins with, such as evt_01m855',
  },
} as const;

export interface Range {
  readonly from?: string;
  readonly to?: string;
  readonly id?: string;
  readonly before?: string;
}

/** The ends of a list as ids: they begin with their time. */
export function boundsOf(
  prefix: IdPrefix,
  { from, to, id, before }: Range,
  now: number,
): Pick<Page, 'from' | 'before'> {
  const at = (name: string, given: string | undefined) => (given === undefined ? [] : [timeOf(name, given, now)]);
  const [since, until] = [at('from', from), at('to', to)];
  if (since.some((time) => until.some((end) => time >= end)))
    throw new HostError('input.invalid', {
      what: `nothing is between "from" ${from} and "to" ${to}: the first is not before the second`,
    });
  const ids = (times: readonly number[]) => times.map((time) => startOfId(prefix, time));
  const first = [...ids(since), ...(id === undefined ? [] : [id])].toSorted().at(-1);
  const last = [...ids(until), ...(id === undefined ? [] : [`${id}~`]), ...(before === undefined ? [] : [before])];
  return { from: first, before: last.toSorted()[0] };
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function timeOf(name: string, given: string, now: number): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(given) ?? [];
  const at = count === undefined ? Date.parse(given) : now - Number(count) * (units[unit] ?? 0);
  if (Number.isNaN(at)) throw new HostError('input.invalid', { what: `filter "${name}" is no time: "${given}"` });
  return Math.max(0, at);
}

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
  query: { readonly limit?: string } & Pick<Page, 'before' | 'from'>,
  read: (page: Page) => Promise<readonly T[]>,
  view: (row: T) => V,
): Promise<{ items: V[]; next: string | null }> {
  const limit = Number(query.limit ?? 50);
  const rows = await read({ limit: limit + 1, before: query.before, from: query.from });
  const shown = rows.slice(0, limit);
  return { items: shown.map(view), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
}
