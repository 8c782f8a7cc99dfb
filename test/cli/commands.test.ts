// What the commands say over a real admin listener and a store with a known history.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cancel } from '../../src/cli/cancel.ts';
import type { Io } from '../../src/cli/client.ts';
import { events } from '../../src/cli/events.ts';
import { pause } from '../../src/cli/pause.ts';
import { replay } from '../../src/cli/replay.ts';
import { resolve } from '../../src/cli/resolve.ts';
import { resume } from '../../src/cli/resume.ts';
import { retry } from '../../src/cli/retry.ts';
import { runs } from '../../src/cli/runs.ts';
import { sandbox } from '../../src/cli/sandbox.ts';
import type { HeldReason, RunStatus } from '../../src/core/model.ts';
import {
  accept,
  holdRun,
  id,
  newRun,
  openLedger,
  sandbox as standIn,
  start,
  stepState,
  token,
  type Ledger,
} from '../console/ledger.ts';
import { say } from './terminal.ts';

const at = new Date(start + 5000).toISOString();
const mail = {
  id: 'mail-1',
  kind: 'mail',
  at,
  title: 'Mail to owner@example.com: Call summary',
  fields: {
    from: { name: '', address: 'calls@example.com' },
    to: [{ name: 'Ann', address: 'owner@example.com' }, { address: 'b@example.com' }],
    cc: [],
    subject: 'Call summary',
    text: 'Ann asked for a refund.\r\n\r\nTask: 00T1 \u001b[2J\n',
    attachments: [{ filename: 'notes.pdf', size: 1200 }],
  },
};
const message = {
  id: 'C1-1',
  kind: 'message',
  at,
  title: '#calls: An agent finished',
  fields: { channel: '#calls', ts: '1.1', text: 'An agent finished' },
};
const record = {
  id: '00T1',
  kind: 'record',
  at,
  title: 'Task "Call"',
  fields: { Subject: 'Call', CallDurationInSeconds: 184, Nothing: null },
};

let ledger: Ledger;
let io: Partial<Io>;
const run = id('run', 1);
const event = id('evt', 1);

beforeAll(async () => {
  const held = { crm: standIn([record]), mail: standIn([mail]), ops: standIn([message]), web: standIn([]) };
  ledger = await openLedger({ sandboxes: () => new Map(Object.entries(held)) });
  const { store } = ledger;
  await holdRun(store);
  for (let number = 2; number <= 9; number++) await accept(store, number);
  await store.plan([{ eventId: id('evt', 3), runs: [] }]);
  const plan = (number: number, status: RunStatus, reason: HeldReason | null = null) => ({
    eventId: id('evt', number),
    runs: [
      {
        ...newRun(number, number, [stepState('tell', { status, ...(reason && { reason }) })]),
        status,
        reason,
        dueAt: null,
      },
    ],
  });
  await store.plan([
    plan(4, 'failed'),
    plan(5, 'held', 'credentials'),
    plan(6, 'held', 'missing'),
    plan(7, 'canceled'),
  ]);
  const refused = { id: id('dlv', 500), source: 'truedy', receivedAt: start, reason: 'signature.mismatch' };
  await store.refuse([{ ...refused, headers: [], size: 9000, body: Buffer.from('{"event"\u001b[31m') }]);
  await accept(store, 700, { key: 'call.ended c1', body: Buffer.from('{ "another": true }') });
  io = { env: { HOOKLINE_URL: ledger.url, ADMIN_TOKEN: token }, clock: () => start + 600_000 };
});
afterEach(() => {
  ledger.asked.length = 0;
});
afterAll(() => ledger.close());

const column = (text: string, number: number) => text.split('\n').map((line) => line.split(/ {2,}/)[number]);

