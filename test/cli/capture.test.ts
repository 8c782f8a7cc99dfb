// `hookline capture`: a real event through the real engine and sandboxes becomes a test that passes, and tells nobody's data.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startApp, type App } from '../../src/app.ts';
import { capture } from '../../src/cli/capture.ts';
import { createClient } from '../../src/cli/client.ts';
import { events } from '../../src/cli/events.ts';
import { send } from '../../src/cli/send.ts';
import { test as runTests } from '../../src/cli/test.ts';
import { createLog, createRedactor } from '../../src/core/log.ts';
import type { Happening } from '../../src/core/model.ts';
import { readSettings } from '../../src/core/settings.ts';
import { say } from './terminal.ts';

const file = `version: 1
env: { OWNER: owner@example.com }
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY }}"] }
connections:
  crm: { uses: salesforce, with: { loginUrl: https://example.my.salesforce.com, clientId: a, clientSecret: "\${{ secrets.SF }}" } }
  mail: { uses: email, with: { host: smtp.example.com, from: calls@example.com } }
  ops: { uses: slack, with: { token: "\${{ secrets.SLACK }}" } }
  web: { uses: http, with: { baseUrl: https://api.example.com } }
workflows:
  main:
    on: truedy:call.ended
    unique: event.data.call.callId
    if: event.data.call.endReason != "unjoined" && (event.data.call.summary ?? "") != ""
    steps:
      - id: log
        uses: crm.upsert-record
        with:
          object: Task
          externalId: { field: Truedy_Call_Id__c, value: "\${{ event.data.call.callId }}" }
          record:
            Subject: Call with \${{ event.data.call.metadata.contact.name }} at \${{ event.data.call.phoneNumber ?? "?" }}
            Description: \${{ event.data.call.summary }}
      - id: tell
        uses: mail.send
        with:
          to: [{ address: "\${{ env.OWNER }}" }]
          subject: \${{ event.data.call.metadata.contact.name }} <\${{ event.data.call.metadata.contact.email }}>
          text: "\${{ event.data.call.transcript ?? '' }} task \${{ steps.log.output.id }} run \${{ run.id }} \${{ run.startedAt }}"
      - id: post
        uses: ops.post-message
        needs: [log]
        with: { channel: "#calls", text: "\${{ event.data.call.summary }} \${{ event.body.timestamp ?? '' }}" }
      - id: thread
        uses: ops.post-message
        needs: [post]
        with: { channel: "#calls", text: more, thread_ts: "\${{ steps.post.output.ts }}" }
      - id: echo
        uses: web.request
        needs: []
        if: event.data.call.direction == "inbound"
        with: { method: POST, path: /notes, json: { who: "\${{ event.data.call.metadata }}" } }
  refused:
    on: truedy:call.ended
    steps:
      - uses: crm.update-record
        with: { object: Task, id: 00T000000000000AAA, record: { Subject: "\${{ event.data.call.metadata.contact.email }}" } }
      - uses: ops.post-message
        with: { channel: "#calls", text: never }
  refunds:
    on: truedy:call.ended
    if: (event.data.call.summary ?? "").includes("refund")
    steps: [{ uses: ops.post-message, with: { channel: "#calls", text: refund } }]
  long: { on: "truedy:call.ended", if: (event.data.call.duration ?? 0) > 1000, steps: [{ uses: ops.post-message, with: { channel: a, text: b } }] }
  starts: { on: "truedy:call.started", steps: [{ uses: ops.post-message, with: { channel: a, text: b } }] }
`;

/** Whoever the event is about, in every form that stands in it. */
const canaries = [
  'Zebulon',
  'Quackenbush',
  'zq.private',
  'quack-mail',
  '4155557788',
  '415) 555-7788',
  '555-7788',
  '415.555.7788',
];
canaries.push('7911 123456', 'Wilhelmina', 'Mulberry Lane', '94107', 'sig=PRIVATE', '203.0.113.77');

const body = {
  event: 'call.ended',
  timestamp: '2026-11-23T18:59:00.000Z',
  data: {
    call: {
      callId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
      agent: { agentId: 'agent-1', name: 'Front desk' },
      joined: '2026-11-23T18:50:00.000Z',
      ended: '2026-11-23T18:55:00.000Z',
      endReason: 'hangup',
      direction: 'inbound',
      phoneNumber: '+14155557788',
      from: '+14155557788',
      to: '+12025550102',
      summary:
        'Zebulon Quackenbush (zq.private@quack-mail.test) wants a refund & asked for Wilhelmina on 415.555.7788.',
      transcript:
        'agent: hello\nuser: hi this is zebulon quackenbush, my number is (415) 555-7788\nagent: thank you, Zebulon.',
      recordingUrl: 'https://recordings.example.com/7c9e.mp3?sig=PRIVATE',
      medium: { sip: { uri: 'sip:+14155557788@203.0.113.77', peer: '203.0.113.77' } },
      metadata: {
        campaign: 'renewals',
        contactId: 'C-20417',
        contact: {
          name: 'Zebulon Quackenbush',
          email: 'ZQ.Private@quack-mail.test',
          mobile: '+44 7911 123456',
          street: '12 Mulberry Lane',
          zip: '94107',
        },
        phone_e164: 14155557788,
        '+14155557788': 'seen before',
        note: 'Ask for Wilhelmina or call 4155557788 in the morning please.',
      },
    },
  },
};

