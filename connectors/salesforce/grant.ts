// Chooses the OAuth grant that the settings have the credentials for, and writes its token request.

import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { ConnectionError } from 'hookline/plugin';
import { defaultLoginUrl, type Settings } from './settings.ts';

export type TokenRequest = { grant_type: string; [name: string]: string };

const assertionLifeSeconds = 180;

/** Gives a fresh token request each time it is called. Throws `ConnectionError` when the settings hold no complete credentials. */
export function createGrant(settings: Settings, now: () => number): () => TokenRequest {
  const { clientId, clientSecret, username, privateKey, refreshToken } = settings;
  const secret = clientSecret === undefined ? {} : { client_secret: clientSecret };
  if (refreshToken !== undefined) {
    return () => ({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, ...secret });
  }
  if (privateKey !== undefined && username !== undefined) {
    const key = readKey(privateKey);
    const claims = { iss: clientId, sub: username, aud: audienceOf(settings.loginUrl ?? defaultLoginUrl) };
    return () => ({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: signJwt({ ...claims, exp: Math.floor(now() / 1000) + assertionLifeSeconds }, key),
    });
  }
  if (clientSecret !== undefined) {
    return () => ({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret });
  }
  throw new ConnectionError(
    'the connection has no complete Salesforce credentials; set "clientSecret", or "username" and "privateKey", or "refreshToken"',
  );
}

/** An environment variable often carries the key's line breaks as `\n`. */
function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem.replaceAll('\\n', '\n'));
  } catch {
    throw new ConnectionError(
      '"privateKey" is not an unencrypted PEM private key; export it with its BEGIN and END lines',
    );
  }
}

/** Salesforce wants the name of its login service here, also when the token is asked for at a "My Domain" address. */
function audienceOf(loginUrl: string): string {
  const { hostname, origin } = new URL(loginUrl);
  if (!hostname.endsWith('.my.salesforce.com')) return origin;
  return hostname.endsWith('.sandbox.my.salesforce.com')
    ? 'https://test.salesforce.com'
    : 'https://login.salesforce.com';
}

function signJwt(claims: Record<string, unknown>, key: KeyObject): string {
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const content = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${sign('RSA-SHA256', Buffer.from(content), key).toString('base64url')}`;
}
