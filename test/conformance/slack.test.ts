// Every fault between the Slack connector and Slack: the outcome, and how many messages stand in the end.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import slack from '../../connectors/slack/index.ts';
import type { SlackSandbox } from '../../connectors/slack/sandbox.ts';
import { conformance, openRig, type ConformanceCase, type Rig } from './harness.ts';

const post = { action: 'post-message', input: { channel: '#calls', text: 'A call ended.' } } as const;
const answers = (body: unknown) => ({ status: 200, body: JSON.stringify(body) });
const says = (error: string, more = {}) => answers({ ok: false, error, ...more });

const cases: ConformanceCase[] = [
  { title: 'a message arrives once', ...post, expect: { status: 'succeeded', effects: 1, sent: true } },
  {
    title: '429 with Retry-After is tried again after that time',
    ...post,
    fault: { status: 429, headers: { 'retry-after': '7' } },
    expect: { status: 'retryable', effects: 0, retryAfterMs: 7000, code: 'ratelimited' },
  },
  {
    title: '429 without Retry-After is tried again',
    ...post,
    fault: { status: 429 },
    expect: { status: 'retryable', effects: 0, retryAfterMs: null, code: 'ratelimited' },
  },
  { title: '503 is in doubt', ...post, fault: { status: 503 }, expect: { status: 'in_doubt', effects: 0 } },
  {
    title: '403 is rejected',
    ...post,
    fault: { status: 403 },
    expect: { status: 'rejected', effects: 0, credentials: false, code: 'http_403' },
  },
  {
    title: 'a connection cut before the message was taken is in doubt',
    ...post,
    fault: 'cut-before',
    expect: { status: 'in_doubt', effects: 0, sent: true },
  },
  {
    title: 'an answer lost after the message was taken is in doubt',
    ...post,
    fault: 'cut-after',
    expect: { status: 'in_doubt', effects: 1, sent: true },
  },
  {
    title: 'silence before the headers is in doubt',
    ...post,
    fault: 'hang-headers',
    expect: { status: 'in_doubt', effects: 0, sent: true },
  },
  {
    title: 'silence within the body is in doubt',
    ...post,
    fault: 'hang-body',
    expect: { status: 'in_doubt', effects: 1, sent: true },
  },
  {
    title: 'a body cut in the middle is in doubt',
    ...post,
    fault: 'cut-body',
    expect: { status: 'in_doubt', effects: 1, sent: true },
  },
  {
    title: 'the end of the attempt before an answer is in doubt',
    ...post,
    fault: 'hang-headers',
    timeoutMs: 100,
    expect: { status: 'in_doubt', effects: 0, sent: true },
  },
  {
    title: 'a page instead of an answer is in doubt',
    ...post,
    fault: 'html-200',
    expect: { status: 'in_doubt', effects: 0 },
  },
  {
    title: 'null instead of an answer is in doubt',
    ...post,
    fault: answers(null),
    expect: { status: 'in_doubt', effects: 0 },
  },
  {
    title: 'an ok that names no message is in doubt',
    ...post,
    fault: answers({ ok: true }),
    expect: { status: 'in_doubt', effects: 0 },
  },
  {
    title: 'a redirect is rejected and never followed',
    ...post,
    fault: { redirect: 'http://169.254.169.254/' },
    expect: { status: 'rejected', effects: 0, credentials: false },
  },
  ...['ratelimited', 'service_unavailable', 'request_timeout'].map((code) => ({
    title: `${code} is tried again`,
    ...post,
    fault: says(code),
    expect: { status: 'retryable' as const, effects: 0, code },
  })),
  ...['internal_error', 'fatal_error'].map((code) => ({
    title: `${code} is in doubt`,
    ...post,
    fault: says(code),
    expect: { status: 'in_doubt' as const, effects: 0, code },
  })),
  ...['invalid_auth', 'token_revoked', 'account_inactive'].map((code) => ({
    title: `${code} pauses the connection`,
    ...post,
    fault: says(code),
    expect: { status: 'rejected' as const, effects: 0, credentials: true, code },
  })),
  ...['not_in_channel', 'is_archived', 'a_code_of_tomorrow'].map((code) => ({
    title: `${code} is rejected and shown as it is`,
    ...post,
    fault: says(code),
    expect: { status: 'rejected' as const, effects: 0, credentials: false, code },
  })),
  {
    title: 'an unknown channel is rejected',
    ...post,
    input: { channel: '#nowhere', text: 'x' },
    expect: { status: 'rejected', effects: 0, code: 'channel_not_found' },
  },
  {
    title: 'a message without text is rejected',
    ...post,
    input: { channel: '#calls', text: ' ' },
    expect: { status: 'rejected', effects: 0, code: 'no_text' },
  },
];

conformance('slack post-message', { connector: slack, settings: { timeoutMs: 300 } }, cases);

// On a rig of its own: a connection kept open from an earlier case would be cut, not refused.
conformance('slack post-message to a closed port', { connector: slack }, [
  {
    title: 'a refused connection sends nothing and is tried again',
    ...post,
    fault: 'refuse',
    expect: { status: 'retryable', effects: 0, sent: false, code: 'ECONNREFUSED' },
  },
]);