const token = 'a-token-of-the-tests-with-some-length';
const secret = 'whsec_0123456789abcdef0123456789abcdef';

let cwd: string;
let app: App;
let env: Record<string, string>;
let eventId: string;
let onEnd: (run: string) => void = () => undefined;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'hookline-capture-'));
  await writeFile(join(cwd, 'workflows.yaml'), file);
  await writeFile(join(cwd, 'body.json'), JSON.stringify(body));
  const ended = new Map<string, string>();
  const { promise: all, resolve } = Promise.withResolvers<string>();
  app = await startApp({
    settings: readSettings({ PORT: '0', ADMIN_PORT: '0' }),
    dataDir: join(cwd, 'data'),
    file: join(cwd, 'workflows.yaml'),
    pluginsDir: join(cwd, 'plugins'),
    sandbox: true,
    secret: () => secret,
    adminToken: token,
    redactor: createRedactor(),
    log: createLog({ level: 'error', redactor: createRedactor(), destination: { write: () => undefined } }),
    clock: Date.now,
    notify: (happening: Happening) => {
      if (happening.kind !== 'run' || !['succeeded', 'failed', 'held'].includes(happening.status)) return;
      onEnd(happening.runId);
      ended.set(happening.workflow, happening.status);
      if (ended.size === 3) resolve(happening.eventId);
    },
    onProblems: () => undefined,
  });
  env = { HOOKLINE_URL: app.adminUrl, ADMIN_TOKEN: token };
  const sent = await say(send, ['truedy', 'call.ended', '--file', 'body.json', '--url', app.url, '--secret', secret], {
    cwd,
  });
  expect(sent).toMatchObject({ code: 0 });
  eventId = await all;
});
afterAll(async () => {
  await app.stop();
  await rm(cwd, { recursive: true });
});

/** Each capture has a salt of its own, the same in every run of these tests. */
let salts = 0;
const random = (size: number) => Buffer.alloc(size, (salts += 1));
const take = (...args: string[]) => say(capture, [eventId, ...args], { cwd, env, random });

const read = () => readFile(join(cwd, 'workflows.test.yaml'), 'utf8');
const leaked = (text: string) => canaries.filter((one) => text.includes(one));

interface Written {
  readonly tests: Readonly<
    Record<
      string,
      { readonly event: { readonly data: { readonly call: Record<string, never> } }; readonly expect: unknown }
    >
  >;
}

