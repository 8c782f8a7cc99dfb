// The presets that sign with a timestamp, an id or neither.

import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import github from '../../../connectors/github/source.ts';
import standardWebhooks from '../../../connectors/standard-webhooks/source.ts';
import stripe from '../../../connectors/stripe/source.ts';
import truedy from '../../../connectors/truedy/source.ts';
import { ask, hmac, seconds } from './ask.ts';

describe('truedy', () => {
  const body = '{\n  "event": "call.ended",\n  "data": { "call": { "callId": "c1" } }\n}';
  // Looks like base64 after its prefix, and is text.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const headers = { 'X-Truedy-Timestamp': seconds, 'X-Truedy-Signature': hmac(`${seconds}.${body}`, secret) };

  it('verifies with the whole secret as text, for five minutes both ways', () => {
    const asked = { source: truedy, body, headers, secrets: [secret] };
    expect(ask(asked)).toMatchObject({ type: 'call.ended', key: 'call.ended:c1' });
    expect(ask({ ...asked, later: 300_000 })).toMatchObject({ type: 'call.ended' });
    expect(ask({ ...asked, later: 300_001 })).toBe('signature.stale');
    expect(ask({ ...asked, later: -300_001 })).toBe('signature.future');
    expect(ask({ ...asked, body: JSON.stringify(JSON.parse(body)) })).toBe('signature.mismatch');
  });
});

describe('standard-webhooks', () => {
  const key = Buffer.from('0123456789abcdef01234567');
  const secret = `whsec_${key.toString('base64')}`;
  const body = '{"type":"user.created","timestamp":"2026-03-20T09:46:40Z","data":{"id":"u1"}}';
  const headers = (signature: string) => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': seconds,
    'webhook-signature': signature,
  });
  const good = `v1,${hmac(`msg_1.${seconds}.${body}`, key, 'base64')}`;

  it('verifies with the decoded key, with or without its prefix, among several signatures', () => {
    const found = { type: 'user.created', key: 'user.created:msg_1', time: '2026-03-20T09:46:40Z', data: { id: 'u1' } };
    expect(ask({ source: standardWebhooks, body, headers: headers(good), secrets: [secret] })).toEqual(found);
    expect(ask({ source: standardWebhooks, body, headers: headers(good), secrets: [key.toString('base64')] })).toEqual(
      found,
    );
    const bad = `v1,${hmac('other', key, 'base64')}`;
    expect(
      ask({ source: standardWebhooks, body, headers: headers(`${bad} v1a,AAAA ${good}`), secrets: [secret] }),
    ).toEqual(found);
    expect(ask({ source: standardWebhooks, body, headers: headers(bad), secrets: [secret] })).toBe(
      'signature.mismatch',
    );
  });

  it('signs the id, so that it cannot be changed', () => {
    const changed = { ...headers(good), 'webhook-id': 'msg_2' };
    expect(ask({ source: standardWebhooks, body, headers: changed, secrets: [secret] })).toBe('signature.mismatch');
  });

  it('verifies the asymmetric version with a public key', () => {
    const pair = generateKeyPairSync('ed25519');
    const raw = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    const signature = `v1a,${sign(null, Buffer.from(`msg_1.${seconds}.${body}`), pair.privateKey).toString('base64')}`;
    const asked = {
      source: standardWebhooks,
      body,
      headers: headers(signature),
      secrets: [`whpk_${raw.toString('base64')}`],
    };
    expect(ask({ ...asked, settings: { version: 'v1a' } })).toMatchObject({ type: 'user.created' });
    expect(ask({ ...asked, body: `${body} `, settings: { version: 'v1a' } })).toBe('signature.mismatch');
  });

  it('says at once that a secret is no key', () => {
    expect(ask({ source: standardWebhooks, body, headers: headers(good), secrets: ['whsec_not base64!'] })).toMatch(
      /secret 1/,
    );
  });
});

describe('github', () => {
  const secret = "It's a Secret to Everybody";
  const body = '{"action":"opened","issue":{"number":1}}';
  const headers = {
    'X-Hub-Signature-256': `sha256=${hmac(body, secret)}`,
    'X-GitHub-Event': 'issues',
    'X-GitHub-Delivery': 'd-1',
  };

  it('has the event and its action as type, and the delivery as id', () => {
    expect(ask({ source: github, body, headers, secrets: [secret] })).toEqual({
      type: 'issues.opened',
      key: 'issues.opened:d-1',
      time: null,
      data: { action: 'opened', issue: { number: 1 } },
    });
    const push = { ...headers, 'X-GitHub-Event': 'push', 'X-Hub-Signature-256': `sha256=${hmac('{}', secret)}` };
    expect(ask({ source: github, body: '{}', headers: push, secrets: [secret] })).toMatchObject({ type: 'push' });
  });

  it('can go by the signed content instead of the unsigned delivery id', () => {
    const key = (delivery: string) => {
      const found = ask({
        source: github,
        body,
        headers: { ...headers, 'X-GitHub-Delivery': delivery },
        secrets: [secret],
        settings: { dedupe: 'content' },
      });
      return typeof found === 'string' ? found : found.key;
    };
    expect(key('d-1')).toMatch(/^issues\.opened:[0-9a-f]{64}$/);
    expect(key('d-2')).toBe(key('d-1'));
  });

  it('never falls back to the SHA-1 header', () => {
    const sha1 = { 'X-Hub-Signature': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}` };
    expect(ask({ source: github, body, headers: sha1, secrets: [secret] })).toBe('signature.missing');
  });
});

describe('stripe', () => {
  const secret = 'whsec_5f1c';
  const body = '{"id":"evt_1","type":"invoice.paid","created":1774000000,"data":{"object":{"id":"in_1"}}}';
  const v1 = hmac(`${seconds}.${body}`, secret);

  it('verifies any v1 and never v0', () => {
    const judge = (header: string) =>
      ask({ source: stripe, body, headers: { 'Stripe-Signature': header }, secrets: [secret] });
    expect(judge(`t=${seconds},v1=${v1},v0=${'0'.repeat(64)}`)).toEqual({
      type: 'invoice.paid',
      key: 'invoice.paid:evt_1',
      time: '2026-03-20T09:46:40.000Z',
      data: { object: { id: 'in_1' } },
    });
    expect(judge(`t=${seconds},v1=${'0'.repeat(64)},v1=${v1}`)).toMatchObject({ type: 'invoice.paid' });
    expect(judge(`t=${seconds},v0=${v1}`)).toBe('signature.missing');
    expect(judge(`t=${Number(seconds) + 1},v1=${v1}`)).toBe('signature.mismatch');
  });
});
