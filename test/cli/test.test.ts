// `hookline test`: what passes, what differs and where, and what a test file may not say.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { test as runTests } from '../../src/cli/test.ts';
import { say } from './terminal.ts';

const workflows = `version: 1
sources: { truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY }}"] } }
connections:
  crm: { uses: salesforce, with: { loginUrl: https://example.my.salesforce.com, clientId: a, clientSecret: "\${{ secrets.SF }}" } }
  mail: { uses: email, with: { host: smtp.example.com, from: calls@example.com } }
  ops: { uses: slack, with: { token: "\${{ secrets.SLACK }}" } }
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
          externalId: { field: Call__c, value: "\${{ event.data.call.callId }}" }
          record: { Subject: "\${{ event.data.call.agent.name ?? 'agent' }}", Description: "\${{ event.data.call.summary }}" }
      - id: tell
        uses: mail.send
        with: { to: [{ address: a@example.com }], subject: Call, text: "Task \${{ steps.log.output.id }}" }
      - { id: post, uses: ops.post-message, needs: [log], with: { channel: "#calls", text: "\${{ event.data.call.summary }}" } }
      - id: thread
        uses: ops.post-message
        needs: [post]
        if: (event.data.call.duration ?? 0) > 60
        with: { channel: "#calls", text: "\${{ run.startedAt }}", thread_ts: "\${{ steps.post.output.ts }}" }
  patient:
    on: truedy:call.failed
    steps:
      - { id: note, uses: ops.post-message, retry: { attempts: 2 }, onError: continue, with: { channel: a, text: b } }
      - { id: mail, uses: mail.send, onDoubt: retry, with: { to: [{ address: a@example.com }], subject: b, text: c } }
  broken: { on: "truedy:call.billed", if: "number(event.data.call.metadata.nothing) > 1", steps: [{ uses: ops.post-message, with: { channel: a, text: b } }] }
`;

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'hookline-test-'));
  await put('workflows.yaml', workflows);
});
beforeEach(() => rm(join(cwd, 'workflows.test.yaml'), { force: true }));
afterAll(() => rm(cwd, { recursive: true }));

async function put(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(cwd, name)), { recursive: true });
  await writeFile(join(cwd, name), text);
}

const run = (...args: string[]) => say(runTests, args, { cwd });

/** Runs one test, given as the lines below its name. */
async function tryTest(lines: string) {
  const body = lines.trim().replace(/^/gm, '    ');
  await put('workflows.test.yaml', `version: 1\ntests:\n  one:\n${body}\n`);
  return run();
}

const ended = 'event: { sample: "truedy:call.ended" }';
const failed = 'event: { sample: "truedy:call.failed" }';
const ts = '"1795476051.633000"';
const posted = `post: { succeeded: { channel: C1, ts: ${ts} } }`;
const logged = 'log: { succeeded: { id: 00T000000000001AAA, created: true } }';

