// Where a request goes: the URL, and what of the connection's headers and credentials may go along.

import { PermanentError } from 'hookline/plugin';
import type { Client } from './settings.ts';

export type QueryValue = string | number | boolean;

export interface Place {
  readonly url?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, QueryValue | readonly QueryValue[]>>;
}

/** The URL that a step means; credentials are not in it yet. */
export function resolveUrl(client: Client, place: Place): URL {
  const url = place.url === undefined ? below(client.base, place.path) : whole(place.url, place.path);
  for (const [name, given] of Object.entries(place.query ?? {})) {
    for (const value of [given].flat()) url.searchParams.append(name, String(value));
  }
  return url;
}

function whole(url: string, path: string | undefined): URL {
  if (path !== undefined) throw new PermanentError('the input has both "url" and "path"; give one of them');
  const parsed = URL.parse(url);
  if (parsed === null)
    throw new PermanentError(`"${url.slice(0, 200)}" is no URL; write one such as https://example.com/`);
  return parsed;
}

function below(base: URL | undefined, path: string | undefined): URL {
  if (path === undefined) throw new PermanentError('the input has neither "url" nor "path"; give one of them');
  if (base === undefined) {
    throw new PermanentError('"path" needs a connection with "baseUrl"; declare one, or give the whole "url"');
  }
  const [steps = ''] = path.split(/[?#]/, 1);
  // Also in their encoded forms these are taken out by every URL parser, and lead to another place.
  if (/(?:^|[/\\])(?:\.|%2e){1,2}(?:[/\\]|$)/i.test(steps)) {
    throw new PermanentError(`"${path.slice(0, 200)}" has a "." or ".." segment; a path must name what it means`);
  }
  return new URL(`${base.href.replace(/\/$/, '')}/${path.replace(/^\//, '')}`);
}

/** Whether credentials and default headers may go there. */
export function isOwn(client: Client, url: URL): boolean {
  return client.base === undefined || client.base.origin === url.origin;
}

/** Adds the connection's credentials to a request for its own origin. */
export function authorize(client: Client, url: URL, headers: Headers): URL {
  const { auth } = client;
  const signed = new URL(url);
  if (client.base?.origin !== url.origin) return signed;
  if (auth.kind === 'bearer') headers.set('authorization', `Bearer ${auth.token}`);
  if (auth.kind === 'basic') {
    headers.set('authorization', `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}`);
  }
  if (auth.kind === 'api-key' && auth.in === 'header') headers.set(auth.name, auth.value);
  if (auth.kind === 'api-key' && auth.in === 'query') signed.searchParams.set(auth.name, auth.value);
  return signed;
}

/** The URL as it is shown: a query may hold what nobody should read. */
export function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
