// The filters of `hookline events` and `hookline runs` against a real admin listener: what they find, over pages, and what they refuse.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Io } from '../../src/cli/client.ts';
import { events } from '../../src/cli/events.ts';
import { runs } from '../../src/cli/runs.ts';
import { startOfId } from '../../src/core/id.ts';
import { accept, id, newRun, openLedger, start, stepState, token, type Ledger } from '../console/ledger.ts';
import { say } from './terminal.ts';

let ledger: Ledger;
let io: Partial<Io>;
const hour = 3_600_000;
/** Events of the hours 0 to 5, each with an id that says so, and their runs. */
const at = (prefix: 'evt' | 'run' | 'dlv', number: number) =>
  `${startOfId(prefix, start + number * hour)}${String(number).padStart(16, '0')}`;
const time = (number: number) => new Date(start + number * hour).toISOString();

beforeAll(async () => {
  ledger = await openLedger({ clock: () => start + 6 * hour });
  const { store } = ledger;
  for (let number = 0; number < 6; number++) {
    const receivedAt = start + number * hour;
    await accept(store, number, { eventId: at('evt', number), deliveryId: at('dlv', number), receivedAt });
    const status = number < 4 ? 'held' : 'failed';
    const reason = number < 2 ? 'credentials' : number < 4 ? 'in_doubt' : null;
    const steps = [stepState('tell', { status, ...(reason && { reason }) })];
    const lane = number % 2 === 0 ? 'mail' : 'crm';
    const run = {
      ...newRun(number, number, steps),
      id: at('run', number),
      eventId: at('evt', number),
      createdAt: receivedAt,
    };
    await store.plan([{ eventId: at('evt', number), runs: [{ ...run, status, reason, lane, dueAt: null }] }]);
  }
  const refused = { source: 'truedy', headers: [], size: 3, body: Buffer.from('abc') };
  await store.refuse(
    [0, 1, 2].map((number) => ({
      ...refused,
      id: `${startOfId('dlv', start + number * hour)}${'z'.repeat(16)}`,
      receivedAt: start + number * hour,
      reason: number === 1 ? 'signature.stale' : 'signature.mismatch',
    })),
  );
  io = { env: { HOOKLINE_URL: ledger.url, ADMIN_TOKEN: token }, clock: () => start + 6 * hour };
});
afterAll(() => ledger.close());

/** The ids that the command answers, and where the next page begins. */
async function list(command: typeof events, ...args: string[]): Promise<{ ids: string[]; next: string | null }> {
  const { code, out, err } = await say(command, [...args, '--json'], io);
  expect([code, err], args.join(' ')).toEqual([0, '']);
  const { items, next } = JSON.parse(out) as { items: { id: string }[]; next: string | null };
  return { ids: items.map((item) => item.id), next };
}

const runIds = (...numbers: number[]) => numbers.map((number) => at('run', number));
const eventIds = (...numbers: number[]) => numbers.map((number) => at('evt', number));

describe('hookline events', () => {
  it.each([
    [
      ['--from', time(4)],
      [5, 4],
    ],
    [['--to', time(1)], [0]],
    [
      ['--from', time(1), '--to', time(3)],
      [2, 1],
    ],
    [
      ['--from', '2h'],
      [5, 4],
    ],
    [
      ['--from', '5h', '--to', '200m'],
      [2, 1],
    ],
    [
      ['--from', '2026-11-23', '--type', 'call.ended', '--source', 'truedy', '--limit', '2'],
      [5, 4],
    ],
    [['--from', time(2), '--source', 'nobody'], []],
  ])('%j lists those of the hours %j', async (args, numbers) => {
    expect((await list(events, ...args)).ids).toEqual(eventIds(...numbers));
  });

  it('lists refused deliveries by reason and time', async () => {
    const all = (await list(events, '--refused')).ids;
    expect(all).toHaveLength(3);
    expect((await list(events, '--refused', '--reason', 'signature.mismatch')).ids).toEqual([all[0], all[2]]);
    expect((await list(events, '--refused', '--reason', 'signature.mismatch', '--from', time(1))).ids).toEqual([
      all[0],
    ]);
    expect((await list(events, '--refused', '--reason', 'signature.none')).ids).toEqual([]);
  });
});

