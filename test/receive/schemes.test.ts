// The forms of signature that senders use, and schemes that cannot work.

import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signRequest, type SignatureScheme } from '../../src/plugin/signature.ts';
import { findKeyFault } from '../../src/receive/key.ts';
import { at, body, good, headers, mac, now, request, scheme, secret, verify } from './signing.ts';

describe('the header forms of other senders', () => {
  it("verifies GitHub's published vector", () => {
    const github: SignatureScheme = {
      algorithm: 'hmac-sha256',
      signature: { header: 'X-Hub-Signature-256', prefix: 'sha256=' },
    };
    const published = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const asked = request([['X-Hub-Signature-256', published]], Buffer.from('Hello, World!'));
    expect(verify(github, asked, ["It's a Secret to Everybody"], now)).toEqual({ ok: true, secret: 0 });
    const other = request([['X-Hub-Signature-256', published]], Buffer.from('Hello, World?'));
    expect(verify(github, other, ["It's a Secret to Everybody"], now)).toEqual({
      ok: false,
      reason: 'signature.mismatch',
    });
  });

  it('takes any of several signatures in one header, of the named key only', () => {
    const stripe: SignatureScheme = {
      algorithm: 'hmac-sha256',
      signature: { header: 'S', itemSeparator: ',', keySeparator: '=', key: 'v1' },
      content: '{timestamp}.{body}',
      timestamp: { item: 't', unit: 's' },
    };
    const judge = (header: string) => {
      const result = verify(stripe, request([['S', header]]), [secret], now);
      return result.ok ? 'ok' : result.reason;
    };
    const bad = '0'.repeat(64);
    expect(judge(`t=${at(0)},v1=${bad},v1=${good()},v0=x`)).toBe('ok');
    expect(judge(`t=${at(0)}, v1=${good()}`)).toBe('ok');
    expect(judge(`t=${at(0)},v0=${good()}`)).toBe('signature.missing');
    expect(judge(`v1=${good()}`)).toBe('signature.missing');
    expect(judge(`t=${at(0)},t=${at(0)},v1=${good()}`)).toBe('signature.malformed');
    expect(judge(`t=${at(0)},v1=${good()},`)).toBe('signature.malformed');
    expect(judge(`t=${at(0)},${Array(40).fill(`v1=${bad}`).join(',')},v1=${good()}`)).toBe('signature.malformed');
  });

  it('takes a plain list of signatures', () => {
    const listed: SignatureScheme = {
      ...scheme,
      signature: { header: 'X-Acme-Signature', itemSeparator: ',' },
    };
    expect(verify(listed, request(headers(`${'0'.repeat(64)},${good()}`)), [secret], now).ok).toBe(true);
    expect(verify(listed, request(headers(`${'0'.repeat(64)},${good()}x`)), [secret], now).ok).toBe(false);
  });

  it('compares a token as it is, or the decoded half of a basic authorization', () => {
    const token: SignatureScheme = { algorithm: 'token', signature: { header: 'X-Token' } };
    expect(verify(token, request([['X-Token', secret]]), [secret], now).ok).toBe(true);
    expect(verify(token, request([['X-Token', `${secret}x`]]), [secret], now).ok).toBe(false);
    const basic: SignatureScheme = {
      algorithm: 'token',
      signature: { header: 'Authorization', prefix: 'Basic ', encoding: 'base64' },
    };
    const sent = `Basic ${Buffer.from('hook:pass').toString('base64')}`;
    expect(verify(basic, request([['Authorization', sent]]), ['hook:pass'], now).ok).toBe(true);
    expect(verify(basic, request([['Authorization', sent]]), ['hook:word'], now).ok).toBe(false);
  });

  it('refuses base64 that is not written in the one canonical way', () => {
    const shop: SignatureScheme = { algorithm: 'hmac-sha256', signature: { header: 'S', encoding: 'base64' } };
    const text = mac(body).toString('base64');
    const judge = (value: string) => verify(shop, request([['S', value]]), [secret], now).ok;
    expect(judge(text)).toBe(true);
    expect(
      [text.slice(0, -1), text.replace('=', '=='), `${text}\n`, mac(body).toString('base64url')].map(judge),
    ).toEqual([false, false, false, false]);
  });

  it('verifies ed25519 and ecdsa-p256 with keys in every form', () => {
    const ed = generateKeyPairSync('ed25519');
    const edSpki = ed.publicKey.export({ format: 'der', type: 'spki' });
    const edRaw = edSpki.subarray(-32);
    const edScheme = (key: SignatureScheme['key']): SignatureScheme => ({
      algorithm: 'ed25519',
      signature: { header: 'S', encoding: 'hex' },
      content: '{body}',
      ...(key ? { key } : {}),
    });
    const edSigned = request([['S', sign(null, body, ed.privateKey).toString('hex')]]);
    expect(verify(edScheme({ form: 'raw-hex' }), edSigned, [edRaw.toString('hex')], now).ok).toBe(true);
    expect(
      verify(
        edScheme({ form: 'raw-base64', stripPrefix: 'whpk_' }),
        edSigned,
        [`whpk_${edRaw.toString('base64')}`],
        now,
      ).ok,
    ).toBe(true);
    expect(verify(edScheme({ form: 'spki-base64' }), edSigned, [edSpki.toString('base64')], now).ok).toBe(true);
    expect(
      verify(
        edScheme({ form: 'text' }),
        edSigned,
        [ed.publicKey.export({ format: 'pem', type: 'spki' }).toString()],
        now,
      ).ok,
    ).toBe(true);
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
    expect(verify(edScheme({ form: 'spki-base64' }), edSigned, [other.toString('base64')], now).ok).toBe(false);

    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const spki = ec.publicKey.export({ format: 'der', type: 'spki' });
    const ecScheme: SignatureScheme = {
      algorithm: 'ecdsa-p256',
      signature: { header: 'S', encoding: 'base64' },
      key: { form: 'spki-base64' },
    };
    const ecSigned = request([['S', sign('sha256', body, ec.privateKey).toString('base64')]]);
    expect(verify(ecScheme, ecSigned, [spki.toString('base64')], now).ok).toBe(true);
    expect(
      verify({ ...ecScheme, key: { form: 'raw-hex' } }, ecSigned, [spki.subarray(-65).toString('hex')], now).ok,
    ).toBe(true);
    expect(verify(ecScheme, { ...ecSigned, body: Buffer.from('{}') }, [spki.toString('base64')], now).ok).toBe(false);
  });

  it('verifies a plain digest, url and method in the content', () => {
    const hubspot: SignatureScheme = {
      algorithm: 'sha256',
      signature: { header: 'S' },
      content: '{secret}{method}{url}{body}',
    };
    const signed = signRequest(hubspot, {
      body,
      secret,
      now,
      id: '',
      url: 'https://example.com/hook?a=1',
      method: 'POST',
    });
    const asked = { ...request(Object.entries(signed)), url: 'https://example.com/hook?a=1' };
    expect(verify(hubspot, asked, [secret], now).ok).toBe(true);
    expect(verify(hubspot, { ...asked, url: 'https://example.com/hook?a=2' }, [secret], now).ok).toBe(false);
  });

  it('verifies what signRequest signs, in every form', () => {
    const forms: SignatureScheme[] = [
      scheme,
      { ...scheme, timestamp: { header: 'T', unit: 'iso' } },
      {
        ...scheme,
        timestamp: { header: 'T', unit: 'ms' },
        signature: { header: 'S', encoding: 'base64', prefix: 'v0=' },
      },
      {
        ...scheme,
        algorithm: 'hmac-sha512',
        key: { form: 'base64', stripPrefix: 'whsec_' },
        id: { header: 'I' },
        content: '{id}.{timestamp}.{body}',
      },
      {
        algorithm: 'hmac-sha1',
        signature: { header: 'S', itemSeparator: ';', keySeparator: '=', key: 'h1' },
        content: '{timestamp}:{body}',
        timestamp: { item: 'ts', unit: 's' },
      },
      { algorithm: 'token', signature: { header: 'S', prefix: 'Bearer ' } },
    ];
    const base64 = `whsec_${Buffer.from('a signing secret').toString('base64')}`;
    for (const form of forms) {
      const signed = signRequest(form, { body, secret: base64, now, id: 'msg_1', url: '/', method: 'POST' });
      expect(verify(form, request(Object.entries(signed)), ['other', base64], now)).toEqual({ ok: true, secret: 1 });
    }
  });
});