describe('a test passes when', () => {
  it.each<[string, string]>([
    [
      'every step gets what is expected from the answers of others',
      `event: { sample: "truedy:call.ended", with: { data.call.summary: Ann wants an offer. } }
answers: { main: { ${logged}, ${posted} } }
matches: [main]
expect:
  main:
    status: succeeded
    unique: 7c9e6679-7425-40de-944b-e07fc1f90ae7
    steps:
      log: { inputExactly: { object: Task, externalId: { field: Call__c, value: 7c9e6679-7425-40de-944b-e07fc1f90ae7 }, record: { Subject: Front desk, Description: Ann wants an offer. } } }
      tell: { status: succeeded, attempts: 1, input: { text: Task 00T000000000001AAA, to: [{ address: a@example.com }] } }
      post: { input: { text: Ann wants an offer. } }
      thread: { input: { thread_ts: ${ts}, text: "2026-01-15T10:30:00.000Z" } }
  patient: no match`,
    ],
    [
      'a condition is false because of the term that is expected',
      `event: { sample: "truedy:call.ended", with: { data.call.summary: null } }
matches: []
expect: { main: { match: false, because: '(event.data.call.summary ?? "") != ""' } }`,
    ],
    [
      'a step is skipped by its if',
      `${ended.replace('" }', '", with: { data.call.duration: 5 } }')}\nexpect: { main: { steps: { thread: skipped } } }`,
    ],
    [
      'a refused step fails the run and skips what needs it',
      `${ended}
answers: { main: { log: { rejected: no such field } } }
expect: { main: { status: failed, steps: { log: { status: failed, error: no such field }, tell: { status: skipped, note: needs log }, post: skipped } } }`,
    ],
    [
      'a doubt is resolved by the effect of its action: keyed is tried again, lookup asks, once is held',
      `${ended}
answers:
  main:
    log: [in_doubt, { succeeded: { id: 00T000000000001AAA, created: true } }]
    post: [in_doubt, { found: { channel: C1, ts: ${ts} } }]
    tell: { in_doubt: no answer }
expect:
  main:
    status: held
    reason: in_doubt
    steps: { log: { status: succeeded, attempts: 2 }, post: { status: succeeded, attempts: 1 }, tell: { status: held, reason: in_doubt, error: no answer }, thread: succeeded }`,
    ],
    [
      'a person answers a doubt',
      `${ended}
answers: { main: { ${posted}, tell: [in_doubt, again, in_doubt, { happened: { messageId: a, accepted: [a@example.com], refused: [], response: ok } }] } }
expect: { main: { status: succeeded, steps: { tell: { attempts: 2 } } } }`,
    ],
    [
      'a lookup without a result tries again',
      `${ended}
answers: { main: { post: [in_doubt, unknown, absent, { succeeded: { channel: C1, ts: ${ts} } }] } }
expect: { main: { status: succeeded, steps: { post: { attempts: 2 } } } }`,
    ],
    [
      'there is no further answer, and the run waits for the next try',
      `${ended}\nanswers: { main: { log: retryable } }\nexpect: { main: { status: waiting, steps: { log: waiting, tell: pending } } }`,
    ],
    [
      'credentials that are refused hold the run, and let it go on when they are mended',
      `${ended}
answers: { main: { log: [credentials, credentials, succeeded], tell: credentials, ${posted} } }
expect: { main: { status: held, reason: credentials, steps: { log: { status: succeeded, attempts: 3 }, tell: { status: held, attempts: 1 }, post: succeeded } } }`,
    ],
    [
      'the vendor is down until Hookline gives up',
      `${ended}\nanswers: { main: { log: { retryable: down, always: true } } }\nexpect: { main: { status: failed, steps: { log: { status: failed, note: gave up after }, tell: skipped } } }`,
    ],
    [
      'the retry, onError and onDoubt of the file decide',
      `${failed}
answers: { patient: { note: [retryable, retryable], mail: [in_doubt, succeeded] } }
expect: { patient: { status: succeeded, steps: { note: { status: failed, note: gave up after 2 attempts }, mail: { attempts: 2 } } } }`,
    ],
    [
      'a condition fails',
      'event: { sample: "truedy:call.billed" }\nexpect: { broken: { match: true, status: failed, error: missing } }',
    ],
    [
      'the event is written in the test',
      `event: { type: call.ended, data: { call: { callId: c1, summary: x, extra: 1 } }, receivedAt: "2026-02-03T04:05:06Z" }
answers: { main: { ${posted} } }
expect: { main: { unique: c1, steps: { log: { input: { record: { Subject: agent } } }, thread: skipped } } }`,
    ],
  ])('%s', async (_case, lines) => {
    const { code, out, err } = await tryTest(lines);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: expect.stringContaining('✓ 1 test, all as expected') as string,
      err: '',
    });
  });

  it('its event is an alert of our own', async () => {
    await put('alert/workflows.yaml', workflows.replace('on: truedy:call.failed', 'on: hookline:run.failed'));
    await put(
      'alert/workflows.test.yaml',
      'version: 1\ntests: { one: { event: { sample: "hookline:run.failed" }, matches: [patient] } }',
    );
    expect(await run('alert/workflows.yaml')).toMatchObject({ code: 0 });
  });

  it('its event is a body from a file, read as the receiver would', async () => {
    await put(
      'events/flat.json',
      JSON.stringify({ event: 'call.ended', data: { call_id: 'c9', summary: 'x', duration_seconds: 90 } }),
    );
    const { out } = await tryTest(`event: { file: events/flat.json }
answers: { main: { ${posted} } }
expect: { main: { unique: c9, steps: { thread: succeeded } } }`);
    expect(out).toContain('✓ 1 test, all as expected');
  });
});

