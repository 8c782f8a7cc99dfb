// What the e-mail connector sends: headers, recipients, attachments, and everything that must not get into them.

import { Ajv } from 'ajv';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import email from '../../../connectors/email/index.ts';
import type { MailSandbox } from '../../../connectors/email/sandbox.ts';
import { openRig, type CallOptions, type Rig } from '../../conformance/harness.ts';

let rig: Rig;
let sandbox: MailSandbox;
const settings = { from: { name: 'Hookline', address: 'calls@example.com' }, messageIdDomain: 'mail.example.com' };
let before = 0;
beforeAll(async () => {
  rig = await openRig({ connector: email, settings });
  sandbox = rig.sandbox as MailSandbox;
});
beforeEach(() => {
  before = sandbox.list().length;
});
afterAll(() => rig.close());

const owner = { address: 'owner@example.com' };
const basic = { to: [owner], subject: 'Call summary', text: 'It went well.' };
const send = (input: Record<string, unknown>, options?: CallOptions) =>
  rig.call('send', { ...basic, ...input }, options);

interface Fields {
  readonly envelope: { readonly from: string; readonly to: string[] };
  readonly headers: { readonly name: string; readonly value: string }[];
  readonly [name: string]: unknown;
}
/** The mails of this test. */
const mails = () =>
  sandbox
    .list()
    .slice(before)
    .map(({ fields }) => fields as unknown as Fields);
const header = (mail: Fields | undefined, name: string) =>
  mail?.headers.filter((line) => line.name === name).map(({ value }) => value);
const isValid = () => {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true });
  ajv.addKeyword('encode');
  return ajv.compile(email.actions['send']?.input ?? {});
};

describe('email send', () => {
  it('sends text, HTML, names, answers-to, headers, unsubscribing and attachments', async () => {
    const { outcome } = await send({
      to: [{ ...owner, name: 'Ōwner, "the" One' }],
      cc: [{ address: 'copy@example.com' }],
      replyTo: { address: 'desk@example.com' },
      html: '<p>It went <b>well</b>.</p>',
      headers: { 'X-Call': 'call_1', References: '<a@example.com>' },
      unsubscribe: { url: 'https://example.com/leave?u=1', address: 'leave@example.com', oneClick: true },
      attachments: [{ filename: 'notes.txt', contentType: 'text/plain', content: 'aGVsbG8=' }],
    });
    expect(outcome.status).toBe('succeeded');
    const [first, second] = mails();
    expect(first).toMatchObject({
      envelope: { from: 'calls@example.com', to: ['owner@example.com'] },
      from: { name: 'Hookline', address: 'calls@example.com' },
      to: [{ name: 'Ōwner, "the" One', address: 'owner@example.com' }],
      cc: [{ address: 'copy@example.com' }],
      subject: 'Call summary',
      text: 'It went well.\n',
      html: '<p>It went <b>well</b>.</p>\n',
      attachments: [{ filename: 'notes.txt', contentType: 'text/plain', size: 5 }],
    });
    expect(second?.envelope.to).toEqual(['copy@example.com']);
    expect(header(first, 'reply-to')).toEqual(['desk@example.com']);
    expect(header(first, 'x-call')).toEqual(['call_1']);
    expect(header(first, 'auto-submitted')).toEqual(['auto-generated']);
    expect(header(first, 'list-unsubscribe')).toEqual(['<https://example.com/leave?u=1>, <mailto:leave@example.com>']);
    expect(header(first, 'list-unsubscribe-post')).toEqual(['List-Unsubscribe=One-Click']);
  });

  it('gives every attempt and recipient the same Message-ID and date, and another key another id', async () => {
    const options = { key: 'a'.repeat(64), firstAt: Date.UTC(2026, 10, 23, 9) };
    const { outcome } = await send({ cc: [{ address: 'copy@example.com' }] }, options);
    await send({}, { ...options, number: 2 });
    await send({}, { ...options, key: 'b'.repeat(64) });
    const ids = mails().map(({ messageId }) => messageId);
    const id = `<${'a'.repeat(32)}@mail.example.com>`;
    expect(ids).toEqual([id, id, id, `<${'b'.repeat(32)}@mail.example.com>`]);
    expect(outcome).toMatchObject({ output: { messageId: id } });
    expect(mails().flatMap((mail) => header(mail, 'date'))).toEqual(Array(4).fill('Mon, 23 Nov 2026 09:00:00 +0000'));
  });

  it('hides the blind copies from everybody', async () => {
    await send({ bcc: [{ address: 'secret@example.com' }] });
    expect(mails().map(({ envelope }) => envelope.to)).toEqual([['owner@example.com'], ['secret@example.com']]);
    for (const mail of mails()) expect(JSON.stringify(mail.headers)).not.toContain('secret');
  });

  it('mails an address once, wherever and however it is written', async () => {
    const { outcome, effects } = await send({ cc: [{ address: 'Owner@Example.COM' }], bcc: [owner] });
    expect(effects).toBe(1);
    expect(outcome).toMatchObject({ output: { accepted: ['owner@example.com'] } });
  });

  it('sends an event of 50,000 characters, and cuts only the subject', async () => {
    await send({ subject: 'x'.repeat(50_000), text: 'y'.repeat(50_000) });
    const [mail] = mails();
    expect([String(mail?.['subject']).length, String(mail?.['text']).trim().length]).toEqual([500, 50_000]);
  });
});

