// `hookline plan` over a real admin listener and store: two files, the same events.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Io } from '../../src/cli/client.ts';
import { loadFile } from '../../src/cli/load-file.ts';
import { plan } from '../../src/cli/plan.ts';
import { fixedSeed } from '../../src/plugin/define.ts';
import truedy from '../../connectors/truedy/source.ts';
import { accept, openLedger, token, type Ledger } from '../console/ledger.ts';
import { say } from './terminal.ts';

const before = `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY }}"] }
connections:
  ops: { uses: slack, with: { token: "\${{ secrets.SLACK }}" } }
workflows:
  tell:
    on: truedy:call.ended
    if: event.data.call.endReason != "unjoined"
    steps:
      - { id: post, uses: ops.post-message, with: { channel: "#calls", text: "Call of \${{ event.data.call.duration ?? 0 }} s" } }
  gone: { on: "truedy:*", steps: [{ uses: ops.post-message, with: { channel: "#all", text: a } }] }
`;
const after = before
  .replace('Call of', 'A call of')
  .replace(/ {2}gone: .*\n/, '')
  .replace('"unjoined"', '"hangup"');

let cwd: string;
let ledger: Ledger;
let io: Partial<Io>;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'hookline-plan-'));
  await writeFile(join(cwd, 'live.yaml'), before);
  await writeFile(join(cwd, 'new.yaml'), after);
  await writeFile(join(cwd, 'text.yaml'), before.replace('Call of', 'A call of'));
  await writeFile(join(cwd, 'wrong.yaml'), before.replace('ops.post-message', 'ops.post-mesage'));
  const { workflows } = await loadFile({ cwd, env: {} } as Io, 'live.yaml');
  ledger = await openLedger({ workflows: async () => workflows });
  io = { cwd, env: { HOOKLINE_URL: ledger.url, ADMIN_TOKEN: token } };
  const sample = truedy.events['call.ended']?.samples['nested'];
  for (const [number, endReason] of ['hangup', 'agent_hangup', 'unjoined'].entries()) {
    const given = sample?.({ ...fixedSeed, id: `call-${number}` }) as { data: object };
    const body = Buffer.from(JSON.stringify(given).replaceAll('"hangup"', JSON.stringify(endReason)));
    await accept(ledger.store, number + 1, { body });
  }
  await accept(ledger.store, 4, { type: 'call.started', body: Buffer.from([0xff, 0xfe]) });
});
afterAll(async () => {
  await ledger.close();
  await rm(cwd, { recursive: true });
});

const run = (...args: string[]) => say(plan, args, io);

