// `hookline try --sandbox`: the actions really run, and nothing leaves the machine.

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunDetail } from '../../src/console/api/run-view.ts';
import { fixedSeed } from '../../src/plugin/define.ts';
import { try as tryEvent } from '../../src/cli/try.ts';
import { say } from './terminal.ts';

const file = `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY }}"] }
connections:
  ops: { uses: slack, with: { token: "\${{ secrets.SLACK }}" } }
  web: { uses: http, with: { baseUrl: https://api.example.com } }
workflows:
  tell:
    on: truedy:call.ended
    unique: event.data.call.callId
    steps:
      - { id: post, uses: ops.post-message, with: { channel: "#calls", text: "Call \${{ event.data.call.callId }}" } }
      - { id: never, uses: ops.post-message, if: event.type == "x", with: { channel: "#long", text: long } }
      - id: answer
        uses: ops.post-message
        with: { channel: "#calls", text: Details, thread_ts: "\${{ steps.post.output.ts }}" }
      - { id: note, uses: web.request, with: { method: POST, path: /notes, json: { ts: "\${{ steps.post.output.ts }}" } } }
  starts: { on: "truedy:call.started", steps: [{ uses: ops.post-message, with: { channel: "#calls", text: a } }] }
  wrong:
    on: truedy:call.failed
    if: event.data.call.metadata.campaign > 1
    steps: [{ uses: ops.post-message, with: { channel: "#calls", text: a } }]
  broken:
    on: truedy:call.failed
    steps: [{ uses: ops.post-message, with: { channel: "#calls", text: "\${{ event.data.call.metadata.nothing }}" } }]
`;

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'hookline-sandboxed-'));
  await writeFile(join(cwd, 'workflows.yaml'), file);
});
afterAll(() => rm(cwd, { recursive: true }));

const run = (...args: string[]) => say(tryEvent, [...args, '--sandbox'], { cwd });

describe('hookline try --sandbox', () => {
  it('shows what each step gave and what arrived, and says that nothing left the machine', async () => {
    const { code, out, err } = await run('call.ended');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(
      '1 of 4 workflows in workflows.yaml took it. Its steps ran against sandboxes in this process; nothing left this machine.',
    );
    expect(out).toMatch(
      /✓ tell {2}took it: succeeded\n {2}✓ post {2}ops\.post-message \(slack\) {2}succeeded\n {6}channel: "#calls"/,
    );
    expect(out).toContain('– never  ops.post-message (slack)  skipped: its if is false');
    const ts = /ts: "?(\d+\.\d+)"?/.exec(out)?.[1] ?? '';
    expect(out).toContain(`thread_ts: "${ts}"`);
    const arrived = out.slice(out.indexOf('What arrived in the sandboxes'));
    expect(arrived).toMatch(
      /ops \(2\)\n[\s\S]*Call 7c9e6679[\s\S]*web \(1\)\n.*POST https:\/\/api\.example\.com\/notes/,
    );
    expect(out).not.toContain('«');
  });

  it('gives the runs and the sandboxes as JSON', async () => {
    const { out } = await run('call.ended', '--json');
    const { sandbox } = JSON.parse(out) as { sandbox: { runs: RunDetail[]; sandboxes: { total: number }[] } };
    expect(sandbox.runs.map(({ workflow, status }) => [workflow, status])).toEqual([['tell', 'succeeded']]);
    expect(sandbox.runs[0]?.steps.map(({ status }) => status)).toEqual([
      'succeeded',
      'skipped',
      'succeeded',
      'succeeded',
    ]);
    expect(sandbox.sandboxes.map(({ total }) => total).toSorted((a, b) => a - b)).toEqual([1, 2]);
  });

  it('takes a body from a file', async () => {
    const call = { callId: 'from-a-file', summary: 's' };
    await writeFile(
      join(cwd, 'event.json'),
      JSON.stringify({ event: 'call.ended', timestamp: fixedSeed.at, data: { call } }),
    );
    expect((await run('event.json')).out).toContain('text: Call from-a-file');
  });

  it('ends with 1 when a run fails, and tells runs that failed before their first step too', async () => {
    const { code, out } = await run('call.failed');
    expect(code).toBe(1);
    expect(out).toMatch(/✗ wrong {2}fails: its if or unique cannot be evaluated\n {4}workflows\.yaml:\d+:\d+ {2}/);
    expect(out).toMatch(
      /✗ broken {2}took it: failed\n {2}✗ post-message .*failed: its input could not be rendered\n {6}.*missing/,
    );
    expect(out).toContain('What arrived in the sandboxes\nNothing.');
  });

  it('ends with 0 when nobody takes the event', async () => {
    const { code, out } = await say(tryEvent, ['batch.completed', '--sandbox'], { cwd });
    expect([code, out]).toEqual([0, expect.stringContaining('None of 4 workflows') as string]);
  });

  it('leaves nothing behind: no folder, and no guard on the sockets of the process', async () => {
    const connect = () => Object.getOwnPropertyDescriptor(Socket.prototype, 'connect')?.value as unknown;
    const before = connect();
    await run('call.started');
    expect(await readdir(cwd)).not.toContain('data');
    expect(connect()).toBe(before);
  });
});
