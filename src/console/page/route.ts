// Where the page is: the hash of the address, `#/events?status=ignored`.

import { useEffect, useState } from 'preact/hooks';

export interface Route {
  /** Without empty parts: `['runs', 'run_0mf…']`. */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** What every screen is given. */
export interface ScreenParts {
  readonly route: Route;
}

export function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  return {
    path: path.split('/').filter(Boolean).map(decode),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** A link inside the page; empty values of the query are left out. */
export function linkTo(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => (pair[1] ?? '') !== '');
  const search = new URLSearchParams(given).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`;
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener('hashchange', changed);
    // It may have changed between the first drawing and now.
    changed();
    return () => removeEventListener('hashchange', changed);
  }, []);
  return readRoute(hash);
}

/** Changes the address without a new entry in the history: a filter being typed is one place, not ten. */
export function replaceRoute(link: string): void {
  history.replaceState(null, '', link);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