describe('a scheme and its secrets', () => {
  it.each<[string, SignatureScheme, string, RegExp | null]>([
    ['is fine', scheme, secret, null],
    [
      'has no timestamp to sign',
      { algorithm: 'hmac-sha256', signature: { header: 'S' }, content: '{timestamp}{body}' },
      secret,
      /no timestamp/,
    ],
    [
      'has no id to sign',
      { algorithm: 'hmac-sha256', signature: { header: 'S' }, content: '{id}{body}' },
      secret,
      /no id/,
    ],
    ['has a timestamp nowhere', { ...scheme, timestamp: { unit: 's' } }, secret, /"header" or an "item"/],
    ['has an empty secret', scheme, '', /secret 1/],
    ['has a prefix for a secret', { ...scheme, key: { stripPrefix: 'whsec_' } }, 'whsec_', /secret 1/],
    ['has a secret that is no hex', { ...scheme, key: { form: 'hex' } }, 'xyz', /secret 1/],
    [
      'has a secret that is no public key',
      { ...scheme, algorithm: 'ed25519', key: { form: 'raw-hex' } },
      'abcd',
      /public key/,
    ],
  ])('says before any request that it %s', (_case, given, key, expected) => {
    const fault = findKeyFault(given, [key]);
    if (expected === null) expect(fault).toBeNull();
    else expect(fault).toMatch(expected);
  });
});