describe('a test fails, with the place and both values, when', () => {
  it.each<[string, string, string]>([
    [
      'fields of an input differ',
      `${ended}\nexpect:\n  main:\n    steps:\n      log: { input: { object: Tusk, record: { Subject: Front desk, Nothing: 1 } } }`,
      `    workflows.test.yaml:8:35  main.log.input.object
      expected  "Tusk"
      actual    "Task"
    workflows.test.yaml:8:81  main.log.input.record.Nothing
      expected  1
      actual    nothing`,
    ],
    [
      'an input has more than is expected exactly',
      `${ended}\nexpect: { main: { steps: { tell: { inputExactly: { to: [{ address: a@example.com }], subject: Call } } } } }`,
      `    workflows.test.yaml:5:54  main.tell.input.text
      expected  nothing
      actual    "Task «steps.log.output.id»"`,
    ],
    [
      'a list has another length',
      `${ended}\nexpect: { main: { steps: { tell: { input: { to: [] } } } } }`,
      `main.tell.input.to
      expected  0 items
      actual    1 item: [{"address":"a@example.com"}]`,
    ],
    [
      'a workflow does not take the event: the first false term and its values',
      `event: { sample: "truedy:call.ended", with: { data.call.endReason: unjoined } }\nexpect: { main: match }`,
      `    workflows.test.yaml:5:21  main
      expected  match
      actual    no match
      workflows.yaml:11:9  event.data.call.endReason != "unjoined"  is false
        event.data.call.endReason = "unjoined"`,
    ],
    [
      'a workflow takes the event that should not',
      `${ended}\nmatches: [patient]`,
      `    workflows.test.yaml:5:14  main
      expected  no match
      actual    match
    workflows.test.yaml:5:15  patient
      expected  match
      actual    no match
      workflows.yaml:28:3  on: truedy:call.failed`,
    ],
    [
      'another term is false',
      `event: { sample: "truedy:call.ended", with: { data.call.endReason: unjoined } }\nexpect: { main: { because: '(event.data.call.summary ?? "") != ""' } }`,
      `main.because
      expected  (event.data.call.summary ?? "") != ""
      actual    event.data.call.endReason != "unjoined"`,
    ],
    [
      'an answer is never asked for',
      `event: { sample: "truedy:call.ended", with: { data.call.duration: 5 } }\nanswers: { main: { thread: rejected } }\nexpect: { main: match }`,
      'main.thread  the answer "rejected" is not asked for: the step is skipped (its if is false)',
    ],
    [
      'an answer does not fit the question',
      `${ended}\nanswers: { main: { tell: [in_doubt, succeeded] } }\nexpect: { main: match }`,
      'main.tell  the answer "succeeded" is not asked for: the step is held, so one of happened, again is',
    ],
    [
      'an input cannot be rendered from a made-up output',
      `${ended}\nexpect: { main: { steps: { thread: succeeded } } }`,
      `      expected  "succeeded"
      actual    "failed"
      thread is failed (its input could not be rendered): input "thread_ts" must match pattern`,
    ],
    [
      'the end of a long text differs',
      `event: { sample: "truedy:call.ended", with: { data.call.summary: "${'lorem ipsum '.repeat(40)}end" } }
expect: { main: { steps: { log: { input: { record: { Description: "${'lorem ipsum '.repeat(40)}And" } } } } } }`,
      `      expected  …"sum lorem ipsum lorem ipsum lorem ipsum And"
      actual    …"sum lorem ipsum lorem ipsum lorem ipsum end"`,
    ],
  ])('%s', async (_case, lines, shown) => {
    const { code, out } = await tryTest(lines);
    expect(out).toContain(shown);
    expect([code, out]).toEqual([1, expect.stringContaining('✗ 1 test, 1 not as expected') as string]);
  });

  it('and says that an output was made up', async () => {
    const { out } = await tryTest(`${ended}\nexpect: { main: { steps: { tell: succeeded } } }`);
    expect(out).toContain('with a made-up output of main.log, main.post');
  });
});

