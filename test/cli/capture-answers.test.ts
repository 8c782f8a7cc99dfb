// What was recorded of a run, as the answers of a test; and a run in doubt all the way from the store to a test that passes.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordedAnswers } from '../../src/cli/capture-answers.ts';
import { capture } from '../../src/cli/capture.ts';
import { test as runTests } from '../../src/cli/test.ts';
import { viewRunDetail } from '../../src/console/api/run-view.ts';
import type { Attempt, StepState } from '../../src/core/model.ts';
import { attempt, holdRun, id, newRun, openLedger, stepState, token, type Ledger } from '../console/ledger.ts';
import { say } from './terminal.ts';

type Made = Partial<Attempt> & { readonly status: Attempt['status'] };

const refused = { name: 'ConnectionError', message: 'no' };
const failed = { name: 'PermanentError', message: 'no' };
const output = { id: '1' };

function answersOf(step: Partial<StepState>, attempts: readonly Made[]) {
  const rows = attempts.map((given, index) => attempt(index + 1, 1, 'tell', { number: index + 1, ...given }));
  const run = viewRunDetail({ ...newRun(1, 1, [stepState('tell', step)]), replay: 0 }, rows, null);
  return (recordedAnswers(run).get('tell') ?? []).map(({ word, value, always }) => {
    return always ? [word, value, 'always'] : value === undefined ? word : [word, value];
  });
}

describe('the answers of a recorded step', () => {
  it.each<[string, Partial<StepState>, readonly Made[], readonly unknown[]]>([
    ['none when it was never called', { status: 'skipped' }, [], []],
    ['its output', { status: 'succeeded' }, [{ status: 'succeeded', output }], [['succeeded', output]]],
    [
      'each try, without those that were stopped before anything was sent or came too late',
      { status: 'succeeded' },
      [
        { status: 'interrupted' },
        { status: 'retryable', error: failed },
        { status: 'succeeded', output: { id: '2' }, late: true },
        { status: 'succeeded', output },
      ],
      [
        ['retryable', 'no'],
        ['succeeded', output],
      ],
    ],
    [
      'only what came after a person tried a refused step again',
      { status: 'succeeded' },
      [
        { status: 'rejected', error: failed },
        { status: 'succeeded', output },
      ],
      [['succeeded', output]],
    ],
    [
      'credentials that were mended',
      { status: 'succeeded' },
      [
        { status: 'rejected', error: refused },
        { status: 'succeeded', output },
      ],
      [
        ['credentials', 'no'],
        ['succeeded', output],
      ],
    ],
    [
      'the last one for ever when it gave up',
      { status: 'failed' },
      [{ status: 'retryable', error: failed }],
      [['retryable', 'no', 'always']],
    ],
    [
      'a lookup that found nothing',
      { status: 'succeeded', retries: 1 },
      [
        { status: 'in_doubt', effect: 'lookup', error: failed },
        { status: 'succeeded', effect: 'lookup', output },
      ],
      [['in_doubt', 'no'], 'absent', ['succeeded', output]],
    ],
    [
      'a person who said to do it again',
      { status: 'succeeded', retries: 0 },
      [
        { status: 'in_doubt', error: failed },
        { status: 'succeeded', output },
      ],
      [['in_doubt', 'no'], 'again', ['succeeded', output]],
    ],
    [
      'a person who said that it happened',
      { status: 'succeeded', output },
      [{ status: 'in_doubt', error: failed }],
      [
        ['in_doubt', 'no'],
        ['happened', output],
      ],
    ],
  ])('are %s', (_case, step, attempts, answers) => {
    expect(answersOf(step, attempts)).toEqual(answers);
  });
});

const file = `version: 1
sources: { truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY }}"] } }
connections:
  crm: { uses: http, with: { baseUrl: https://api.example.com } }
  mail: { uses: email, with: { host: smtp.example.com, from: calls@example.com } }
workflows:
  call-summary:
    on: truedy:call.ended
    steps:
      - { id: log, uses: crm.request, with: { method: PUT, path: /notes } }
      - { id: tell, uses: mail.send, with: { to: [{ address: a@example.com }], subject: Call, text: "\${{ event.data.call.summary ?? '' }}" } }
`;

describe('a run in doubt', () => {
  let ledger: Ledger;
  let cwd: string;
  beforeAll(async () => {
    ledger = await openLedger();
    cwd = await mkdtemp(join(tmpdir(), 'hookline-doubt-'));
    await writeFile(join(cwd, 'workflows.yaml'), file);
    await holdRun(ledger.store);
  });
  afterAll(async () => {
    await ledger.close();
    await rm(cwd, { recursive: true });
  });

  const take = () => say(capture, [id('evt', 1)], { cwd, env: { HOOKLINE_URL: ledger.url, ADMIN_TOKEN: token } });

  it('is not captured with an output that its action does not give', async () => {
    expect(await take()).toMatchObject({
      code: 2,
      err: expect.stringContaining('the event cannot be made a test') as string,
    });
  });

  it('becomes a test that is held too', async () => {
    const withPlugin = file.replace('crm.request', 'crm.create').replace(/uses: http, with: \{[^}]*\}/, 'uses: crm');
    await writeFile(join(cwd, 'workflows.yaml'), withPlugin);
    await writePlugin(cwd);
    const taken = await take();
    expect(taken).toMatchObject({ code: 0 });
    expect((await say(runTests, ['--json'], { cwd })).out).toContain('"ok": true');
    await writeFile(
      join(cwd, 'workflows.yaml'),
      withPlugin.replace('uses: mail.send', 'onDoubt: retry, uses: mail.send'),
    );
    expect((await say(runTests, [], { cwd })).out).toMatch(
      /call-summary\.status\n +expected {2}"held"\n +actual {4}"waiting"/,
    );
  });
});

async function writePlugin(cwd: string): Promise<void> {
  await mkdir(join(cwd, 'plugins'));
  await writeFile(
    join(cwd, 'plugins', 'crm.ts'),
    `import { defineAction, defineConnector } from 'hookline/plugin';
export default defineConnector({
  name: 'crm', description: 'A CRM.', settings: { type: 'object' }, connect: () => ({}),
  actions: { create: defineAction({
    description: 'Creates.', input: { type: 'object', additionalProperties: true },
    output: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
    effect: 'keyed', run: async () => ({ id: '1' }),
  }) },
});
`,
  );
}
