import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signRequest, type RawRequest, type SignatureScheme, type Verdict } from '../../src/plugin/signature.ts';
import { findKeyFault } from '../../src/receive/key.ts';
import { createVerify } from '../../src/receive/verify.ts';

function verify(scheme: SignatureScheme, asked: RawRequest, secrets: readonly string[], at: number): Verdict {
  return createVerify(scheme, secrets)(asked, at);
}

const now = 1_774_000_000_000;
const secret = 'whsec_9f2d4c6e8a0b1c3d5e7f';
const body = Buffer.from('{"event":"call.ended","data":{"call":{"callId":"c1"}}}');

/** Time in its own header, key the whole text: the plainest of the timestamped schemes. */
const scheme: SignatureScheme = {
  algorithm: 'hmac-sha256',
  signature: { header: 'X-Acme-Signature' },
  content: '{timestamp}.{body}',
  timestamp: { header: 'X-Acme-Timestamp', unit: 's', tolerance: 300 },
};

type Headers = readonly (readonly [string, string])[];

function request(headers: Headers, given: Uint8Array = body): RawRequest {
  const map = new Map<string, string[]>();
  for (const [name, value] of headers) map.set(name.toLowerCase(), [...(map.get(name.toLowerCase()) ?? []), value]);
  return { method: 'POST', url: '/webhooks/acme', headers: map, body: given };
}

const mac = (content: string | Uint8Array, key = secret) => createHmac('sha256', key).update(content).digest();
const at = (seconds: number) => String(now / 1000 + seconds);
const good = (time = at(0), given: Uint8Array = body) =>
  mac(Buffer.concat([Buffer.from(`${time}.`), given])).toString('hex');
const headers = (signature: string, time = at(0)): Headers => [
  ['X-Acme-Signature', signature],
  ['X-Acme-Timestamp', time],
];
const verdict = (list: Headers, given: Uint8Array = body, secrets: readonly string[] = [secret]) => {
  const result = verify(scheme, request(list, given), secrets, now);
  return result.ok ? 'ok' : result.reason;
};

