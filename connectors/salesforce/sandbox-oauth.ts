// The token endpoint of the sandbox: client credentials, JWT bearer with its signature checked, refresh token.

import { generateKeyPairSync, verify, type KeyObject } from 'node:crypto';

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export interface TokenService {
  /** What the sandbox gives as settings in place of the real credentials. */
  readonly credentials: Readonly<Record<string, string>>;
  /** `base` is the address that the client used. */
  issue(form: URLSearchParams, base: string): Reply;
  isLive(token: string): boolean;
  expireAll(): void;
}

const clientId = 'sandbox-client';
const clientSecret = 'sandbox-client-secret';
const refreshToken = 'sandbox-refresh-token';
const jwtGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const maxAssertionLifeSeconds = 300;

/** Takes the kind of credentials that `settings` show; a file that hides all of them gets client credentials. */
export function createTokenService(settings: Readonly<Record<string, unknown>>, now: () => number): TokenService {
  const username = typeof settings['username'] === 'string' ? settings['username'] : undefined;
  // Made only where it is needed: a key of 2048 bits takes a noticeable time.
  const pair = username === undefined ? undefined : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const live = new Set<string>();
  let issued = 0;
  const refusal = (form: URLSearchParams, base: string): [string, string] | undefined => {
    const grant = form.get('grant_type');
    if (grant === jwtGrant) return refuseAssertion(form.get('assertion') ?? '', pair?.publicKey, username, base, now());
    if (grant !== 'client_credentials' && grant !== 'refresh_token') {
      return ['unsupported_grant_type', 'grant type not supported'];
    }
    if (form.get('client_id') !== clientId) return ['invalid_client_id', 'client identifier invalid'];
    if (form.get('client_secret') !== clientSecret) return ['invalid_client', 'invalid client credentials'];
    if (grant === 'refresh_token' && form.get('refresh_token') !== refreshToken) {
      return ['invalid_grant', 'expired access/refresh token'];
    }
    return undefined;
  };
  return {
    credentials: credentialsFor(settings, username, pair?.privateKey),
    isLive: (token) => live.has(token),
    expireAll: () => live.clear(),
    issue: (form, base) => {
      const refused = refusal(form, base);
      if (refused) return { status: 400, body: { error: refused[0], error_description: refused[1] } };
      issued += 1;
      const token = `00D000000000001!sandbox.session.${issued}`;
      live.add(token);
      return {
        status: 200,
        body: {
          access_token: token,
          instance_url: base,
          id: `${base}/id/00D000000000001EAA/005000000000001AAA`,
          token_type: 'Bearer',
          scope: 'api',
          issued_at: String(now()),
          signature: 'sandbox',
        },
      };
    },
  };
}

function credentialsFor(
  settings: Readonly<Record<string, unknown>>,
  username: string | undefined,
  key: KeyObject | undefined,
): Record<string, string> {
  if (username !== undefined && key !== undefined) {
    return { clientId, username, privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
  }
  return typeof settings['refreshToken'] === 'string'
    ? { clientId, clientSecret, refreshToken }
    : { clientId, clientSecret };
}

/** Error and description, or undefined for an assertion that is in order. */
function refuseAssertion(
  assertion: string,
  key: KeyObject | undefined,
  username: string | undefined,
  base: string,
  now: number,
): [string, string] | undefined {
  const [header = '', claims = '', signature = ''] = assertion.split('.');
  const content = Buffer.from(`${header}.${claims}`);
  const bytes = Buffer.from(signature, 'base64url');
  const { alg } = readPart(header);
  if (alg !== 'RS256' || key === undefined || !verify('RSA-SHA256', content, key, bytes)) {
    return ['invalid_grant', 'invalid assertion'];
  }
  const { iss, sub, aud, exp } = readPart(claims);
  if (iss !== clientId) return ['invalid_client_id', 'client identifier invalid'];
  if (aud !== base) return ['invalid_grant', 'audience is invalid'];
  if (sub !== username) return ['invalid_grant', "user hasn't approved this consumer"];
  const left = typeof exp === 'number' ? exp - now / 1000 : 0;
  return left > 0 && left <= maxAssertionLifeSeconds ? undefined : ['invalid_grant', 'expired authorization code'];
}

function readPart(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
