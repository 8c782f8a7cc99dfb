// The Slack connector against an implementation of Slack that is not ours.

import type { WebClient } from '@slack/web-api';
import { createEmulator } from 'emulate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import slack from '../../../connectors/slack/index.ts';
import type { StartSandbox } from '../../../src/plugin/index.ts';
import { openRig, type Rig } from '../../conformance/harness.ts';

const startEmulator: StartSandbox = async () => {
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: {
      slack: {
        strict_scopes: true,
        channels: [{ name: 'calls' }],
        tokens: [
          { token: 'xoxb-full', user: 'U000000001', scopes: ['chat:write', 'channels:read', 'channels:history'] },
          { token: 'xoxb-write', user: 'U000000001', scopes: ['chat:write', 'channels:read'] },
        ],
      },
    },
  });
  return {
    settings: { token: 'xoxb-full', apiUrl: `${emulator.url}/api/` },
    hosts: [new URL(emulator.url).host],
    list: () => [],
    close: () => emulator.close(),
  };
};

describe('slack connector and the emulator', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig({ connector: slack, startSandbox: startEmulator, settings: { timeoutMs: 500 } });
  });
  afterAll(() => rig.close());

  // The emulator knows no '#calls'; Slack takes both.
  const input = { channel: 'calls', text: 'A call ended.' };
  const options = (n: number) => ({ key: String(n).padStart(64, '0'), firstAt: Date.now() });
  const texts = async () => {
    const { conversations } = rig.client as WebClient;
    const { channels } = await conversations.list();
    const channel = channels?.find(({ name }) => name === 'calls')?.id ?? '';
    const { messages } = await conversations.history({ channel });
    return (messages ?? []).map(({ text }) => text);
  };

  it('posts to a channel by name', async () => {
    const { outcome } = await rig.call('post-message', { ...input, text: 'by name' }, options(1));
    expect(outcome).toMatchObject({
      status: 'succeeded',
      output: { ts: expect.stringMatching(/^\d+\.\d{6}$/) as unknown },
    });
    expect((await texts()).filter((text) => text === 'by name')).toHaveLength(1);
  });

  it('looks up a message whose answer was lost, and none that never came', async () => {
    rig.proxy.fail('cut-after');
    expect((await rig.call('post-message', { ...input, text: 'lost answer' }, options(2))).outcome.status).toBe(
      'in_doubt',
    );
    rig.proxy.fail('cut-before');
    expect((await rig.call('post-message', { ...input, text: 'never came' }, options(3))).outcome.status).toBe(
      'in_doubt',
    );
    const sent = await texts();
    expect(sent.filter((text) => text === 'lost answer')).toHaveLength(1);
    expect(sent).not.toContain('never came');
    expect(await rig.lookup('post-message', input, options(2))).toMatchObject({
      output: { channel: expect.stringMatching(/^C/) as unknown, ts: expect.any(String) as unknown },
    });
    expect(await rig.lookup('post-message', input, options(3))).toMatchObject({
      status: 'succeeded',
      output: undefined,
    });
  });

  it('looks up an answer in a thread', async () => {
    const { outcome } = await rig.call('post-message', { ...input, text: 'parent' }, options(4));
    const { ts } = (outcome as { output: { ts: string } }).output;
    const reply = { ...input, text: 'reply', thread_ts: ts };
    rig.proxy.fail('cut-after');
    expect((await rig.call('post-message', reply, options(5))).outcome.status).toBe('in_doubt');
    expect(await rig.lookup('post-message', reply, options(5))).toMatchObject({
      output: { ts: expect.any(String) as unknown },
    });
    expect(await rig.lookup('post-message', reply, options(6))).toMatchObject({
      status: 'succeeded',
      output: undefined,
    });
  });

  it('updates a message, twice with the same end', async () => {
    const { outcome } = await rig.call('post-message', { ...input, text: 'draft' }, options(7));
    const update = { ...(outcome as { output: { channel: string; ts: string } }).output, text: 'final' };
    for (const _ of [1, 2]) {
      expect((await rig.call('update-message', update)).outcome.status).toBe('succeeded');
    }
    expect((await texts()).filter((text) => text === 'final' || text === 'draft')).toEqual(['final']);
  });

  it('says which scope is missing, and cannot look up without it', async () => {
    const { log, now } = { log: console, now: Date.now };
    const settings = { ...rig.sandbox.settings, token: 'xoxb-write' };
    const client = await slack.connect(settings, { fetch, log, now });
    const attempt = {
      ...options(8),
      number: 1,
      signal: AbortSignal.timeout(5000),
      progress: undefined,
      log,
      sending() {},
    };
    const action = slack.actions['post-message'];
    await action?.run(client, input, attempt);
    await expect(action?.lookup?.(client, input, attempt)).rejects.toMatchObject({
      name: 'ConnectionError',
      code: 'missing_scope',
      message: expect.stringContaining('channels:history') as unknown,
    });
  });
});