describe('hookline events', () => {
  it('lists what was received, newest first, in aligned columns', async () => {
    const { code, out, err } = await say(events, [], io);
    expect([code, err]).toEqual([0, '']);
    const [head = '', first = ''] = out.split('\n');
    expect(head).toMatch(/^ {3}STATUS +TYPE +SOURCE +RECEIVED \(UTC.*\) +WORKFLOWS +ID$/);
    expect(first).toMatch(/^· {2}pending .* 10 min ago +not matched yet +evt_0+9$/);
    expect(first.indexOf('evt_')).toBe(head.indexOf('ID'));
    expect(out).toMatch(/– {2}ignored .* none took it +evt_0+3\n/);
    expect(out).toMatch(/✓ {2}matched .* call-summary +evt_0+1$/);
  });

  it('names the next page with the filters kept, and that page goes on', async () => {
    const { out } = await say(events, ['--source', 'truedy', '--limit', '2'], io);
    expect(out).toContain(`More: hookline events --source truedy --limit 2 --before ${id('evt', 8)}`);
    const next = await say(events, ['--source', 'truedy', '--limit', '1', '--before', id('evt', 8)], io);
    expect(next.out).toContain(id('evt', 7));
  });

  it('says what to do when there is nothing to show', async () => {
    expect((await say(events, ['--type', 'other'], io)).out).toBe('No event fits these filters.');
    expect((await say(runs, ['--workflow', 'other'], io)).out).toBe('No run fits these filters.');
  });

  it('lists refused deliveries with the reason, their bytes made harmless', async () => {
    const { out } = await say(events, ['--refused'], io);
    expect(out).toMatch(/✗ {2}signature\.mismatch +truedy .* 9000 B +dlv_0+500 +\{"event"\\u001b\[31m$/);
    expect(await say(events, ['--refused', '--type', 'x'], io)).toMatchObject({
      code: 2,
      err: expect.stringContaining('"--type" does not go with "--refused"') as string,
    });
  });

  it('shows one event with its deliveries, runs and payload', async () => {
    const { out } = await say(events, [event], io);
    expect(out).toContain(`${event}  call.ended from truedy`);
    expect(out).toContain('key       call.ended c1 (by call.callId)');
    expect(out).toMatch(/= {2}duplicate .* with another body/);
    expect(out).toMatch(/‖ {2}held: in doubt {2}call-summary +run_0+1/);
    expect(out).toContain('        "callId": "c1",');
  });

  it('passes the refusal of a filter on', async () => {
    const { code, err } = await say(events, ['--limit', '0'], io);
    expect([code, err]).toEqual([
      2,
      'filter "limit" is not valid: expected a whole number from 1 to 200.\nSee "hookline help".',
    ]);
    expect(await say(events, ['evt_none'], io)).toMatchObject({
      code: 1,
      err: expect.stringContaining('"evt_none" does not exist') as string,
    });
  });
});

describe('hookline runs', () => {
  it('lists the runs with their steps and says what to look at', async () => {
    const { out } = await say(runs, [], io);
    expect(column(out, 1)).toContain('held: in doubt');
    expect(out).toMatch(/✓ log {2}‖ tell +run_0+1/);
    expect(out).toMatch(/What to do about a held run: hookline runs run_0+6$/);
  });

  it('shows steps and attempts of one run', async () => {
    const { out } = await say(runs, [run], io);
    expect(out).toContain(`${run}  call-summary  ‖ held: in doubt`);
    expect(out).toMatch(/✓ log {2}crm\.upsert-record {2}succeeded\n {4}✓ {2}attempt 1 {2}succeeded .* 142 ms {2}keyed/);
    expect(out).toMatch(/\? {2}attempt 1 {2}in doubt .* 30 s {2}once {2}ETIMEDOUT: no answer within 30000 ms/);
  });

  it('asks the question of a run in doubt, with where to look and both answers', async () => {
    const { out } = await say(runs, [run], io);
    expect(out).toContain('Did step "tell" happen? Hookline cannot know: ETIMEDOUT');
    expect(out).toMatch(/Check "mail" for what mail\.send sent at .*given up after 30 s:/);
    expect(out).toMatch(/key +f{64}/);
    expect(out).toMatch(/subject +Call summary \(3 min\)/);
    expect(out).toContain(`hookline resolve ${run} --happened`);
    expect(out).toContain(`hookline resolve ${run} --again`);
  });

  it.each([
    [4, `hookline retry ${id('run', 4)} --latest`],
    [4, `hookline replay ${id('evt', 4)} --workflow call-summary`],
    [5, 'hookline resume mail'],
    [6, '"mail" is not in the workflow file any more: put it back'],
    [7, `hookline retry ${id('run', 7)}`],
  ])('says what to do about run %i: %s', async (number, advice) => {
    const { out } = await say(runs, [id('run', number)], io);
    expect(out).toContain(advice);
  });
});

describe('changes', () => {
  it.each([
    ['retry', retry, [run], ['retry', run, { latest: false }]],
    ['retry --latest', retry, ['--latest', run], ['retry', run, { latest: true }]],
    ['cancel', cancel, [run], ['cancel', run]],
    ['replay', replay, [event], ['replay', event, undefined]],
    ['replay --workflow', replay, [event, '--workflow', 'w'], ['replay', event, 'w']],
    ['resolve --again', resolve, [run, '--again'], ['resolve', run, undefined, { happened: false }]],
    [
      'resolve --happened',
      resolve,
      [run, '--happened'],
      ['resolve', run, undefined, { happened: true, output: undefined }],
    ],
    [
      'resolve with a step and its output',
      resolve,
      [run, '--happened', '--step', 'tell', '--output', '{"messageId":"<a@b>"}'],
      ['resolve', run, 'tell', { happened: true, output: { messageId: '<a@b>' } }],
    ],
    ['pause', pause, ['crm'], ['pause', 'crm']],
    ['resume', resume, ['crm'], ['resume', 'crm']],
    ['pause of a workflow', pause, ['--workflow', 'call-summary'], ['pauseWorkflow', 'call-summary']],
    ['resume of a workflow', resume, ['--workflow', 'call-summary'], ['resumeWorkflow', 'call-summary']],
  ] as const)('%s reaches the engine', async (_, command, args, asked) => {
    const { code, err, out } = await say(command, args, io);
    expect([code, err, ledger.asked]).toEqual([0, '', [asked]]);
    expect(out).not.toBe('');
  });

  it.each([[[]], [['crm', '--workflow', 'call-summary']], [['--workflow', '']]])(
    'pause and resume ask for one name, not %j',
    async (args) => {
      for (const command of [pause, resume])
        expect(await say(command, args, io)).toMatchObject({
          code: 2,
          out: '',
          err: expect.stringContaining('workflow') as string,
        });
      expect(ledger.asked).toEqual([]);
    },
  );

  it('name the new runs of a replay', async () => {
    const { out } = await say(replay, [event], io);
    expect(out).toMatch(/run_0+900 {2}watch it: hookline runs run_0+900\n.*run_0+901/);
  });

  it('take the output from a file', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'hookline-resolve-'));
    await writeFile(join(cwd, 'output.json'), '{"id":"00T1"}');
    await say(resolve, [run, '--happened', '--output', '@output.json'], { ...io, cwd });
    expect(ledger.asked).toEqual([['resolve', run, undefined, { happened: true, output: { id: '00T1' } }]]);
    const missing = await say(resolve, [run, '--happened', '--output', '@none.json'], { ...io, cwd });
    expect(missing).toMatchObject({
      code: 2,
      err: expect.stringMatching(/none\.json" cannot be read: ENOENT/) as string,
    });
    await rm(cwd, { recursive: true });
  });

  it.each([
    [[run], 'say either "--happened" or "--again"'],
    [[run, '--happened', '--again'], 'say either "--happened" or "--again"'],
    [[run, '--again', '--output', '{}'], '"--output" goes only with "--happened"'],
    [[run, '--happened', '--output', '{'], 'the output is no JSON'],
  ])('are not made by resolve %j', async (args, why) => {
    const { code, err } = await say(resolve, args, io);
    expect([code, ledger.asked]).toEqual([2, []]);
    expect(err).toContain(why);
  });
});