describe('slack post-message after an attempt in doubt', () => {
  let rig: Rig;
  let sandbox: SlackSandbox;
  let serial = 0;
  beforeAll(async () => {
    rig = await openRig({ connector: slack, settings: { timeoutMs: 300 } });
    sandbox = rig.sandbox as SlackSandbox;
  });
  afterAll(() => rig.close());

  const key = () => String(++serial).padStart(64, '0');
  const input = { channel: '#calls', text: 'A call ended.' };
  const isQuestion = (request: { url: string }) => request.url.includes('conversations.');

  it('finds the message whose answer was lost', async () => {
    const options = { key: key(), firstAt: Date.now() };
    rig.proxy.fail('cut-after');
    const { outcome, effects } = await rig.call('post-message', input, options);
    expect([outcome.status, effects]).toEqual(['in_doubt', 1]);
    const { ts } = sandbox.list().at(-1)?.fields ?? {};
    expect(await rig.lookup('post-message', input, options)).toMatchObject({
      status: 'succeeded',
      output: { channel: 'C0000000002', ts },
    });
  });

  it('finds nothing when the message never came', async () => {
    const options = { key: key(), firstAt: Date.now() };
    rig.proxy.fail('cut-before');
    const { outcome, effects } = await rig.call('post-message', input, options);
    expect([outcome.status, effects]).toEqual(['in_doubt', 0]);
    expect(await rig.lookup('post-message', input, options)).toMatchObject({ status: 'succeeded', output: undefined });
  });

  it('finds an answer in a thread, which the channel does not show', async () => {
    const { outcome } = await rig.call('post-message', input, { key: key() });
    const { ts } = (outcome as { output: { ts: string } }).output;
    const reply = { ...input, thread_ts: ts };
    const options = { key: key(), firstAt: Date.now() };
    rig.proxy.fail('cut-after');
    expect((await rig.call('post-message', reply, options)).effects).toBe(1);
    const found = await rig.lookup('post-message', reply, options);
    expect(found).toMatchObject({ status: 'succeeded', output: { ts: sandbox.list().at(-1)?.fields['ts'] } });
    expect(await rig.lookup('post-message', input, options)).toMatchObject({ output: undefined });
  });

  it('finds it behind more messages than one page holds', async () => {
    const options = { key: key(), firstAt: Date.now() };
    const { outcome } = await rig.call('post-message', input, options);
    for (let i = 0; i < 120; i++) await rig.call('post-message', { ...input, text: `message ${i}` }, { key: key() });
    const { output } = (await rig.lookup('post-message', input, options)) as { output: unknown };
    expect(output).toEqual((outcome as { output: unknown }).output);
  });

  it.each([
    ['429', { status: 429, headers: { 'retry-after': '30' } }, 30_000],
    ['a cut connection', 'cut-after', null],
    ['silence', 'hang-headers', null],
    ['503', { status: 503 }, null],
  ] as const)('asks again later after %s', async (_, fault, retryAfterMs) => {
    rig.proxy.fail(fault, 1, isQuestion);
    const outcome = await rig.lookup('post-message', input, { key: key() });
    expect(outcome).toMatchObject({ status: 'retryable', retryAfterMs });
  });

  it('asks again later when the lookup itself runs out of time', async () => {
    rig.proxy.fail('hang-headers', 1, isQuestion);
    expect(await rig.lookup('post-message', input, { key: key(), timeoutMs: 100 })).toMatchObject({
      status: 'retryable',
    });
  });

  it.each([
    [
      'the scope for it is missing',
      { status: 200, body: '{"ok":false,"error":"missing_scope","needed":"channels:history"}' },
    ],
    ['it is forbidden', { status: 403 }],
  ] as const)('cannot know when %s', async (_, fault) => {
    rig.proxy.fail(fault, 1, isQuestion);
    expect(await rig.lookup('post-message', input, { key: key() })).toMatchObject({ status: 'rejected' });
  });

  it('still posts where the scope to look up is missing', async () => {
    sandbox.missingScopes.add('channels:history');
    const { outcome, effects } = await rig.call('post-message', input, { key: key() });
    expect([outcome.status, effects]).toEqual(['succeeded', 1]);
    expect(await rig.lookup('post-message', input, { key: key() })).toMatchObject({
      status: 'rejected',
      error: { code: 'missing_scope', message: expect.stringContaining('channels:history') as unknown },
    });
    sandbox.missingScopes.clear();
  });

  it('cannot know what became of a message to a person or to a channel it cannot list', async () => {
    for (const channel of ['U0123456789', '#secret']) {
      expect(await rig.lookup('post-message', { ...input, channel }, { key: key() })).toMatchObject({
        status: 'rejected',
      });
    }
  });
});

describe('slack update-message', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig({ connector: slack, settings: { timeoutMs: 300 } });
  });
  afterAll(() => rig.close());

  it('leaves one message with the new text, however often and with whatever lost answer', async () => {
    const { outcome } = await rig.call('post-message', { channel: '#calls', text: 'A call began.' });
    const where = (outcome as { output: { channel: string; ts: string } }).output;
    const input = { ...where, text: 'A call ended.' };
    rig.proxy.fail('cut-after');
    expect((await rig.call('update-message', input)).outcome.status).toBe('in_doubt');
    const again = await rig.call('update-message', input);
    expect([again.outcome.status, again.effects]).toEqual(['succeeded', 0]);
    expect(rig.sandbox.list()).toMatchObject([{ title: '#calls: A call ended.', fields: { ts: where.ts } }]);
  });

  it('is rejected for a message that is not there', async () => {
    const input = { channel: 'C0000000002', ts: '1700000000.000001', text: 'x' };
    expect((await rig.call('update-message', input)).outcome).toMatchObject({
      status: 'rejected',
      error: { code: 'message_not_found' },
    });
  });
});