describe('email addresses', () => {
  const good = ["o'brien+tag@sub.example.co.uk", 'a@xn--bcher-kva.example', 'A.B@Example.COM', 'x@a-b.example'];
  const bad = [
    'a@example.com\r\nBcc: evil@example.net',
    'a@example.com\nevil@example.net',
    'a@example.com, evil@example.net',
    'a@example.com;evil@example.net',
    'Evil <evil@example.net>',
    '<a@example.com>',
    'a@example.com>',
    'group: a@example.com;',
    '"a b"@example.com',
    'a b@example.com',
    'a@[127.0.0.1]',
    'a@127.0.0.1',
    'a@localhost',
    'а@example.com',
    'a@exаmple.com',
    'a@example.com\u202e',
    'a@example.com\0',
    'a@@example.com',
    'a..b@example.com',
    '.a@example.com',
    'a@-x.com',
    'a@x..com',
    '@example.com',
    'a@',
    '',
    `${'a'.repeat(65)}@example.com`,
    `a@${'x.'.repeat(150)}com`,
    'a(comment)@example.com',
    'a@example.com (evil@example.net)',
    `${'a.'.repeat(120)}@`,
    `a@${'a-'.repeat(120)}`,
  ];

  it.each(good)('%s is one', async (address) => {
    expect(isValid()({ ...basic, to: [{ address }] })).toBe(true);
    expect((await send({ to: [{ address }] })).effects).toBe(1);
  });

  it.each(bad)('%j is none, for the schema and for the action', async (address) => {
    const valid = isValid();
    const mailbox = { address };
    const inputs = [
      { to: [mailbox] },
      { cc: [mailbox] },
      { bcc: [mailbox] },
      { replyTo: mailbox },
      { unsubscribe: mailbox },
    ];
    for (const input of inputs) {
      expect(valid({ ...basic, ...input })).toBe(false);
      const { outcome, effects } = await send(input);
      expect([outcome.status, effects]).toEqual(['rejected', 0]);
    }
  });

  it('go to the allowed domains only', async () => {
    const limited = await openRig({ connector: email, settings: { ...settings, allowedDomains: ['Example.com'] } });
    const to = (address: string) => limited.call('send', { ...basic, to: [owner, { address }] });
    expect((await to('x@example.com.evil.example')).outcome.status).toBe('rejected');
    expect((await to('x@sub.example.com')).effects).toBe(0);
    expect((await to('x@EXAMPLE.com')).effects).toBe(2);
    await limited.close();
  });
});