describe('hookline capture', () => {
  it('writes a test that passes at once, and fails when the file does something else', async () => {
    const { code, out, err } = await take();
    expect([code, out]).toEqual([0, `✓ workflows.test.yaml: added "captured call.ended ${eventId}"`]);
    expect(err).toBe('! workflow "refunds" does not take the event with fakes in it');
    expect(await say(runTests, [], { cwd })).toMatchObject({
      code: 0,
      out: expect.stringContaining('✓ 1 test, all as expected') as string,
    });
    await writeFile(join(cwd, 'changed.yaml'), file.replace('Subject: Call with', 'Subject: A call with'));
    const changed = await say(runTests, ['workflows.test.yaml', '--file', 'changed.yaml'], { cwd });
    expect(changed.code).toBe(1);
    expect(changed.out).toMatch(
      /main\.log\.input\.record\.Subject\n +expected {2}"Call with [^"]+"\n +actual {4}"A call with /,
    );
  });

  it('tells nothing of whom the event is about', async () => {
    const stored = await say(events, [eventId, '--json'], { cwd, env });
    expect(leaked(`${stored.out} ${JSON.stringify(body)}`)).toEqual(canaries);
    const text = await read();
    expect(leaked(text)).toEqual([]);
    expect(text.toLowerCase()).not.toMatch(/zebulon|quackenbush|wilhelmina|mulberry/);
  });

  it('keeps what the workflow turns on: ids, words of the system, equal values', async () => {
    const { tests } = parse(await read()) as Written;
    const [test] = Object.values(tests);
    expect(test?.event.data.call).toMatchObject({
      callId: body.data.call.callId,
      endReason: 'hangup',
      agent: { agentId: 'agent-1', name: 'Front desk' },
      metadata: { campaign: 'renewals', contactId: 'C-20417' },
      duration: 300,
    });
    const { phoneNumber, from, to, metadata } = test?.event.data.call ?? {};
    expect([from, String(metadata?.['phone_e164']), to === from]).toEqual([
      phoneNumber,
      String(phoneNumber).slice(1),
      false,
    ]);
    expect(phoneNumber).toMatch(/^\+1[2-9]\d\d55501\d\d$/);
    expect(test?.expect).toMatchObject({
      main: { status: 'succeeded', steps: { log: { status: 'succeeded' } } },
      refused: { status: 'failed', steps: { 'post-message': 'skipped' } },
      refunds: 'no match',
      long: 'no match',
    });
  });

  it('gives other fakes every time, and leaves the other lines of the file alone', async () => {
    const before = `# My tests.\n${await read()}# The end.\n`;
    await writeFile(join(cwd, 'workflows.test.yaml'), before);
    expect((await take('--name', 'again')).code).toBe(0);
    const after = await read();
    expect(after.startsWith(before.trimEnd())).toBe(true);
    const [first, second] = Object.values((parse(after) as Written).tests);
    expect(leaked(after)).toEqual([]);
    const [one, two] = [first, second].map((test) => JSON.stringify(test?.event));
    expect(two).not.toBe(one);
    expect((await say(runTests, [], { cwd })).out).toContain('✓ 2 tests, all as expected');
  });

  it('keeps the words of texts when asked to, but not what is known to be personal', async () => {
    const { code, out, err } = await take('--keep-text', '--print');
    expect([code, leaked(out)]).toEqual([0, ['Wilhelmina']]);
    expect(out).toMatch(
      /summary: \w+ \w+ \(\w+\.\w+@example\.com\) wants a refund & asked for Wilhelmina on \d{3}\.555\.01\d\d\./,
    );
    expect(err).toBe('Texts keep their words: read the test before you share it.');
  });

  it('says where the file here does something else than what was recorded', async () => {
    await writeFile(join(cwd, 'newer.yaml'), file.replace('Subject: Call with', 'Subject: A call with'));
    const { code, err } = await take('--file', 'newer.yaml');
    expect([code, err]).toEqual([
      0,
      expect.stringContaining('! step "main.log" was called with another input than the file here gives it') as string,
    ]);
    expect(await say(runTests, ['newer.yaml'], { cwd })).toMatchObject({ code: 0 });
  });

  it('adds to a file whose other tests are out of date', async () => {
    const old =
      'version: 1\ntests:\n    old:\n        event: { sample: "truedy:call.ended" }\n        expect: { gone: match }\n';
    await writeFile(join(cwd, 'old.test.yaml'), old);
    const { code, out } = await take('--file', 'old.test.yaml');
    expect([code, out]).toEqual([0, expect.stringContaining('✓ old.test.yaml: added') as string]);
    const text = await readFile(join(cwd, 'old.test.yaml'), 'utf8');
    expect(text.startsWith(`${old}\n    captured call.ended`)).toBe(true);
    expect(Object.keys((parse(text) as Written).tests)).toHaveLength(2);
  });

  it.each<[string, string]>([
    ['does not end with its tests', 'version: 1\ntests:\n  a: { event: {} }\nother: 1\n'],
    ['has them on one line', 'version: 1\ntests: { a: { event: {} } }\n'],
    ['is no YAML', 'version: [\n'],
  ])('leaves a file alone that %s', async (_case, text) => {
    await writeFile(join(cwd, 'odd.test.yaml'), text);
    const { code, err } = await take('--file', 'odd.test.yaml');
    expect([code, err]).toEqual([2, expect.stringContaining('"odd.test.yaml" ') as string]);
    expect(await readFile(join(cwd, 'odd.test.yaml'), 'utf8')).toBe(text);
  });

  it('takes the answers of the run that is named', async () => {
    const { answer } = await replay();
    const { out } = await take('--run', answer, '--print', '--json');
    expect(JSON.parse(out)).toMatchObject({ test: { answers: { refused: { 'update-record': {} } } } });
  });

  it.each<[string, string[], number, RegExp]>([
    ['a test of that name', [], 2, /has a test "captured call\.ended evt_\w+" already; choose another with --name/],
    ['a run of another event', ['--run', 'run_none'], 1, /"run_none" does not exist/],
    ['an option that does not exist', ['--keep'], 2, /did you mean "--keep-text"\?/],
    ['a workflow file that is not there', ['--file', 'none.yaml'], 2, /"none\.yaml" cannot be read/],
  ])('refuses %s and writes nothing', async (_case, args, exit, message) => {
    const before = await read();
    const { code, out, err } = await take(...args);
    expect(err).toMatch(message);
    expect([code, out, await read()]).toEqual([exit, '', before]);
  });

  it('explains what is not there', async () => {
    expect(await say(capture, ['evt_none'], { cwd, env })).toMatchObject({
      code: 1,
      err: expect.stringContaining('"evt_none" does not exist') as string,
    });
    const nobody = { HOOKLINE_URL: 'http://127.0.0.1:1', ADMIN_TOKEN: token };
    expect((await say(capture, [eventId], { cwd, env: nobody })).err).toContain('no Hookline answers on');
  });
});

/** Runs one workflow again; the new run. */
async function replay(): Promise<{ answer: string }> {
  const client = createClient({ url: app.adminUrl, token });
  const ended = Promise.withResolvers<string>();
  onEnd = ended.resolve;
  await client.post(`/api/events/${eventId}/replay`, { workflow: 'refused' });
  return { answer: await ended.promise };
}
