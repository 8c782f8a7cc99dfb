// `hookline why` over a real admin listener and store, with files loaded by the real loader.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Io } from '../../src/cli/client.ts';
import { events } from '../../src/cli/events.ts';
import { why } from '../../src/cli/why.ts';
import type { EventsAnswer } from '../../src/console/api/events.ts';
import type { WhyAnswer } from '../../src/console/api/why.ts';
import type { Workflows } from '../../src/workflow/compile.ts';
import { accept, holdRun, id, newRun, openLedger, start, token, type Ledger } from '../console/ledger.ts';
import { ready } from '../workflow/catalog.ts';
import { say } from './terminal.ts';

const head = `version: 1
sources: { truedy: { uses: phone, secrets: ["\${{ secrets.PHONE }}"] } }
workflows:
`;
const steps = 'steps: [{ uses: chat.say-it, with: { room: a } }]';
const then = `${head}  call-summary: { on: truedy:call.ended, unique: event.data.call.callId, ${steps} }
  long-calls:
    on: truedy:call.ended
    if: event.data.call.summary != "" && event.data.call.duration > 60 && event.data.call.callId == "other"
    ${steps}
  starts: { on: truedy:call.started, ${steps} }
`;
const now = `${head}  call-summary: { on: truedy:call.ended, if: event.data.call.callId == "new", ${steps} }\n`;

let ledger: Ledger;
let io: Partial<Io>;
let live: Workflows;

beforeAll(async () => {
  const old = await ready(then);
  live = await ready(now);
  ledger = await openLedger({
    workflows: async (hash) => (hash === undefined ? live : hash === 'hash' ? old : null),
  });
  const { store } = ledger;
  await holdRun(store);
  await accept(store, 700, { key: 'call.ended c1', body: Buffer.from('{ "another": true }') });
  for (const number of [2, 3, 4, 5, 6]) await accept(store, number);
  await store.plan([
    { eventId: id('evt', 3), runs: [] },
    { eventId: id('evt', 4), runs: [{ ...newRun(4, 4, []), status: 'failed', dueAt: null }] },
    { eventId: id('evt', 5), runs: [{ ...newRun(5, 5, []), config: 'lost' }] },
  ]);
  io = { env: { HOOKLINE_URL: ledger.url, ADMIN_TOKEN: token }, clock: () => start + 600_000 };
});
afterAll(() => ledger.close());

const ask = (event: number, ...args: string[]) => say(why, [id('evt', event), ...args], io);