describe('hookline sandbox', () => {
  it('shows a mail, a message and a record as a person sees them', async () => {
    const { out } = await say(sandbox, [], io);
    expect(out).toContain('crm (1)');
    expect(out).toMatch(/Task "Call" {2}00T1\n {4}Subject +Call\n {4}CallDurationInSeconds {2}184\n/);
    expect(out).toMatch(
      /from +calls@example\.com\n +to +Ann <owner@example\.com>, b@example\.com\n +subject +Call summary\n/,
    );
    expect(out).toMatch(
      /attachments +notes\.pdf \(1200 bytes\)\n {4}│ Ann asked for a refund\.\n {4}│ \n {4}│ Task: 00T1 \\u001b\[2J\n/,
    );
    expect(out).toMatch(/channel +#calls\n {4}│ An agent finished/);
    expect(out).toContain('web (0)');
  });

  it('shows one connection when it is named', async () => {
    expect((await say(sandbox, ['ops'], io)).out).toMatch(/^ops \(1\)\n/);
    expect((await say(sandbox, ['none'], io)).out).toContain('no sandbox for "none"');
  });
});

describe('--json', () => {
  it.each([
    ['events', events, []],
    ['events <id>', events, [event]],
    ['events --refused', events, ['--refused']],
    ['runs', runs, []],
    ['runs <id>', runs, [run]],
    ['sandbox', sandbox, []],
    ['retry', retry, [run]],
    ['replay', replay, [event]],
    ['resolve', resolve, [run, '--again']],
    ['cancel', cancel, [run]],
    ['pause', pause, ['crm']],
    ['resume', resume, ['crm']],
  ] as const)('of %s is the answer, without control characters', async (_, command, args) => {
    const { code, out } = await say(command, [...args, '--json'], io);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toBeTypeOf('object');
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  });
});
