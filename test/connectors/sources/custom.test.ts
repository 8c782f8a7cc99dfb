// A sender described in the workflow file.

import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import custom from '../../../connectors/custom/source.ts';
import { bodyForm } from '../../../src/receive/identify.ts';
import { ask, now } from './ask.ts';

describe('custom', () => {
  const body = '{"kind":"order.paid","meta":{"id":7,"at":"2026-03-20"},"payload":{"a":1},"list":[{"x":"y"}]}';
  const base = {
    algorithm: 'hmac-sha512',
    signature: { header: 'X-Sig', encoding: 'base64', prefix: 'sha512=' },
    content: '{timestamp}|{body}|{url}',
    timestamp: { header: 'X-Time', unit: 'ms', tolerance: 60 },
    publicUrl: 'https://hooks.example.com/webhooks/x',
  };
  const sent = (settings: object = base) => {
    const content = `${now}|${body}|https://hooks.example.com/webhooks/x`;
    const signature = `sha512=${createHmac('sha512', 'secret').update(content).digest('base64')}`;
    return ask({
      source: custom,
      body,
      headers: { 'X-Sig': signature, 'X-Time': String(now), 'X-Event': 'paid' },
      secrets: ['secret'],
      settings,
    });
  };

  it('takes its scheme and its places from the settings', () => {
    const event = { type: 'body.kind', id: ['body.none', 'body.meta.id'], time: 'body.meta.at', data: 'body.payload' };
    expect(sent({ ...base, event })).toEqual({
      type: 'order.paid',
      key: 'order.paid:7',
      time: '2026-03-20',
      data: { a: 1 },
    });
    expect(sent({ ...base, publicUrl: 'https://other.example.com/' })).toBe('signature.mismatch');
  });

  it('reads headers and list items, and has a default for everything', () => {
    expect(sent({ ...base, event: { type: 'headers.X-Event', id: 'body.list.0.x' } })).toMatchObject({
      type: 'paid',
      key: 'paid:y',
    });
    const plain = sent();
    expect(plain).toMatchObject({ type: 'unknown', data: JSON.parse(body) as unknown });
    expect(typeof plain === 'string' ? '' : plain.key).toMatch(/^unknown:[0-9a-f]{64}$/);
    expect(sent({ ...base, event: { type: 'body.toString', defaultType: 'order', data: 'body.none' } })).toMatchObject({
      type: 'order',
      data: JSON.parse(body) as unknown,
    });
  });

  it('reads the form it is told', () => {
    expect([bodyForm(custom, base), bodyForm(custom, { ...base, body: 'form' })]).toEqual(['json', 'form']);
  });

  it('says at once that its scheme cannot work', () => {
    expect(sent({ algorithm: 'hmac-sha256', signature: { header: 'S' }, content: '{id}.{body}' })).toMatch(
      /no id header/,
    );
    expect(sent({ algorithm: 'hmac-sha256', signature: { header: 'S', keySeparator: '=' } })).toMatch(/together/);
    expect(sent({ algorithm: 'ed25519', signature: { header: 'S' }, key: { form: 'raw-hex' } })).toMatch(/public key/);
  });
});
