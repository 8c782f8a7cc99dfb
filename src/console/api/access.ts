// Who may ask: a bearer token for programs, a signed cookie for the browser; viewers look, operators act.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export type Role = 'viewer' | 'operator';

export interface Tokens {
  readonly operator: string;
  /** Empty: there are no viewers. */
  readonly viewer: string;
  /** Signs in an operator from a link of this machine, as `dev` prints it; empty: there is none. */
  readonly code: string;
}

export interface Request {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface Access {
  /** Null: nobody who may ask. */
  roleOf(request: Request): Role | null;
  /** The role that a token or a code gives. */
  roleOfToken(token: string): Role | null;
  /** Value of the `set-cookie` header that signs this browser in. */
  cookieFor(role: Role): string;
}

export const sessionCookie = 'hookline_session';

/** Clears the cookie. */
export const noCookie = `${sessionCookie}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`;

const sessionMs = 12 * 3_600_000;

/** Tokens are compared as hashes, in constant time; only their hashes are kept. */
export function createAccess(tokens: Tokens, clock: () => number): Access {
  const known = [
    ['operator', tokens.operator],
    ['viewer', tokens.viewer],
    ['operator', tokens.code],
  ] as const;
  const hashes = known.filter(([, token]) => token !== '').map(([role, token]) => [role, hash(token)] as const);
  // Made from the token: a restart keeps browsers signed in, a new token signs them out.
  const key = createHmac('sha256', tokens.operator).update('console session').digest();
  const sign = (text: string) => createHmac('sha256', key).update(text).digest('base64url');

  const roleOfToken = (token: string): Role | null => {
    const given = hash(token);
    return hashes.find(([, one]) => timingSafeEqual(one, given))?.[0] ?? null;
  };
  const roleOfCookie = (cookie: string): Role | null => {
    const [, text = '', signature = ''] = /(?:^|; *)hookline_session=([a-z]+\.\d+)\.([\w-]+)/.exec(cookie) ?? [];
    const [role = '', until = ''] = text.split('.');
    if (!timingSafeEqual(hash(sign(text)), hash(signature)) || Number(until) < clock()) return null;
    return role === 'viewer' || role === 'operator' ? role : null;
  };
  return {
    roleOfToken,
    roleOf: ({ method, headers }) => {
      const { authorization, cookie } = headers;
      if (typeof authorization === 'string') return roleOfToken(/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '');
      const role = typeof cookie === 'string' ? roleOfCookie(cookie) : null;
      return role !== null && (method === 'GET' || fromOurPage(headers)) ? role : null;
    },
    cookieFor: (role) => {
      const text = `${role}.${clock() + sessionMs}`;
      return `${sessionCookie}=${text}.${sign(text)}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${sessionMs / 1000}`;
    },
  };
}

/** A change by cookie needs a header that another site cannot set, and an origin that is ours. */
export function fromOurPage(headers: Request['headers']): boolean {
  const { origin, host } = headers;
  if (headers['x-hookline-console'] !== '1') return false;
  if (typeof origin !== 'string' || typeof host !== 'string') return false;
  return URL.parse(origin)?.host === host;
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