describe('email and hostile data', () => {
  const attack = 'x\r\nBcc: evil@example.net\r\n\r\nevil';

  it.each([
    ['subject', { subject: attack }],
    ['text', { text: attack }],
    ['html', { html: attack }],
    ['name of a recipient', { to: [{ ...owner, name: attack }] }],
    ['name of an answer', { replyTo: { ...owner, name: attack } }],
    ['value of a header', { headers: { 'X-Call': attack } }],
    ['name of a file', { attachments: [{ filename: attack, content: 'aGVsbG8=' }] }],
  ])('a line break in the %s adds no recipient and no header', async (_, input) => {
    const { outcome, effects } = await send(input);
    expect([outcome.status, effects]).toEqual(['succeeded', 1]);
    const [mail] = mails();
    expect(mail?.envelope.to).toEqual(['owner@example.com']);
    expect(mail?.headers.map(({ name }) => name)).not.toContain('bcc');
  });

  it.each([
    ['name of a header', { headers: { [`X-A: 1\r\nBcc`]: 'evil@example.net' } }],
    ['reserved header', { headers: { Bcc: 'evil@example.net' } }],
    ['sender', { headers: { From: 'evil@example.net' } }],
    ['unsubscribe URL', { unsubscribe: { url: 'https://x.example/>\r\nBcc: evil@example.net' } }],
    ['unsubscribe scheme', { unsubscribe: { url: 'javascript:alert(1)' } }],
    ['content that is no base64', { attachments: [{ filename: 'a', content: 'not base64!' }] }],
  ])('a bad %s is rejected and nothing is sent', async (_, input) => {
    const { outcome, effects } = await send(input);
    expect([outcome.status, effects]).toEqual(['rejected', 0]);
  });

  it.each([
    ['a path', { attachments: [{ filename: 'a', content: '', path: '/etc/passwd' }] }],
    ['a URL', { attachments: [{ filename: 'a', content: '', href: 'http://127.0.0.1/' }] }],
    ['a raw mail', { raw: 'From: evil' }],
    ['a text from a file', { text: { path: '/etc/passwd' } }],
    ['a type with a line break', { attachments: [{ filename: 'a', content: '', contentType: 'a/b\r\nX: y' }] }],
  ])('the schema takes no %s', (_, input) => {
    const closed = closeObjects(email.actions['send']?.input);
    const ajv = new Ajv({ strict: true, allowUnionTypes: true });
    ajv.addKeyword('encode');
    const valid = ajv.compile(closed as object);
    expect(valid(basic)).toBe(true);
    expect(valid({ ...basic, ...input })).toBe(false);
  });

  it('reads no file even when the schema is bypassed', async () => {
    await send({ attachments: [{ filename: 'a.txt', content: '', path: '/etc/passwd' }] });
    await send({ text: { path: '/etc/passwd' }, html: { path: '/etc/passwd' } });
    expect(JSON.stringify(mails())).not.toContain('root:');
    expect(mails().flatMap(({ attachments }) => attachments)).toMatchObject([{ filename: 'a.txt', size: 0 }]);
  });

  it('shows no direction and control characters in names and subject', async () => {
    await send({ subject: 'a\u202etxt.exe\u001b[31m', to: [{ ...owner, name: 'x\u202e\u0007y' }] });
    expect(mails()[0]).toMatchObject({ subject: 'a txt.exe [31m', to: [{ name: 'x y' }] });
  });

  it('marks html, and nothing else, for encoding', () => {
    const input = email.actions['send']?.input;
    expect(input?.properties?.['html']?.encode).toBe('html');
    expect(JSON.stringify(input).match(/"encode"/g)).toHaveLength(1);
  });
});

/** As the host reads a schema: an object is closed unless it says otherwise. */
function closeObjects(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closeObjects);
  if (schema === null || typeof schema !== 'object') return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closeObjects(value)]));
  return copy['type'] === 'object' && !('additionalProperties' in copy)
    ? { ...copy, additionalProperties: false }
    : copy;
}
