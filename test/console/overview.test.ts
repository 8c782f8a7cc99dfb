// What the overview and the list of what waits for a person are counted from: tallies by the minute, and runs that fail alike.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttentionAnswer } from '../../src/console/api/attention.ts';
import type { OverviewAnswer } from '../../src/console/api/overview.ts';
import { startTallies, type Tallies } from '../../src/console/api/tally.ts';
import type { DeliveryStatus, Happening, RunStatus } from '../../src/core/model.ts';
import { accept, failedRun, holdRun, id, openLedger, start, stepState, type Ledger } from './ledger.ts';

const minuteMs = 60_000;
const delivery = (source: string, status: DeliveryStatus): Happening => ({
  kind: 'delivery',
  status,
  source,
  deliveryId: id('dlv', 1),
  eventId: null,
  type: null,
  reason: null,
});
const run = (workflow: string, status: RunStatus): Happening => ({
  kind: 'run',
  runId: id('run', 1),
  eventId: id('evt', 1),
  workflow,
  status,
  reason: null,
});

let now: number;
let ledger: Ledger;
let tallies: Tallies;
const begin = () => startTallies({ store: ledger.store, clock: () => now, knows: (source) => source === 'truedy' });
beforeEach(async () => {
  now = start + 30_000;
  ledger = await openLedger({
    clock: () => now,
    tallies: {
      count: (happening) => tallies.count(happening),
      since: (from) => tallies.since(from),
      lastError: (name) => tallies.lastError(name),
      stop: () => tallies.stop(),
    },
  });
  tallies = begin();
});
afterEach(async () => {
  await tallies.stop();
  await ledger.close();
});

describe('tallies', () => {
  it('are added up by the minute, and outlive a restart', async () => {
    for (let number = 0; number < 3; number++) tallies.count(delivery('truedy', 'accepted'));
    await tallies.stop();
    tallies = begin();
    tallies.count(delivery('truedy', 'accepted'));
    now += minuteMs;
    tallies.count(delivery('truedy', 'accepted'));
    const rows = await tallies.since(start);
    expect(rows.map(({ at, count }) => [at - start, count])).toEqual([
      [0, 4],
      [minuteMs, 1],
    ]);
  });

  it('make no row of a name that somebody outside made up', async () => {
    for (let number = 0; number < 50; number++) tallies.count(delivery(`made-up-${number}`, 'refused'));
    tallies.count(delivery('truedy', 'refused'));
    const rows = await tallies.since(start);
    expect(Object.fromEntries(rows.map(({ name, count }) => [name, count]))).toEqual({ '': 50, truedy: 1 });
    expect(rows).toHaveLength(2);
  });

  it('count what a run came to, not what it went through', async () => {
    for (const status of ['pending', 'running', 'waiting', 'held', 'failed', 'succeeded', 'canceled'] as const)
      tallies.count(run('call-summary', status));
    const rows = await tallies.since(start);
    expect(rows.map(({ status }) => status).toSorted()).toEqual(['canceled', 'failed', 'held', 'succeeded']);
  });

  it('that the store does not take break nothing', async () => {
    const tally = () => Promise.reject(new Error('disk full'));
    const failing = startTallies({ store: { ...ledger.store, tally }, clock: () => now, knows: () => true });
    failing.count(delivery('truedy', 'accepted'));
    expect(await failing.since(start)).toEqual([]);
    await failing.stop();
  });
});

describe('the overview', () => {
  const overview = async () => (await ledger.call('/api/overview')).answer as OverviewAnswer;

  it('has sixty minutes, the one under way last, each with what happened in it', async () => {
    tallies.count(delivery('truedy', 'accepted'));
    tallies.count(delivery('truedy', 'duplicate'));
    now += 59 * minuteMs;
    tallies.count(delivery('truedy', 'refused'));
    tallies.count(run('call-summary', 'failed'));
    const { minutes } = await overview();
    expect(minutes).toHaveLength(60);
    expect(minutes.map(({ at }) => Date.parse(at) - start)).toEqual(
      Array.from({ length: 60 }, (_, minute) => minute * minuteMs),
    );
    expect(minutes[0]).toMatchObject({ accepted: 1, duplicate: 1, refused: 0, failed: 0 });
    expect(minutes[59]).toMatchObject({ accepted: 0, refused: 1, failed: 1 });
    now += minuteMs;
    expect((await overview()).minutes[0]).toMatchObject({ accepted: 0, duplicate: 0 });
  });

  it('is all noughts where nothing happened', async () => {
    const { minutes, attention, open } = await overview();
    const numbers = [...minutes, attention, open].flatMap((one) => Object.values(one)).filter(Number.isInteger);
    expect(new Set(numbers)).toEqual(new Set([0]));
  });
});

describe('attention', () => {
  const attention = async () => (await ledger.call('/api/attention')).answer as AttentionAnswer;

  it('puts runs of the same cause together, what is in doubt first, then the largest', async () => {
    await holdRun(ledger.store);
    for (let number = 2; number <= 40; number++) await accept(ledger.store, number);
    const other = { name: 'Error', message: 'something else' };
    const runs = Array.from({ length: 39 }, (_, index) => {
      const number = index + 2;
      if (number > 36) return failedRun(number, number, { workflow: 'other' });
      if (number > 30)
        return failedRun(number, number, { steps: [stepState('tell', { status: 'failed', error: other })] });
      return failedRun(number, number);
    });
    await ledger.store.plan(runs.map((one) => ({ eventId: one.eventId, runs: [one] })));
    const { groups, more } = await attention();
    expect(more).toBe(false);
    expect(groups.map(({ reason, workflow, step, code, count }) => [reason, workflow, step, code, count])).toEqual([
      ['in_doubt', 'call-summary', 'tell', 'ETIMEDOUT', 1],
      [null, 'call-summary', 'tell', 'E550', 29],
      [null, 'call-summary', 'tell', null, 6],
      [null, 'other', 'tell', 'E550', 4],
    ]);
    const [, large] = groups;
    expect(large).toMatchObject({
      message: 'the address does not exist',
      newestAt: new Date(start + 30_000).toISOString(),
      oldestAt: new Date(start + 2000).toISOString(),
    });
    expect(large?.runs).toHaveLength(20);
    expect(large?.runs[0]).toBe(id('run', 30));
  });

  it('is empty when nothing waits', async () => {
    expect(await attention()).toEqual({ groups: [], more: false });
  });
});