describe('hookline why', () => {
  it('shows who took the event, its held run, and the first false condition of the others', async () => {
    const { code, out, err } = await ask(1);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n').slice(1).join('\n')).toBe(
      `✓ matched: 1 of 3 workflows took it
Compared with w.yaml as it was then (${(await ready(then)).hash.slice(0, 12)}); a newer version is live now.

✓ call-summary  took it
    ‖  held: in doubt    run_00000000000000000000000001  what to do: hookline runs run_00000000000000000000000001

– long-calls  did not take it: its if is false
    w.yaml:7:42  event.data.call.duration > 60  is false
      event.data.call.duration  = missing

– starts  did not take it: it waits for other events
    w.yaml:9:3  on: truedy:call.started

It was delivered again 1 time; a repeat starts no run.
  =  ${out.split('\n').at(-1)?.slice(5) ?? ''}`,
    );
    expect(out).toMatch(/dlv_0+700 {2}with another body, which was not used$/);
  });

  it('says that an event is still pending, and what will become of it', async () => {
    const { out } = await ask(2);
    expect(out).toContain('· pending: it is stored and not matched yet');
    expect(out).toContain('– call-summary  will not take it: its if is false');
    expect(out).not.toContain('another version may have been live');
  });

  it('says so when it is not known which version was live', async () => {
    const { out } = await ask(3);
    expect(out).toContain('– ignored: none of 1 workflow took it');
    expect(out).toContain('another version may have been live when the event came');
    await ledger.store.saveConfig({ hash: live.hash, text: live.text, file: 'w.yaml', at: start });
    expect((await ask(3)).out).not.toContain('another version may have been live');
  });

  it('answers with the live file when that of its run can no longer be read', async () => {
    const { out } = await ask(5);
    expect(out).toContain('another version may have been live');
    expect(out).toMatch(/call-summary {2}took it\n +· {2}pending/);
  });

  it('names a workflow that has no run because its unique value is taken', async () => {
    await ledger.store.plan([{ eventId: id('evt', 6), runs: [{ ...newRun(6, 6, []), unique: 'c6' }] }]);
    await accept(ledger.store, 7, { key: 'again', body: Buffer.from('{"data":{"call":{"callId":"c6"}}}') });
    await ledger.store.plan([{ eventId: id('evt', 7), runs: [{ ...newRun(7, 7, []), unique: 'c6' }] }]);
    const before = live;
    live = await ready(then);
    const { out } = await ask(7);
    live = before;
    expect(out).toContain(
      '! call-summary  took it, but has no run\n    Its unique is c6, and another run already had that value: ' +
        `${id('run', 6)} of event ${id('evt', 6)} (pending).`,
    );
    const shown = await say(events, [id('evt', 7)], io);
    expect(shown.out).toContain('– call-summary took it and has no run; the reason: hookline why evt_');
    expect(shown.out).not.toContain('no workflow took it');
    const untaken = await say(events, ['--untaken', '--json'], io);
    const listed = new Set((JSON.parse(untaken.out) as EventsAnswer).items.map((event) => event.id));
    expect([listed.has(id('evt', 3)), listed.has(id('evt', 7))]).toEqual([true, false]);
  });

  it('knows the file that an event was matched with, also when no workflow took it', async () => {
    await accept(ledger.store, 20, { key: 'then' });
    await ledger.store.plan([{ eventId: id('evt', 20), runs: [], config: 'hash' }]);
    const { out } = await ask(20);
    expect(out).toContain('as it was then (');
    expect(out).not.toContain('another version may have been live');
    expect(out).toContain('w.yaml:7:42  event.data.call.duration > 60  is false');
  });

  it('lists what no workflow took, with the nearest reason by the file of then', async () => {
    const body = Buffer.from('{"data":{"call":{"callId":"x","summary":"s","duration":61}}}');
    await accept(ledger.store, 21, { key: 'near', body, type: 'call.ended' });
    await accept(ledger.store, 22, { key: 'far', body, type: 'call.moved' });
    await accept(ledger.store, 23, { key: 'torn too', body: Buffer.from('{') });
    await ledger.store.plan(
      [21, 22, 23].map((number) => ({
        eventId: id('evt', number),
        runs: [],
        config: number === 22 ? 'lost' : 'other',
      })),
    );
    const before = live;
    live = await ready(
      then.replace('  call-summary: {', '  call-summary: { if: event.data.a == 1 && event.data.b == 1,'),
    );
    const { code, out } = await say(events, ['--untaken'], io);
    const plain = await say(events, ['--status', 'ignored'], io);
    live = before;
    expect([code, plain.out]).toEqual([0, out]);
    const line = (number: number) => out.split('\n').find((row) => row.includes(id('evt', number)));
    expect(line(21)).toMatch(
      /long-calls: event\.data\.call\.callId == "other" is false; event\.data\.call\.callId = "x" \(by/,
    );
    expect(line(22)).toContain('no workflow waits for call.moved');
    expect(line(23)).toContain('it cannot be read: ');
    expect(line(20)).toContain('call-summary would take it; it could not be matched then');
    expect(line(20)).not.toContain('as it is now');
  });

  it('goes from the id of a repeat to its event, and says why a delivery was refused', async () => {
    const repeat = await say(why, [id('dlv', 700)], io);
    expect(repeat.code).toBe(0);
    expect(repeat.out).toContain(
      '= duplicate: it repeats an event that was there already, and starts no run. Its body is',
    );
    expect(repeat.out).toContain(`${id('evt', 1)}  call.ended from truedy`);
    const given = { source: 'truedy', receivedAt: start, reason: 'signature.stale', headers: [], size: 9 };
    await ledger.store.refuse([{ ...given, id: id('dlv', 800), body: Buffer.from('{"a":1}') }]);
    const refused = await say(why, [id('dlv', 800)], io);
    expect(refused.out).toContain('✗ refused: signature.stale, so no event was made of it');
    expect(refused.out).toContain('the signature is true but too old\n    9 bytes, beginning with {"a":1}');
    const json = await say(why, [id('dlv', 800), '--json'], io);
    expect(JSON.parse(json.out)).toMatchObject({ delivery: { reason: 'signature.stale' }, why: null });
    const none = await say(why, [id('dlv', 999)], io);
    expect([none.code, none.err]).toEqual([1, expect.stringMatching(/"dlv_0+999" does not exist/) as string]);
  });

  it('says that an open run waits for a connection that is paused or down', async () => {
    const state = { name: 'mail', since: start, untilAt: null, error: null } as const;
    await ledger.store.setConnection({ ...state, status: 'paused', reason: 'credentials' });
    expect((await ask(6)).out).toContain('Connection "mail" is paused, its credentials are refused; mend them, then: ');
    await ledger.store.setConnection({ ...state, status: 'open', reason: 'down', untilAt: start });
    expect((await ask(6)).out).toContain('Connection "mail" is down and left alone until 2026-11-23T19:00:00.000Z.');
    await ledger.store.setConnection({ ...state, status: 'ok', reason: null });
    expect((await ask(6)).out).not.toContain('Connection "mail"');
  });

  it('gives the whole answer as JSON', async () => {
    const answer = JSON.parse((await ask(1, '--json')).out) as WhyAnswer;
    expect(answer.workflows.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['call-summary', 'taken'],
      ['long-calls', 'false'],
      ['starts', 'other-event'],
    ]);
  });

  it('shows hostile values harmlessly', async () => {
    const body = Buffer.from(JSON.stringify({ data: { call: { callId: '\u001b[2J\u202e' } } }));
    await accept(ledger.store, 8, { key: 'hostile', body });
    const { out } = await ask(8);
    expect(out).toContain('event.data.call.callId  = ');
    expect(['\u001b', '\u202e'].filter((char) => out.includes(char))).toEqual([]);
  });

  it('says so when the event cannot be read, and still shows its runs', async () => {
    await accept(ledger.store, 9, { key: 'torn', body: Buffer.from('{') });
    await ledger.store.plan([{ eventId: id('evt', 9), runs: [newRun(9, 9, [])] }]);
    const { code, out } = await ask(9);
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('The event cannot be read, so it cannot be explained: ') as string,
    ]);
    expect(out).toMatch(/✓ call-summary {2}took it\n +· {2}pending +run_0+9/);
  });

  it('explains itself, and what is wrong with the command line', async () => {
    expect(await say(why, ['--help'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('hookline why <event or delivery>') as string,
    });
    expect((await say(why, [], io)).code).toBe(2);
    const unknown = await say(why, ['evt_none'], io);
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('"evt_none" does not exist') as string]);
    const nobody = await say(why, ['evt_1'], { env: { HOOKLINE_URL: 'http://127.0.0.1:1', ADMIN_TOKEN: token } });
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('no Hookline answers on') as string]);
  });
});