describe('hookline runs', () => {
  it.each([
    [
      ['--from', time(4)],
      [5, 4],
    ],
    [
      ['--from', time(1), '--to', time(3)],
      [2, 1],
    ],
    [
      ['--reason', 'credentials'],
      [1, 0],
    ],
    [['--reason', 'in_doubt', '--from', '3h'], [3]],
    [['--reason', 'in_doubt', '--status', 'failed'], []],
    [
      ['--connection', 'mail'],
      [2, 0],
    ],
    [['--connection', 'mail', '--reason', 'in_doubt'], [2]],
    [['--connection', 'mail', '--status', 'failed'], [4]],
    [['--connection', 'crm', '--to', time(2)], [1]],
    [['--connection', 'nobody'], []],
    [['--event', 'a b&status=failed'], []],
  ])('%j lists those of the hours %j', async (args, numbers) => {
    expect((await list(runs, ...args)).ids).toEqual(runIds(...numbers));
  });
});

describe('filters hold over pages', () => {
  it.each([
    ['events', events, ['--from', time(1), '--to', time(5)], eventIds(4, 3, 2, 1)],
    ['runs', runs, ['--reason', 'in_doubt', '--from', time(0)], runIds(3, 2)],
    ['runs', runs, ['--connection', 'crm'], runIds(3, 1)],
  ] as const)('of hookline %s %3$j', async (_, command, args, all) => {
    const ids: string[] = [];
    for (let before: string | null = null; ; ) {
      const page = await list(command, ...args, '--limit', '1', ...(before === null ? [] : ['--before', before]));
      ids.push(...page.ids);
      before = page.next;
      if (before === null) break;
    }
    expect(ids).toEqual(all);
  });

  it('and the line that says how to go on repeats them', async () => {
    const { out } = await say(runs, ['--from', '6h', '--connection', 'crm', '--limit', '1'], io);
    expect(out).toContain(`More: hookline runs --connection crm --from 6h --limit 1 --before ${at('run', 3)}`);
    const refused = await say(events, ['--refused', '--reason', 'signature.mismatch', '--limit', '1'], io);
    expect(refused.out).toMatch(/More: hookline events --refused --reason signature.mismatch --limit 1 --before dlv_/);
  });

  it('and a list that they leave empty says so', async () => {
    expect((await say(runs, ['--connection', 'nobody'], io)).out).toBe('No run fits these filters.');
    expect((await say(events, ['--to', time(0)], io)).out).toBe('No event fits these filters.');
  });
});

const moment = 'expected a time such as 2026-11-23 or 2026-11-23T21:45:00Z, or how long ago, such as 15m, 2h or 7d';

describe('a filter that makes no sense is refused with what is expected', () => {
  it.each([
    [events, ['--from', 'yesterday'], `filter "from" is not valid: ${moment}`],
    [events, ['--from', ''], `filter "from" is not valid: ${moment}`],
    [runs, ['--to=-1h'], `filter "to" is not valid: ${moment}`],
    [runs, ['--to', '2026-13-45'], 'filter "to" is no time: "2026-13-45"'],
    [runs, ['--from', '1h', '--to', '2h'], 'nothing is between "from" 1h and "to" 2h'],
    [
      events,
      ['--from', '2026-11-23', '--to', '2026-11-23'],
      'nothing is between "from" 2026-11-23 and "to" 2026-11-23',
    ],
    [
      runs,
      ['--reason', 'bored'],
      'filter "reason" is not valid: expected one of in_doubt, credentials, paused, missing',
    ],
    [runs, ['--connection', ''], 'filter "connection" is not valid: expected the name of a connection'],
    [runs, ['--status', 'done'], 'filter "status" is not valid: expected one of pending, running'],
    [events, ['--limit', '201'], 'filter "limit" is not valid: expected a whole number from 1 to 200'],
    [events, ['--before', '%'], 'filter "before" is not valid: expected the "next" of the page before'],
    [events, ['--reason', 'signature.stale'], '"--reason" goes with "--refused" only'],
    [events, ['--from'], "'--from <value>' argument missing"],
    [runs, ['--form', '1h'], 'option "--form" does not exist; did you mean "--from"?'],
    [events, [id('evt', 1), '--from', '1h'], '"--from" goes with the list only; leave it out, or the id'],
    [runs, [id('run', 1), '--status', 'held'], '"--status" goes with the list only; leave it out, or the id'],
  ])('%#', async (command, args, message) => {
    const { code, out, err } = await say(command, args, io);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });
});