describe('a mistake in a test file', () => {
  it.each<[string, string, RegExp]>([
    [
      'a workflow that is not there',
      `${ended}\nexpect: { mian: match }`,
      /:5:15 error value\.unknown-key\n +"mian" is no workflow[\s\S]*Did you mean "main"\?/,
    ],
    [
      'a step that is not there',
      `${ended}\nexpect: { main: { steps: { tel: succeeded } } }`,
      /"tel" is no step of "main"[\s\S]*Did you mean "tell"\?/,
    ],
    [
      'an answer of a step that is not there',
      `${ended}\nanswers: { main: { lo: rejected } }\nexpect: { main: match }`,
      /"lo" is no step/,
    ],
    [
      'an unknown word',
      `${ended}\nexpects: { main: match }`,
      /:5:5 error value\.unknown-key[\s\S]*Did you mean "expect"\?/,
    ],
    ['an unknown status', `${ended}\nexpect: { main: { status: done } }`, /must be one of "pending"/],
    [
      'an unknown answer',
      `${ended}\nanswers: { main: { log: suceeded } }\nexpect: { main: match }`,
      /:5:29 error value\.invalid[\s\S]*Did you mean "succeeded"\?/,
    ],
    [
      'an output that the action never gives',
      `${ended}\nanswers: { main: { log: { succeeded: { id: 5, craeted: true } } } }\nexpect: { main: match }`,
      /:5:48 error value\.type[\s\S]*:5:51 error value\.unknown-key[\s\S]*Did you mean "created"\?/,
    ],
    [
      'an answer of two words',
      `${ended}\nanswers: { main: { log: { rejected: a, retryable: b } } }\nexpect: { main: match }`,
      /the answer says both "rejected" and "retryable"/,
    ],
    ['no expectation', ended, /test "one" expects nothing/],
    [
      'a sample that is not there',
      'event: { sample: "truedy:call.endet" }\nexpect: { main: match }',
      /event\.unknown-type[\s\S]*Did you mean "call\.ended"\?/,
    ],
    [
      'a source that is not there',
      'event: { sample: "truedi:call.ended" }\nexpect: { main: match }',
      /event\.unknown-source[\s\S]*Did you mean "truedy"\?/,
    ],
    [
      'a sample without its source',
      'event: { sample: "call.ended" }\nexpect: { main: match }',
      /"call\.ended" is not "source:type"[\s\S]*Write "truedy:call\.ended"\./,
    ],
    [
      'a shape that is not there',
      `event: { sample: "truedy:call.ended", shape: flatt }\nexpect: { main: match }`,
      /has no shape "flatt"[\s\S]*"flat"/,
    ],
    [
      'a field that no event has',
      `event: { sample: "truedy:call.ended", with: { data.call.sumary: x } }\nexpect: { main: match }`,
      /"data\.call" has no "sumary"[\s\S]*Did you mean "summary"\?/,
    ],
    [
      'a value that no event has',
      `event: { sample: "truedy:call.ended", with: { data.call.endReason: hung_up } }\nexpect: { main: match }`,
      /:4:72 error value\.invalid/,
    ],
    [
      'a path outside the event',
      `event: { sample: "truedy:call.ended", with: { dta.call: x } }\nexpect: { main: match }`,
      /is no path into data or body[\s\S]*"data"/,
    ],
    [
      'a file that is not there',
      'event: { file: none.json }\nexpect: { main: match }',
      /"none\.json" cannot be read: ENOENT/,
    ],
    [
      'two events',
      'event: { file: none.json, sample: a }\nexpect: { main: match }',
      /the event has both "sample" and "file"/,
    ],
    ['no event', 'event: {}\nexpect: { main: match }', /the event is empty/],
    [
      'a status of what does not match',
      `${ended}\nexpect: { main: { match: false, status: failed } }`,
      /cannot both leave the event and have "status"/,
    ],
  ])('is told: %s', async (_case, lines, message) => {
    const { code, out } = await tryTest(lines);
    expect(out).toMatch(message);
    expect(out).toMatch(/^workflows\.test\.yaml:\d+:\d+ error /m);
    expect(code).toBe(1);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['text', 'tests'],
    ['no tests', 'version: 1\ntests: {}'],
    ['another version', 'version: 2\ntests: { a: { event: { file: a } } }'],
    ['broken YAML', 'version: 1\ntests:\n  a: [\n'],
    [
      'the same name twice',
      'version: 1\ntests:\n  a: { event: { file: a }, matches: [] }\n  a: { event: { file: a }, matches: [] }\n',
    ],
    ['a list of lists of lists', `version: 1\ntests: ${'['.repeat(500)}`],
    ['control characters', 'version: 1\u0000'],
  ])('never crashes: %s', async (_case, text) => {
    await put('workflows.test.yaml', text);
    const { code, out } = await run();
    expect([code, out]).toEqual([1, expect.stringMatching(/^workflows\.test\.yaml:\d+:\d+ error /m) as string]);
  });
});

