// What the Slack connector does after an attempt in doubt: it looks whether the message stands, or repeats what is harmless.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import slack from '../../../connectors/slack/index.ts';
import type { SlackSandbox } from '../../../connectors/slack/sandbox.ts';
import { openRig, type Rig } from '../../conformance/harness.ts';

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