describe('a signed request', () => {
  it('is accepted when signature, secret and time are right', () => {
    expect(verify(scheme, request(headers(good())), ['another', secret], now)).toEqual({ ok: true, secret: 1 });
  });

  it('is judged by its bytes, pretty-printed or not UTF-8', () => {
    const pretty = Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 2));
    expect(verdict(headers(good(at(0), pretty)), pretty)).toBe('ok');
    const invalid = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
    expect(verdict(headers(good(at(0), invalid)), invalid)).toBe('ok');
  });

  it.each<[string, string, Headers, Uint8Array?, (readonly string[])?]>([
    ['1 no header', 'signature.missing', [['X-Acme-Timestamp', at(0)]]],
    ['2 empty header', 'signature.missing', headers('')],
    ['3 two headers', 'signature.malformed', [...headers(good()), ['x-acme-signature', good()]]],
    ['4 good and bad joined by a comma', 'signature.malformed', headers(`${good()}, ${'0'.repeat(64)}`)],
    ['5 right form, wrong body', 'signature.mismatch', headers(good(at(0), Buffer.from('{}')))],
    [
      '6 body serialised again',
      'signature.mismatch',
      headers(good()),
      Buffer.from(body.toString().replaceAll(':', ': ')),
    ],
    ['7 newline added', 'signature.mismatch', headers(good()), Buffer.concat([body, Buffer.from('\n')])],
    ['8 byte order mark added', 'signature.mismatch', headers(good()), Buffer.concat([Buffer.from('\ufeff'), body])],
    ['9 one digit less', 'signature.malformed', headers(good().slice(1))],
    ['10 one digit more', 'signature.malformed', headers(`${good()}0`)],
    ['10b two digits more', 'signature.malformed', headers(`${good()}00`)],
    ['10c a valid digest and rubbish', 'signature.malformed', headers(`${good()}zz`)],
    ['12 base64 of the right digest', 'signature.malformed', headers(Buffer.from(good(), 'hex').toString('base64'))],
    ['13 sha1= before it', 'signature.malformed', headers(`sha1=${good()}`)],
    ['13b none= before it', 'signature.malformed', headers(`none=${good()}`)],
    ['14 blank before it', 'signature.malformed', headers(` ${good()}`)],
    ['14b blank after it', 'signature.malformed', headers(`${good()} `)],
    [
      '15 full-width digits',
      'signature.malformed',
      headers(good().replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))),
    ],
    ['16 a header of 1 MB', 'signature.malformed', headers('a'.repeat(1_000_000))],
    ['17 digest without the timestamp', 'signature.mismatch', headers(mac(body).toString('hex'))],
    ['18 the separator moved', 'signature.malformed', headers(mac('1.2.{}').toString('hex'), '1.2'), Buffer.from('{}')],
    [
      '18b the separator moved into the body',
      'signature.mismatch',
      headers(mac(`${at(0)}.5.{}`).toString('hex'), at(0)),
      Buffer.from('.5.{}'),
    ],
    ['19 a secret that was taken away', 'signature.mismatch', headers(good()), body, ['whsec_new']],
    [
      '20 the secret of another source',
      'signature.mismatch',
      headers(mac(Buffer.concat([Buffer.from(`${at(0)}.`), body]), 'other').toString('hex')),
    ],
    [
      '21 an empty secret',
      'signature.mismatch',
      headers(
        createHmac('sha256', '')
          .update(`${at(0)}.`)
          .update(body)
          .digest('hex'),
      ),
      body,
      [''],
    ],
    ['21b no secret at all', 'signature.mismatch', headers(good()), body, []],
    ['22 compressed after signing', 'signature.mismatch', headers(good()), Buffer.from([0x1f, 0x8b, 0x08, 0x00])],
    ['23 no timestamp', 'signature.missing', [['X-Acme-Signature', good()]]],
    ['24 timestamp -1', 'signature.malformed', headers(good('-1'), '-1')],
    ['25 timestamp 0', 'signature.stale', headers(good('0'), '0')],
    ['26 timestamp 1e9', 'signature.malformed', headers(good('1e9'), '1e9')],
    ['27 timestamp in hex', 'signature.malformed', headers(good('0x69bce180'), '0x69bce180')],
    ['28 milliseconds', 'signature.future', headers(good(String(now)), String(now))],
    ['29 a fraction', 'signature.malformed', headers(good(`${at(0)}.5`), `${at(0)}.5`)],
    ['29b digits and letters', 'signature.malformed', headers(good(`${at(0)}abc`), `${at(0)}abc`)],
    ['29c a sign', 'signature.malformed', headers(good(`+${at(0)}`), `+${at(0)}`)],
    ['30 a second too far ahead', 'signature.future', headers(good(at(301)), at(301))],
    ['31 a second too old', 'signature.stale', headers(good(at(-301)), at(-301))],
    ['33 twenty digits', 'signature.malformed', headers(good('17740000000000000000'), '17740000000000000000')],
    ['34 NaN', 'signature.malformed', headers(good('NaN'), 'NaN')],
    ['35 two timestamps', 'signature.malformed', [...headers(good()), ['X-Acme-Timestamp', at(0)]]],
    [
      '35b two timestamps in one header',
      'signature.malformed',
      headers(good(`${at(0)}, ${at(0)}`), `${at(0)}, ${at(0)}`),
    ],
    ['36 blanks around the timestamp', 'signature.malformed', headers(good(` ${at(0)} `), ` ${at(0)} `)],
  ])('is refused: %s', (_case, reason, list, given = body, secrets = [secret]) => {
    expect(verdict(list, given, secrets)).toBe(reason);
  });

  it('takes upper-case hex, which is the same digest', () => {
    expect(verdict(headers(good().toUpperCase()))).toBe('ok');
  });

  it('has a window with exact edges on both sides', () => {
    const ago = (ms: number) => {
      const result = verify(scheme, request(headers(good())), [secret], now + ms);
      return result.ok ? 'ok' : result.reason;
    };
    expect([ago(300_000), ago(300_001), ago(-300_000), ago(-300_001)]).toEqual([
      'ok',
      'signature.stale',
      'ok',
      'signature.future',
    ]);
  });

  it('says mismatch, not stale, when an old request is not truly signed', () => {
    expect(verdict(headers('0'.repeat(64), at(-9000)))).toBe('signature.mismatch');
  });

  it('signs the text of the timestamp header, not a number printed again', () => {
    const padded = `0${at(0)}`;
    expect(verdict(headers(good(), padded))).toBe('signature.mismatch');
    expect(verdict(headers(good(padded), padded))).toBe('ok');
  });

  it('never makes the verifier throw, whatever the headers and bytes are', () => {
    const schemes: SignatureScheme[] = [
      scheme,
      { algorithm: 'token', signature: { header: 's' } },
      { algorithm: 'ed25519', signature: { header: 's', encoding: 'base64' }, key: { form: 'raw-base64' } },
      { algorithm: 'ecdsa-p256', signature: { header: 's', encoding: 'base64' }, key: { form: 'spki-base64' } },
      {
        algorithm: 'hmac-sha256',
        signature: { header: 's', encoding: 'base64', itemSeparator: ' ', keySeparator: ',', key: 'v1' },
        timestamp: { header: 't', unit: 'iso' },
        id: { header: 'i' },
        content: '{id}.{timestamp}.{url}{method}{secret}{body}',
      },
    ];
    const anyHeaders = fc.dictionary(
      fc.constantFrom('s', 't', 'i', 'x-acme-signature'),
      fc.array(fc.string({ unit: 'binary' })),
    );
    fc.assert(
      fc.property(
        anyHeaders,
        fc.uint8Array(),
        fc.array(fc.string()),
        fc.constantFrom(...schemes),
        (given, bytes, secrets, any) => {
          const result = verify(
            any,
            { method: 'POST', url: '/', headers: new Map(Object.entries(given)), body: bytes },
            secrets,
            now,
          );
          expect(result.ok).toBeTypeOf('boolean');
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('times as ISO 8601', () => {
  const iso: SignatureScheme = { ...scheme, timestamp: { header: 'X-Acme-Timestamp', unit: 'iso', tolerance: 60 } };
  const judge = (time: string) => {
    const result = verify(iso, request(headers(good(time), time)), [secret], Date.parse('2026-03-01T10:00:00Z'));
    return result.ok ? 'ok' : result.reason;
  };

  it.each([
    ['2026-03-01T10:00:00Z', 'ok'],
    ['2026-03-01T09:59:00.000Z', 'ok'],
    ['2026-03-01T09:58:59.999Z', 'signature.stale'],
    ['2026-03-01T11:00:30.123456+01:00', 'ok'],
    ['2026-03-01T10:01:00.001Z', 'signature.future'],
    ['2026-03-01T10:00:00', 'signature.malformed'],
    ['2026-02-30T10:00:00Z', 'signature.malformed'],
    ['2026-03-01', 'signature.malformed'],
    ['March 1, 2026 10:00:00 UTC', 'signature.malformed'],
    ['1772359200', 'signature.malformed'],
  ])('%s is %s', (time, expected) => {
    expect(judge(time)).toBe(expected);
  });
});

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
