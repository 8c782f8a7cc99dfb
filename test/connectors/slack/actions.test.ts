// The Slack actions against the sandbox: what is posted, what is cut, what cannot be smuggled in, and what is loaded when.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import slack from '../../../connectors/slack/index.ts';
import type { SlackSandbox } from '../../../connectors/slack/sandbox.ts';
import { createAttempt } from '../../../src/plugin/testing.ts';
import { openRig, type Rig } from '../../conformance/harness.ts';

const run = promisify(execFile);

describe('slack actions', () => {
  let rig: Rig;
  let sandbox: SlackSandbox;
  beforeAll(async () => {
    rig = await openRig({ connector: slack });
    sandbox = rig.sandbox as SlackSandbox;
  });
  afterAll(() => rig.close());

  const post = (input: Record<string, unknown>) =>
    rig.call('post-message', { channel: '#calls', text: 'hello', ...input });
  const last = () => sandbox.list().at(-1)?.fields as { [name: string]: unknown; text: string; blocks: unknown[] };

  it('posts text, blocks and flags, with the key in the metadata', async () => {
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: '*A call*' } }, { type: 'divider' }];
    const { outcome } = await post({ blocks, unfurl_links: false });
    expect(outcome).toMatchObject({ status: 'succeeded', output: { channel: 'C0000000002' } });
    expect(last()).toMatchObject({
      channel: '#calls',
      text: 'hello',
      blocks,
      metadata: { event_type: 'hookline_attempt', event_payload: { key: '0123456789abcdef'.repeat(4) } },
    });
    expect(rig.proxy.seen.at(-1)?.body).toContain('unfurl_links=false');
  });

  it('answers in a thread, and shows the answer to the channel when told to', async () => {
    const { outcome } = await post({});
    const { ts } = (outcome as { output: { ts: string } }).output;
    await post({ thread_ts: ts, reply_broadcast: true });
    expect(last()).toMatchObject({ thread_ts: ts, reply_broadcast: true });
  });

  it('gives the URL of the message when asked for it, and goes without when it is not to be had', async () => {
    const isPermalink = (request: { url: string }) => request.url.includes('getPermalink');
    expect((await post({ permalink: true })).outcome).toMatchObject({
      output: {
        permalink: expect.stringMatching(/^https:\/\/sandbox\.slack\.com\/archives\/C0000000002\/p\d+$/) as unknown,
      },
    });
    rig.proxy.fail('cut-before', 1, isPermalink);
    const { outcome, effects } = await post({ permalink: true });
    expect([outcome.status, effects]).toEqual(['succeeded', 1]);
  });

  it('cuts what is longer than Slack takes, with a mark, and never through a character', async () => {
    expect((await post({ text: 'x'.repeat(50_000) })).effects).toBe(1);
    expect(last().text).toHaveLength(40_000);
    expect(last().text).toMatch(/x… \(cut\)$/);
    await post({ text: '😀'.repeat(25_000) });
    expect(last().text.isWellFormed()).toBe(true);
    await post({ text: '&amp;'.repeat(10_000) });
    expect(last().text).toMatch(/&amp;… \(cut\)$/);
    await post({ text: 'x'.repeat(40_000) });
    expect(last().text).not.toContain('cut');
  });

  it('cuts the text of sections, fields and headers too', async () => {
    const text = { type: 'mrkdwn', text: 'y'.repeat(5_000) };
    const { effects } = await post({
      blocks: [
        { type: 'section', text, fields: [text] },
        { type: 'header', text: { ...text, type: 'plain_text' } },
      ],
    });
    expect(effects).toBe(1);
    const [section, header] = last().blocks as { text: { text: string }; fields: { text: string }[] }[];
    expect([section?.text.text.length, section?.fields[0]?.text.length, header?.text.text.length]).toEqual([
      3000, 2000, 150,
    ]);
  });

  it.each(['#a,#b', '#a b', '<!channel>', 'a@b', '#', 'x\r\ny', `#${'x'.repeat(81)}`])(
    'takes no channel %j',
    (channel) => {
      const valid = inputCheck('post-message');
      expect(valid({ channel: '#calls', text: 'x' })).toBe(true);
      expect(valid({ channel, text: 'x' })).toBe(false);
    },
  );

  it('takes at most 50 blocks', () => {
    const valid = inputCheck('post-message');
    const blocks = Array.from({ length: 50 }, () => ({ type: 'divider' }));
    expect(valid({ channel: '#calls', text: 'x', blocks })).toBe(true);
    expect(valid({ channel: '#calls', text: 'x', blocks: [...blocks, { type: 'divider' }] })).toBe(false);
  });

  it('keeps a channel of another spelling off the API path', async () => {
    const { outcome } = await post({ channel: '../x' });
    expect(outcome).toMatchObject({ status: 'rejected', error: { code: 'channel_not_found' } });
    expect(rig.proxy.seen.at(-1)?.url).toBe('/api/chat.postMessage');
  });
});

function inputCheck(action: string): (value: unknown) => boolean {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true });
  ajv.addKeyword('encode');
  return ajv.compile(slack.actions[action]?.input ?? {});
}

describe('slack connection', () => {
  it('is fine with its token, and refuses another one', async () => {
    const rig = await openRig({ connector: slack });
    await slack.check?.(rig.client);
    const log = createAttempt().log;
    const other = await slack.connect({ ...rig.sandbox.settings, token: 'xoxb-other' }, { fetch, log, now: Date.now });
    await expect(slack.check?.(other)).rejects.toMatchObject({ name: 'ConnectionError', code: 'invalid_auth' });
    await rig.close();
    await expect(slack.check?.(other)).rejects.toMatchObject({ name: 'RetryableError', code: 'ECONNREFUSED' });
  });

  it('loads the vendor library when it connects and not before', async () => {
    const index = new URL('../../../connectors/slack/index.ts', import.meta.url).href;
    const script = `
      const { default: slack } = await import(${JSON.stringify(index)});
      const { createRequire } = await import('node:module');
      const loaded = () => Object.keys(createRequire(${JSON.stringify(index)}).cache).some((file) => file.includes('web-api'));
      const before = loaded();
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      await slack.connect({ token: 'x' }, { fetch, log, now: Date.now });
      console.log(JSON.stringify([before, loaded()]));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
    expect(JSON.parse(stdout)).toEqual([false, true]);
  });
});

describe('slack sandbox', () => {
  it('makes any channel in dev, and none when strict', async () => {
    const { startSandbox } = await import('../../../connectors/slack/sandbox.ts');
    const log = createAttempt().log;
    for (const strict of [true, false]) {
      const sandbox = await startSandbox({ strict, now: () => 1_700_000_000_000, log, settings: {} });
      const client = await slack.connect(sandbox.settings, { fetch, log, now: Date.now });
      const posting = slack.actions['post-message']?.run(
        client,
        { channel: '#sales', text: 'Hello\nyou' },
        createAttempt(),
      );
      if (strict) await expect(posting).rejects.toMatchObject({ code: 'channel_not_found' });
      else await posting;
      expect(sandbox.list().map(({ kind, title, at }) => ({ kind, title, at }))).toEqual(
        strict ? [] : [{ kind: 'message', title: '#sales: Hello you', at: '2023-11-14T22:13:20.000Z' }],
      );
      await sandbox.close();
    }
  });
});
