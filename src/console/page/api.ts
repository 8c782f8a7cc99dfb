// Talks to the admin API of the same origin; the browser's cookie says who asks.

/** An answer that is not good, in the words of the server. */
export interface Failure {
  /** 0: no answer came. */
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly help: string;
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export type Query = Readonly<Record<string, string | undefined>>;

export function get<T>(path: string, query: Query = {}): Promise<Answer<T>> {
  return call<T>(withQuery(path, query), { method: 'GET' });
}

/** The header shows that the page asks, not a form of another site. */
export function post<T>(path: string, body: unknown = {}): Promise<Answer<T>> {
  const headers = { 'content-type': 'application/json', 'x-hookline-console': '1' };
  return call<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => (pair[1] ?? '') !== '');
  const search = new URLSearchParams(given).toString();
  return search === '' ? path : `${path}?${search}`;
}

async function call<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  try {
    const response = await fetch(`./api${path}`, { ...init, credentials: 'same-origin', cache: 'no-store' });
    const value = (await response.json()) as T & { readonly error?: Omit<Failure, 'status'> };
    if (response.ok) return { ok: true, value };
    const { code = 'unknown', message = 'The server gave no reason', help = '' } = value.error ?? {};
    return { ok: false, failure: { status: response.status, code, message, help } };
  } catch {
    return { ok: false, failure: unreachable };
  }
}

const unreachable: Failure = {
  status: 0,
  code: 'unreachable',
  message: 'Hookline does not answer',
  help: 'The page goes on by itself as soon as it does.',
};
