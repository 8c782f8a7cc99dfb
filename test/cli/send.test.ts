// `hookline send` against a real receiver.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import standardWebhooks from '../../connectors/standard-webhooks/source.ts';
import truedy from '../../connectors/truedy/source.ts';
import { send } from '../../src/cli/send.ts';
import { startReceiver, type TestReceiver } from '../receive/receiver.ts';
import { say } from './terminal.ts';

const secret = `whsec_${Buffer.from('a secret for the samples').toString('base64')}`;
const id = /evt_[0-9a-z]{26}/;

describe('hookline send', () => {
  let cwd: string;
  let receiver: TestReceiver;

  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'hookline-send-'));
    receiver = await startReceiver();
    receiver.receiver.setSources(
      new Map([
        ['truedy', { name: 'truedy', source: truedy, secrets: [secret], settings: {} }],
        ['shop', { name: 'shop', source: standardWebhooks, secrets: [secret], settings: {} }],
      ]),
    );
    const uses = { uses: 'truedy', secret, settings: {} };
    const sources = { truedy: uses, shop: { ...uses, uses: 'standard-webhooks' }, gone: uses };
    await mkdir(join(cwd, '.hookline'));
    await writeFile(
      join(cwd, '.hookline', 'dev.json'),
      JSON.stringify({ url: receiver.url, adminUrl: '', token: '', sources }),
    );
  });
  afterEach(async () => {
    await receiver.stop();
    await rm(cwd, { recursive: true });
  });
  const run = (...args: string[]) => say(send, args, { cwd });
  const bodies = () =>
    receiver.store.deliveries.map(
      ({ body }) => JSON.parse(Buffer.from(body).toString()) as { event: string; data: Record<string, unknown> },
    );

  it('posts the signed sample, which is a duplicate the second time and fresh with --new', async () => {
    const first = await run('truedy', 'call.ended');
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out).toMatch(/accepted {2}truedy call\.ended {2}evt_/);
    const second = await run('truedy', 'call.ended');
    expect(second.out).toMatch(/duplicate .* add --new for a fresh one/);
    expect(id.exec(second.out)?.[0]).toBe(id.exec(first.out)?.[0]);
    const fresh = await run('truedy', 'call.ended', '--new');
    expect(fresh.out).toContain('accepted');
    expect(id.exec(fresh.out)?.[0]).not.toBe(id.exec(first.out)?.[0]);
    expect(receiver.store.events.size).toBe(2);
  });

  it('posts another shape', async () => {
    expect((await run('truedy', 'call.ended', '--shape', 'flat')).code).toBe(0);
    expect(bodies()[0]?.data).toHaveProperty('call_id');
  });

  it('posts a file byte for byte; another file is another event', async () => {
    const text = '{ "type": "order.paid",\n "data": {} }\n';
    await writeFile(join(cwd, 'a.json'), text);
    await writeFile(join(cwd, 'b.json'), `${text} `);
    expect((await run('shop', '--file', 'a.json')).out).toContain('accepted');
    expect((await run('shop', '--file', 'a.json')).out).toContain('duplicate');
    expect((await run('shop', '--file', 'b.json')).out).toContain('accepted');
    expect(Buffer.from(receiver.store.deliveries[0]?.body ?? []).toString()).toBe(text);
  });

  it('posts to a given URL with the secret of the environment', async () => {
    const env = { HOOKLINE_SECRET: secret };
    const given = await say(send, ['truedy', 'call.started', '--url', `${receiver.url}/`], { env });
    expect([given.code, given.err]).toEqual([0, '']);
    const file = join(cwd, 'body.json');
    await writeFile(file, '{"type":"order.paid"}');
    const named = await say(send, ['shop', '--uses', 'standard-webhooks', '--url', receiver.url, '--file', file], {
      env,
    });
    expect(named.out).toContain('accepted');
  });

  it('says why it was refused, what to do, and never the secret', async () => {
    const wrong = await run('truedy', 'call.ended', '--secret', 'a wrong secret');
    expect(wrong.code).toBe(1);
    expect(wrong.err).toMatch(/refused {2}truedy call\.ended {2}401 signature\.mismatch/);
    expect(wrong.err).toContain('HOOKLINE_SECRET');
    expect(wrong.err).not.toContain('a wrong secret');
    const gone = await run('gone', 'call.ended');
    expect([gone.code, gone.err.split('\n')[0]]).toEqual([1, expect.stringMatching(/404 source\.unknown/)]);
    receiver.store.before = () => {
      throw new Error('full');
    };
    expect((await run('truedy', 'call.ended')).err).toMatch(/503 store\.unavailable/);
  });

  it.each<[string, string[], RegExp]>([
    ['no arguments', [], /the form is/],
    ['one argument too many', ['truedy', 'call.ended', 'x'], /the form is/],
    ['a type that is misspelt', ['truedy', 'call.endet'], /did you mean "call\.ended"/],
    ['no type', ['truedy'], /a type is missing.*call\.started/],
    ['a type of the prototype', ['truedy', 'constructor'], /no sample of "constructor"/],
    ['a shape that does not exist', ['truedy', 'call.ended', '--shape', 'round'], /no shape "round".*nested, flat/],
    ['a source without samples', ['shop', 'order.paid'], /--file/],
    ['a source that is not in the file', ['other', 'call.ended'], /"other" is no source of the running file/],
    ['a file that does not exist', ['truedy', '--file', 'none.json'], /ENOENT/],
    ['an option that does not exist', ['truedy', 'call.ended', '--nwe'], /--nwe/],
    ['a URL that is none', ['truedy', 'call.ended', '--url', 'x'], /is no URL/],
    ['no secret', ['truedy', 'call.ended', '--url', 'http://127.0.0.1:1'], /HOOKLINE_SECRET/],
    [
      'a preset that does not exist',
      ['truedy', 'call.ended', '--url', 'http://127.0.0.1:1', '--secret', 'x', '--uses', 'none'],
      /"none" is no source/,
    ],
    [
      'a source that needs settings',
      ['custom', 'x', '--url', 'http://127.0.0.1:1', '--secret', 'x', '--file', 'body.json'],
      /cannot be signed here/,
    ],
    ['a secret that is no key', ['shop', '--secret', '!', '--file', 'body.json'], /not a key/],
  ])('explains %s and exits with 2', async (_case, args, message) => {
    await writeFile(join(cwd, 'body.json'), '{}');
    const said = await run(...args);
    expect(said.err).toMatch(message);
    expect(said.code).toBe(2);
    expect(receiver.store.deliveries).toEqual([]);
  });

  it('says that nobody is there', async () => {
    await receiver.stop();
    const said = await run('truedy', 'call.ended');
    expect([said.code, said.err]).toEqual([1, expect.stringContaining('no Hookline answers on')]);
    const elsewhere = await say(send, ['truedy', 'call.ended']);
    expect([elsewhere.code, elsewhere.err]).toEqual([
      2,
      expect.stringContaining('no "hookline dev" runs in this folder'),
    ]);
  });
});
