// `hookline try`: what it says, and that the engine then does the same with the same event.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import truedy from '../../connectors/truedy/source.ts';
import { startApp, type App } from '../../src/app.ts';
import type { EventDetail } from '../../src/console/api/events.ts';
import type { RunDetail } from '../../src/console/api/run-view.ts';
import { createClient } from '../../src/cli/client.ts';
import { send } from '../../src/cli/send.ts';
import { fixedSeed } from '../../src/plugin/define.ts';
import { try as tryEvent } from '../../src/cli/try.ts';
import { createLog, createRedactor } from '../../src/core/log.ts';
import type { Happening } from '../../src/core/model.ts';
import { readSettings } from '../../src/core/settings.ts';
import { say } from './terminal.ts';

const file = `version: 1
env: { CHANNEL: "#calls" }
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY }}"] }
  other: { uses: truedy, secrets: ["\${{ secrets.TRUEDY }}"] }
connections:
  ops: { uses: slack, with: { token: "\${{ secrets.SLACK }}" } }
  web: { uses: http, with: { baseUrl: https://api.example.com } }
workflows:
  tell:
    on: truedy:call.ended
    unique: event.data.call.callId
    if: event.data.call.endReason != "unjoined"
    steps:
      - id: post
        uses: ops.post-message
        with:
          channel: \${{ env.CHANNEL }}
          text: Call of \${{ event.data.call.duration ?? 0 }} s, <!channel>
          unfurl_links: \${{ (event.data.call.duration ?? 0) > 100 }}
      - id: never
        uses: ops.post-message
        if: (event.data.call.duration ?? 0) > 100000
        with: { channel: "#long", text: long }
      - id: broken
        uses: ops.post-message
        onError: continue
        with: { channel: "#calls", text: "\${{ event.data.call.metadata.nothing }}" }
      - id: answer
        uses: ops.post-message
        needs: [post, never]
        with:
          channel: "#calls"
          text: In \${{ steps.post.output.ts }} \${{ steps.never.status }}
          thread_ts: \${{ steps.post.output.ts }}
      - id: note
        uses: web.request
        with:
          method: POST
          path: /notes
          json:
            status: \${{ [steps.post.status, steps.never.status, steps.broken.status] }}
            call: \${{ event.data.call.agent }}
            at: \${{ event.time }}
  starts: { on: "truedy:call.started", steps: [{ uses: ops.post-message, with: { channel: "#calls", text: a } }] }
  long:
    on: "truedy:call.*"
    if: |
      event.data.call.callId != "" &&
      (event.data.call.duration ?? 0) > 1000
    steps: [{ uses: ops.post-message, with: { channel: "#calls", text: a } }]
`;

const token = 'a-token-of-the-tests-with-some-length';
const secret = 'whsec_0123456789abcdef0123456789abcdef';

interface Tried {
  readonly workflows: readonly {
    readonly name: string;
    readonly is: string;
    readonly steps: readonly { id: string; is: string; input?: unknown; note: string | null }[];
  }[];
}

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'hookline-try-'));
  await writeFile(join(cwd, 'workflows.yaml'), file);
});
afterAll(() => rm(cwd, { recursive: true }));

const run = (...args: string[]) => say(tryEvent, args, { cwd });

describe('hookline try and the engine', () => {
  let app: App;
  let env: Record<string, string>;
  let detail: RunDetail;
  let eventId: string;

  beforeAll(async () => {
    const ended = Promise.withResolvers<Extract<Happening, { kind: 'run' }>>();
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
      notify: (happening) => {
        if (happening.kind === 'run' && ['succeeded', 'failed', 'held'].includes(happening.status))
          ended.resolve(happening);
      },
      onProblems: () => undefined,
    });
    env = { HOOKLINE_URL: app.adminUrl, ADMIN_TOKEN: token };
    await say(send, ['truedy', 'call.ended', '--url', app.url, '--secret', secret], { cwd });
    const { runId } = await ended.promise;
    detail = (await createClient({ url: app.adminUrl, token }).get(`/api/runs/${runId}`)) as RunDetail;
    eventId = detail.eventId;
  });
  afterAll(() => app.stop());

  it.each([
    ['the sample', () => ['call.ended', '--source', 'truedy']],
    ['the stored event', () => [eventId]],
  ])('give each step of %s the same input and fate', async (_case, args) => {
    const { code, out } = await say(tryEvent, [...args(), '--json'], { cwd, env });
    const [tell] = (JSON.parse(out) as Tried).workflows;
    expect([code, tell?.is]).toEqual([1, 'taken']);
    const post = detail.steps.find(({ id }) => id === 'post')?.output as { ts: string };
    const real = (input: unknown): unknown =>
      input === undefined ? undefined : JSON.parse(JSON.stringify(input).replaceAll('«steps.post.output.ts»', post.ts));
    const fates: Record<string, string> = {
      calls: 'succeeded',
      skipped: 'skipped',
      fails: 'failed',
      open: 'succeeded',
    };
    expect(tell?.steps.map(({ id, is, input }) => ({ id, status: fates[is], input: real(input) }))).toEqual(
      detail.steps.map(({ id, status, input }) => ({ id, status, input })),
    );
    expect(detail.steps.map(({ status }) => status)).toEqual([
      'succeeded',
      'skipped',
      'failed',
      'succeeded',
      'succeeded',
    ]);
  });

  it('agree on who takes the event', async () => {
    const event = (await createClient({ url: app.adminUrl, token }).get(`/api/events/${eventId}`)) as EventDetail;
    const { out } = await say(tryEvent, [eventId, '--json'], { cwd, env });
    const took = (JSON.parse(out) as Tried).workflows.filter(({ is }) => is === 'taken').map(({ name }) => name);
    expect(took).toEqual(event.workflows);
  });

  it('read a stored event alike after another file changed the steps', async () => {
    const changed = join(cwd, 'changed.yaml');
    await writeFile(changed, file.replace('text: long', 'text: longer').replace('> 100000', '> 100'));
    const { out } = await say(tryEvent, [eventId, '--file', changed], { cwd, env });
    expect(out).toContain(
      '✓ never  ops.post-message (slack)  lookup, exactly one effect\n      channel: "#long"\n      text: longer',
    );
    expect(await say(tryEvent, ['evt_none'], { cwd, env })).toMatchObject({
      code: 1,
      err: expect.stringContaining('"evt_none" does not exist') as string,
    });
  });
});

