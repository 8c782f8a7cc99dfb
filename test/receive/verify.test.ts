// A timestamped scheme against everything a forger or a careless sender may try.

import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SignatureScheme } from '../../src/plugin/signature.ts';
import { at, body, good, headers, mac, now, request, scheme, secret, verify, type Headers } from './signing.ts';

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
