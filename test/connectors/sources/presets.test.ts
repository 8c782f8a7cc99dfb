import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import custom from '../../../connectors/custom/source.ts';
import github from '../../../connectors/github/source.ts';
import slack from '../../../connectors/slack/source.ts';
import standardWebhooks from '../../../connectors/standard-webhooks/source.ts';
import stripe from '../../../connectors/stripe/source.ts';
import truedy from '../../../connectors/truedy/source.ts';
import type { Source } from '../../../src/plugin/index.ts';
import { signRequest } from '../../../src/plugin/signature.ts';
import { bodyForm, identify } from '../../../src/receive/identify.ts';
import { readBody } from '../../../src/receive/body.ts';
import { readHeaders } from '../../../src/receive/headers.ts';
import { prepareSource } from '../../../src/receive/source.ts';

const now = 1_774_000_000_000;
const seconds = String(now / 1000);

interface Ask {
  readonly source: Source;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly settings?: unknown;
  readonly later?: number;
}

/** What the receiver would find: the refusal's reason, or what the delivery is about. */
function ask({ source, body, headers, secrets, settings = {}, later = 0 }: Ask) {
  const prepared = prepareSource({ name: 'x', source, secrets, settings });
  if (prepared.fault !== null) return prepared.fault;
  const map = readHeaders(Object.entries(headers).flat());
  const bytes = Buffer.from(body);
  const url = prepared.publicUrl ?? '/webhooks/x';
  const verdict = prepared.check({ method: 'POST', url, headers: map, body: bytes }, now + later);
  if (!verdict.ok) return verdict.reason;
  const read = readBody(prepared.form, bytes);
  if (!read.ok) return read.reason;
  const delivery = { body: read.value, headers: map, receivedAt: now };
  const { type, key, time } = identify(source, settings, delivery, { keysMs: 2, contentKeysMs: 1 });
  return { type, key, time, data: source.identify(delivery, settings).data };
}

const hmac = (content: string, key: string | Buffer, encoding: 'hex' | 'base64' = 'hex') =>
  createHmac('sha256', key).update(content).digest(encoding);

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

describe('slack', () => {
  const secret = '8f742231b10e8888abcd99yyyzzz85a5';
  const headers = (body: string) => ({
    'X-Slack-Signature': `v0=${hmac(`v0:${seconds}:${body}`, secret)}`,
    'X-Slack-Request-Timestamp': seconds,
  });
  const judge = (body: string, settings: unknown = {}) =>
    ask({ source: slack, body, headers: headers(body), secrets: [secret], settings });

  it("verifies Slack's published example", () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&' +
      'user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2F' +
      'commands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const published = {
      'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
      'X-Slack-Request-Timestamp': '1531420618',
    };
    const asked = { source: slack, body, headers: published, secrets: [secret], settings: { sends: 'commands' } };
    expect(ask({ ...asked, later: 1_531_420_618_000 - now })).toMatchObject({
      type: '/webhook-collect',
      key: '/webhook-collect:398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
      data: { user_name: 'roadrunner', text: '' },
    });
    expect(ask(asked)).toBe('signature.stale');
  });

  it('has the inner event as type and data', () => {
    expect(
      judge(
        '{"type":"event_callback","event_id":"Ev1","event_time":1774000000,"event":{"type":"app_mention","text":"hi"}}',
      ),
    ).toEqual({
      type: 'app_mention',
      key: 'app_mention:Ev1',
      time: '2026-03-20T09:46:40.000Z',
      data: { type: 'app_mention', text: 'hi' },
    });
  });

  it('reads the JSON inside an interaction, and survives one without', () => {
    const settings = { sends: 'interactions' };
    const body = `payload=${encodeURIComponent('{"type":"block_actions","trigger_id":"t1"}')}`;
    expect(judge(body, settings)).toMatchObject({ type: 'block_actions', key: 'block_actions:t1' });
    for (const broken of ['payload=%7B', 'payload=null', 'payload=1&payload=2', '']) {
      expect(judge(broken, settings)).toMatchObject({ type: 'unknown' });
    }
  });

  it('answers the handshake with its challenge, and nothing else', () => {
    const shake = (body: unknown) => slack.handshake?.({ body, headers: new Map(), receivedAt: 0 }, []);
    expect(shake({ type: 'url_verification', challenge: 'abc' })).toEqual({
      status: 200,
      contentType: 'text/plain; charset=utf-8',
      body: 'abc',
    });
    for (const body of [
      { type: 'url_verification' },
      { type: 'url_verification', challenge: 3 },
      { type: 'event_callback' },
      null,
      [],
    ]) {
      expect(shake(body)).toBeNull();
    }
  });
});

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

describe('every sample of every preset', () => {
  const secret = `whsec_${Buffer.from('a secret for the samples').toString('base64')}`;
  const seed = { id: '3f0c8a52-6a1e-4c53-9a70-0f5de0f4a111', at: '2026-03-20T09:46:40.000Z' };
  const cases = [truedy, github, stripe, slack].flatMap((source) =>
    Object.entries(source.events).flatMap(([type, event]) =>
      Object.entries(event.samples).map(([shape, sample]) => ({ source, name: source.name, type, shape, sample })),
    ),
  );

  it.each(cases)(
    'is accepted as its type when signed as the sender would: $name $type $shape',
    ({ source, type, sample }) => {
      const body = JSON.stringify(sample(seed));
      const scheme = typeof source.scheme === 'function' ? source.scheme({}) : source.scheme;
      expect(scheme).toBeDefined();
      if (scheme === undefined) return;
      const request = { body: Buffer.from(body), secret, now, id: seed.id, url: '/webhooks/x', method: 'POST' };
      const headers = { ...source.sampleHeaders?.(type, seed), ...signRequest(scheme, request) };
      const found = ask({ source, body, headers, secrets: [secret] });
      expect(found).toMatchObject({ type });
      expect(typeof found === 'string' ? '' : found.key).not.toContain('undefined');
    },
  );
});