describe('hookline try', () => {
  it('shows who would take a sample, what would be sent to whom, and why not', async () => {
    const { code, out, err } = await run('call.ended', '--source', 'truedy');
    expect([code, err]).toEqual([1, '']);
    expect(out).toContain(
      'call.ended from truedy (sample "nested")\n1 of 3 workflows in workflows.yaml would take it. Nothing is sent.',
    );
    expect(out).toContain(`✓ tell  takes it, unless a run for ${fixedSeed.id} is there already (unique)
  ✓ post  ops.post-message (slack)  lookup, exactly one effect
      channel: "#calls"
      text: Call of 142 s, <!channel>
      unfurl_links: true
  – never  ops.post-message (slack)  skipped: its if is false
  ✗ broken  ops.post-message (slack)  lookup, exactly one effect
      fails without a call: `);
    expect(out).toMatch(/fails without a call: .*missing.*\n {6}workflows\.yaml:28:43\n/);
    expect(out).toContain(`  ? answer  ops.post-message (slack)  lookup, exactly one effect
      with placeholders for the output of post
      not known before the real output is there: input "thread_ts" must match pattern "^[0-9]{1,12}\\.[0-9]{1,6}$"
      workflows.yaml:35:22
      channel: "#calls"
      text: In «steps.post.output.ts» skipped
      thread_ts: «steps.post.output.ts»
`);
    expect(out).toContain(`– starts  does not take it: it waits for other events
    workflows.yaml:45:3  on: truedy:call.started`);
    expect(out).toContain(`– long  does not take it: its if is false
    workflows.yaml:50:7  (event.data.call.duration ?? 0) > 1000  is false
      event.data.call.duration  = 142`);
  });

  it('reads a body from a file as the receiver would', async () => {
    const flat = JSON.stringify(truedy.events['call.ended']?.samples['flat']?.(fixedSeed));
    await writeFile(join(cwd, 'event.json'), flat);
    const fromFile = await run('event.json', '--source', 'truedy', '--json');
    const sample = await run('call.ended', '--source', 'truedy', '--shape', 'flat', '--json');
    const steps = (text: string) => (JSON.parse(text) as Tried).workflows.map(({ is, steps }) => ({ is, steps }));
    expect(steps(fromFile.out)).toEqual(steps(sample.out));
    expect(sample.out).toContain('sample \\"flat\\"');
  });

  it('ends with 0 when nobody takes the event', async () => {
    const { code, out } = await run('call.ended', '--source', 'other');
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('None of 3 workflows in workflows.yaml would take it.') as string,
    ]);
  });

  it('refuses a file with errors', async () => {
    await writeFile(join(cwd, 'wrong.yaml'), file.replace('uses: web.request', 'uses: web.requst'));
    const { code, out, err } = await run('call.ended', '--file', 'wrong.yaml');
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('wrong.yaml:37:15 error step.unknown-action');
    expect(err).toContain('"wrong.yaml" has errors, so nothing can be tried.');
  });

  it.each<[string, string[], RegExp]>([
    ['no event', [], /an argument is missing; the form is: hookline try <event>/],
    ['a misspelt sample', ['call.endet'], /"call\.endet" is no sample; did you mean "call\.ended"\?/],
    ['a file that is not there', ['nothing.json'], /neither a file nor a sample; the samples are call\.started/],
    ['a folder', ['.', '--source', 'truedy'], /"\." cannot be read: EISDIR/],
    ['a sample of two sources', ['call.ended'], /say which source with --source: truedy, other/],
    ['a source that is not in the file', ['call.ended', '--source', 'truedi'], /did you mean "truedy"\?/],
    ['a shape that does not exist', ['call.ended', '--source', 'other', '--shape', 'round'], /there is nested, flat/],
    [
      'a body that is no JSON',
      ['workflows.yaml', '--source', 'truedy'],
      /not what source "truedy" takes: body\.malformed/,
    ],
    [
      'a workflow file that is not there',
      ['call.ended', '--file', 'none.yaml'],
      /"none\.yaml" cannot be read: it does not exist/,
    ],
    ['an option that does not exist', ['call.ended', '--fiel', 'x'], /did you mean "--file"\?/],
  ])('explains %s and exits with 2', async (_case, args, message) => {
    const { code, out, err } = await run(...args);
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, '']);
  });

  it('explains itself', async () => {
    const { code, out } = await run('--help');
    expect([code, out]).toEqual([0, expect.stringMatching(/^hookline try <event>\n[\s\S]*Nothing is sent/) as string]);
  });
});