describe('hookline test', () => {
  const two = `version: 1
tests:
  good <one>:
    event: { sample: "truedy:call.ended" }
    expect: { main: match }
  bad "one":
    event: { sample: "truedy:call.ended" }
    expect: { main: no match }
`;

  it('takes only the tests that the filter names', async () => {
    await put('workflows.test.yaml', two);
    expect(await run('--filter', 'good')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^✓ good <one>\n[^✓✗]*✓ 1 test, all as expected$/) as string,
    });
    expect(await run('--filter', 'none')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no test has "none"') as string,
    });
  });

  it('finds the test file by the workflow file, by its own name and by --file', async () => {
    await put('workflows.test.yaml', two);
    await put('other/flows.yaml', workflows);
    await put('other/flows.test.yaml', two);
    await put('other/more.test.yaml', two);
    for (const args of [
      ['other/flows.yaml'],
      ['other/flows.test.yaml'],
      ['other/more.test.yaml', '--file', 'other/flows.yaml'],
    ]) {
      const { code, out } = await run(...args);
      expect([code, out]).toEqual([1, expect.stringContaining('2 tests, 1 not as expected') as string]);
    }
  });

  it('runs every test file in a folder of workflow files and beside it', async () => {
    await put('many/flows.yaml', workflows);
    await put('many/flows.test.yaml', two);
    await put('many/more.test.yaml', two);
    await put('many.test.yaml', two);
    const { out } = await run('many');
    expect(out.split('\n').filter((line) => line.endsWith('yaml'))).toEqual([
      'many.test.yaml',
      'many/flows.test.yaml',
      'many/more.test.yaml',
    ]);
    expect(out).toContain('✗ 6 tests, 3 not as expected');
  });

  it('answers as JSON', async () => {
    await put('workflows.test.yaml', two);
    const { code, out } = await run('--format', 'json');
    const [file] = JSON.parse(out) as { file: string; tests: { name: string; ok: boolean; failures: unknown[] }[] }[];
    expect([code, file?.tests.map(({ name, ok }) => [name, ok])]).toEqual([
      1,
      [
        ['good <one>', true],
        ['bad "one"', false],
      ],
    ]);
    expect(file?.tests[1]?.failures).toEqual([
      expect.objectContaining({
        at: { file: 'workflows.test.yaml', line: 8, column: 21 },
        path: 'main',
        expected: 'no match',
        actual: 'match',
      }),
    ]);
    expect((await run('--json')).out).toContain('"ok": true');
  });

  it('answers as JUnit XML, with what XML cannot hold made harmless', async () => {
    await put('workflows.test.yaml', two);
    const { out } = await run('--format', 'junit');
    expect(out).toContain('<testsuite name="workflows.test.yaml" tests="2" failures="1" errors="0">');
    expect(out).toMatch(/<testcase classname="workflows\.test\.yaml" name="good &lt;one&gt;" time="\d+\.\d+"\/>/);
    expect(out).toContain('name="bad &quot;one&quot;"');
    expect(out).toContain('<failure type="match" message="workflows.test.yaml:8:21 main">');
  });

  it('shows colours on a terminal', async () => {
    await put('workflows.test.yaml', two);
    const { out } = await say(runTests, [], { cwd, color: true });
    expect(out).toContain('\u001b[32m✓\u001b[39m good');
  });

  it.each<[string, string[], RegExp]>([
    ['a test file that is not there', ['none.test.yaml'], /there is no test file "none\.test\.yaml"/],
    ['a workflow file without tests', ['none.yaml'], /there is no test file "none\.test\.yaml"/],
    ['a format that does not exist', ['--format', 'xml'], /there is no format "xml"; there is text, json, junit/],
    ['an option that does not exist', ['--fliter', 'a'], /did you mean "--filter"\?/],
  ])('explains %s and exits with 2', async (_case, args, message) => {
    const { code, out, err } = await run(...args);
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, '']);
  });

  it('refuses a workflow file with errors', async () => {
    await put('wrong/workflows.yaml', workflows.replace('uses: mail.send', 'uses: mail.sent'));
    await put('wrong/workflows.test.yaml', two);
    const { code, out, err } = await run('wrong/workflows.yaml');
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('step.unknown-action');
  });
});