describe('hookline plan', () => {
  it('says which events are taken and lost, what changes, and what it costs', async () => {
    const { code, out, err } = await run('new.yaml');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^new\.yaml instead of live\.yaml \([0-9a-f]{12}, in use\)\. Nothing is sent\.\n4 events, received/,
    );
    expect(out).toContain(`
tell
  + newly takes 1 event, evt_00000000000000000000000003
  - no longer takes 1 event, evt_00000000000000000000000001
      new.yaml:9:9  event.data.call.endReason != "hangup"  is false
        event.data.call.endReason = "hangup"
  ~ steps.post.input.text changes for 1 event, evt_00000000000000000000000002
      - Call of 142 s
      + A call of 142 s

gone
  - no longer takes 4 events, such as evt_00000000000000000000000004
      it is not in the new file

calls  before  after
ops    6       2      -4`);
  });

  it('reads alerts of our own too', async () => {
    const alerted = `${before}  told:
    on: hookline:run.failed
    if: event.data.workflow == "tell"
    steps: [{ uses: ops.post-message, with: { channel: "#alerts", text: "\${{ event.data.message }}" } }]
`;
    await writeFile(join(cwd, 'alerted.yaml'), alerted);
    const data = {
      run: 'run_1',
      workflow: 'tell',
      event: 'evt_1',
      source: 's',
      type: 't',
      step: 'post',
      message: 'no',
    };
    const event = { id: 'evt_1', source: 'hookline', type: 'run.failed', time: null, receivedAt: fixedSeed.at };
    const line = { ...event, body: { text: JSON.stringify({ type: 'run.failed', time: fixedSeed.at, data }) } };
    await writeFile(join(cwd, 'alerts.ndjson'), JSON.stringify(line));
    const { out } = await run('alerted.yaml', '--events', 'alerts.ndjson', '--against', 'live.yaml');
    expect(out).toContain('told\n  + newly takes 1 event, evt_1');
    expect(out).toContain('ops    0       1      +1');
  });

  it('goes on past an event that the code of its source cannot read', async () => {
    await mkdir(join(cwd, 'plugins'));
    const plugin = `import { defineSource } from 'hookline/plugin';
      export default defineSource({ name: 'odd', description: 'Odd.', settings: { type: 'object', properties: {} }, events: {},
        scheme: { algorithm: 'hmac-sha256', header: 'x-signature', content: '{body}' },
        identify: ({ body }) => ({ type: body.type.toLowerCase(), rule: 'type', data: body }) });`;
    await writeFile(join(cwd, 'plugins', 'odd.js'), plugin);
    const odd = before.replace('connections:', '  odd: { uses: odd, secrets: ["${{ secrets.ODD }}"] }\nconnections:');
    await writeFile(join(cwd, 'odd.yaml'), odd.replace('"truedy:*"', '"odd:*"'));
    const event = { id: 'evt_1', source: 'odd', type: 'a', time: null, receivedAt: fixedSeed.at };
    const lines = ['{"type":"A"}', '{"type":1}', '{', '{"type":"A"}'].map((text) => ({ ...event, body: { text } }));
    await writeFile(join(cwd, 'odd.ndjson'), lines.map((line) => JSON.stringify(line)).join('\n'));
    const { code, out, err } = await run('odd.yaml', '--events', 'odd.ndjson', '--against', 'live.yaml');
    await rm(join(cwd, 'plugins'), { recursive: true });
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('\nLeft out, because the code of their source cannot read them: 1 event\n');
    expect(out).toContain('gone\n  + newly takes 3 events, such as evt_1');
  });

  it('ends with 1 only when asked to and something changes', async () => {
    expect((await run('new.yaml', '--exit-code')).code).toBe(1);
    const same = await run('live.yaml', '--exit-code');
    expect([same.code, same.out]).toEqual([0, expect.stringContaining('Nothing changes for any of them.') as string]);
    const other = await run('text.yaml', '--exit-code', '--workflow', 'gone');
    expect([other.code, other.out]).toEqual([0, expect.stringContaining('Nothing changes') as string]);
  });

  it('looks at the newest events only', async () => {
    const { out } = await run('new.yaml', '--last', '1', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({
      changed: true,
      events: { count: 1 },
      before: { file: 'live.yaml', is: 'live' },
      workflows: [{ name: 'gone', taken: null, lost: { count: 1, example: 'evt_00000000000000000000000004' } }],
      calls: [{ connection: 'ops', before: 1, after: 0 }],
    });
    expect((await run('new.yaml', '--last', '1', '--json')).out).toBe(out);
  });

  it('needs nobody when it is given events and a file to compare with', async () => {
    const answer = await fetch(`${ledger.url}/api/events/stream?last=4`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
    await writeFile(join(cwd, 'events.ndjson'), `${await answer.text()}\n`);
    const args = ['new.yaml', '--events', 'events.ndjson', '--against', 'live.yaml', '--json'];
    const offline = await say(plan, args, { cwd });
    const { before: _, ...found } = JSON.parse(offline.out) as Record<string, unknown>;
    const { before: live, ...online } = JSON.parse((await run('new.yaml', '--json')).out) as Record<string, unknown>;
    expect([offline.code, found]).toEqual([0, online]);
    expect(live).toMatchObject({ is: 'live' });
    const lines = (await readFile(join(cwd, 'events.ndjson'), 'utf8')).trim().split('\n');
    await writeFile(join(cwd, 'events.ndjson'), lines.toReversed().join('\r\n'));
    const turned = JSON.parse((await say(plan, args, { cwd })).out) as typeof online;
    expect(turned['events'], 'in any order').toEqual(online['events']);
  });

  it('streams page by page, all events and each once', async () => {
    const other = await openLedger();
    for (let number = 1; number <= 130; number++) await accept(other.store, number);
    const headers = { authorization: `Bearer ${token}` };
    const idsOf = async (last: string) => {
      const text = await (await fetch(`${other.url}/api/events/stream?last=${last}`, { headers })).text();
      return text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: string }).id);
    };
    const all = await idsOf('1000');
    expect(all).toEqual(all.toSorted().toReversed());
    expect([all.length, new Set(all).size]).toEqual([130, 130]);
    expect(await idsOf('51')).toEqual(all.slice(0, 51));
    expect((await fetch(`${other.url}/api/events/stream?last=0`, { headers })).status).toBe(400);
    expect((await fetch(`${other.url}/api/events/stream`)).status).toBe(401);
    await other.close();
  });

  it.each<[string, string[], RegExp]>([
    [
      'a file with errors',
      ['wrong.yaml'],
      /step\.unknown-action[\s\S]*"wrong\.yaml" has errors, so nothing can be compared/,
    ],
    ['a file that is not there', ['none.yaml', '--exit-code'], /"none\.yaml" cannot be read/],
    ['an old file with errors', ['new.yaml', '--against', 'wrong.yaml'], /"wrong\.yaml" has errors/],
    [
      'a workflow in neither file',
      ['new.yaml', '--workflow', 'tel'],
      /"tel" is in neither file; did you mean "tell"\?/,
    ],
    ['a count that is none', ['new.yaml', '--last', '1e3'], /"--last" is "1e3"/],
    ['a form that is none', ['new.yaml', '--format', 'xml'], /it is text or json/],
    ['events that are not there', ['new.yaml', '--events', 'no.ndjson'], /"no\.ndjson" cannot be read: ENOENT/],
    ['events that are none', ['new.yaml', '--events', 'new.yaml'], /"new\.yaml" line 1 is not an event/],
  ])('explains %s and exits with 2', async (_case, args, message) => {
    const { code, out, err } = await run(...args);
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, '']);
  });

  it('exits with 2 when nobody answers, so that 1 always means a change', async () => {
    const env = { HOOKLINE_URL: 'http://127.0.0.1:1', ADMIN_TOKEN: token };
    const { code, err } = await say(plan, ['new.yaml', '--exit-code'], { cwd, env });
    expect([code, err]).toEqual([2, expect.stringContaining('no Hookline answers on') as string]);
    const wrong = await say(plan, ['new.yaml'], { cwd, env: { HOOKLINE_URL: ledger.url, ADMIN_TOKEN: 'wrong' } });
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('admin token') as string });
  });

  it('exits with 2 when the events break off, and shows no half of an answer', async () => {
    const { text } = (await loadFile({ cwd, env: {} } as Io, 'live.yaml')).workflows ?? { text: '' };
    const line = {
      id: 'evt_1',
      source: 'truedy',
      type: 'call.ended',
      time: null,
      receivedAt: fixedSeed.at,
      body: { text: '{}' },
    };
    const torn = createServer((request, response) => {
      if (request.url === '/api/config') return response.end(JSON.stringify({ live: { hash: 'h', file: 'f', text } }));
      response.write(`${JSON.stringify(line)}\n`, () => response.destroy());
      return undefined;
    });
    await new Promise<void>((resolve) => torn.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(torn.address() as AddressInfo).port}`;
    const { code, out, err } = await say(plan, ['new.yaml'], { cwd, env: { HOOKLINE_URL: url, ADMIN_TOKEN: token } });
    torn.close();
    expect([code, out, err]).toEqual([2, '', expect.stringContaining('no Hookline answers on') as string]);
  });

  it('says so when there is no event', async () => {
    const { workflows } = await loadFile({ cwd, env: {} } as Io, 'live.yaml');
    const empty = await openLedger({ workflows: async () => workflows });
    const { code, out } = await say(plan, ['new.yaml', '--exit-code'], {
      ...io,
      env: { HOOKLINE_URL: empty.url, ADMIN_TOKEN: token },
    });
    expect([code, out]).toEqual([0, expect.stringContaining('No event is stored') as string]);
    await empty.close();
  });
});
