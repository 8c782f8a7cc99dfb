import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../src/plugin/index.ts';
import type { Pace } from '../../src/store/store.ts';
import { createRates } from '../../src/run/rates.ts';
import { parseRate } from '../../src/workflow/rate.ts';
import { startEngine, workflow, workflowsOf } from '../run/engine.ts';
import { lanesAt, work } from './lanes.ts';

const start = 1_700_000_000_000;

/** Most calls in any half-open span of that length. */
function mostIn(times: readonly number[], spanMs: number): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + spanMs).length));
}

describe('the rate of a connection', () => {
  it.each(['1/s', '7/s', '30/min', '1000/h', '1/d'])('%s: no span holds more calls than it says', async (text) => {
    const rate = parseRate(text) ?? expect.unreachable();
    const clock = { now: start };
    const lanes = lanesAt(() => clock.now, { rate: () => rate });
    const untilAt = start + 3 * rate.perMs;
    const { calls } = await work({ lanes, queues: { crm: 5000 }, clock, untilAt, end: () => 'good' });
    const times = calls.map(({ at }) => at);
    expect(mostIn(times, rate.perMs)).toBe(rate.count);
    // And none is wasted: a rounded millisecond a call at most.
    expect(calls.length).toBeGreaterThanOrEqual(Math.floor(2.9 * rate.count));
  });

  it('finds more calls than it says when there is no rate', async () => {
    const clock = { now: start };
    const lanes = lanesAt(() => clock.now);
    const { calls } = await work({ lanes, queues: { crm: 500 }, clock, untilAt: start, end: () => 'good' });
    expect(
      mostIn(
        calls.map(({ at }) => at),
        1000,
      ),
    ).toBe(500);
  });

  it('holds a high rate within a tenth, however late the timer is', () => {
    const clock = { now: start };
    const rates = createRates({ rate: () => ({ count: 1000, perMs: 1000 }), clock: () => clock.now });
    const times: number[] = [];
    for (let look = 0; look < 400; look++) {
      while (rates.free('crm') >= 1) {
        rates.take('crm');
        times.push(clock.now);
      }
      clock.now += (look % 3) + 7;
    }
    expect(mostIn(times, 1000)).toBeLessThanOrEqual(1100);
    expect(times.length).toBeGreaterThan(0.98 * (clock.now - start));
  });

  it('drains what an outage left oldest first, no faster than the rate', async () => {
    const clock = { now: start };
    const lanes = lanesAt(() => clock.now, { rate: (name) => (name === 'crm' ? parseRate('2/s') : undefined) });
    const down = start + 60_000;
    const end = ({ at }: { at: number }) => (at < down ? 'failed' : 'good');
    const { calls } = await work({ lanes, queues: { crm: 400 }, clock, untilAt: down + 3_600_000, end });
    const after = calls.filter(({ at }) => at >= down);
    const order = after.map(({ run }) => run);
    const tried = new Set(calls.filter(({ at }) => at < down).map(({ run }) => run));
    const untouched = order.filter((run) => !tried.has(run));
    expect(untouched).toEqual(untouched.toSorted((a, b) => a - b));
    expect(new Set(order).size).toBe(400);
    expect(
      mostIn(
        calls.map(({ at }) => at),
        1000,
      ),
    ).toBeLessThanOrEqual(2);
  });

  it('leaves every other connection alone', async () => {
    const clock = { now: start };
    const lanes = lanesAt(() => clock.now, { rate: (name) => (name === 'crm' ? parseRate('1/h') : undefined) });
    const { calls } = await work({ lanes, queues: { crm: 100, mail: 100 }, clock, untilAt: start, end: () => 'good' });
    expect(calls.filter(({ lane }) => lane === 'mail')).toHaveLength(100);
    expect(calls.filter(({ lane }) => lane === 'crm')).toHaveLength(1);
  });

  describe('among three replicas', () => {
    /** Replicas that have always something to call; `idle` have nothing for the first half. `turns`: whether they ask for turns. */
    const tenSeconds = async ({ idle = 0, turns = true }) => {
      const clock = { now: start };
      let dueAt = 0;
      let refused = 0;
      const takeTurn = async (_: string, { everyMs }: Pace) => {
        if (dueAt > clock.now) refused += 1;
        if (dueAt > clock.now) return dueAt - clock.now;
        dueAt = clock.now + everyMs;
        return 0;
      };
      const replicas = [0, 1, 2].map(() => {
        const lanes = lanesAt(() => clock.now, { rate: () => parseRate('10/s'), ...(turns && { takeTurn }) });
        lanes.share(3);
        return { lanes, times: [] as number[] };
      });
      for (; clock.now < start + 10_000; clock.now += 5) {
        for (const [index, { lanes, times }] of replicas.entries()) {
          if (index < idle && clock.now < start + 5000) continue;
          if (lanes.gate('crm').is !== 'free') continue;
          lanes.take('crm');
          const asked = lanes.turn('crm');
          if (asked === null || (await asked).is === 'free') times.push(clock.now);
          lanes.give('crm');
        }
      }
      return { all: replicas.flatMap(({ times }) => times), refused };
    };

    it('is one for all together, and few ask in vain', async () => {
      const { all, refused } = await tenSeconds({});
      expect(mostIn(all, 1000)).toBeLessThanOrEqual(10);
      expect(all.length).toBeGreaterThanOrEqual(95);
      expect(refused).toBeLessThan(all.length);
    });

    it('is whole for one that calls alone', async () => {
      const { all } = await tenSeconds({ idle: 2 });
      expect(mostIn(all, 1000)).toBeLessThanOrEqual(10);
      expect(all.length).toBeGreaterThanOrEqual(90);
    });

    it('would be three rates without the turns', async () => {
      const { all } = await tenSeconds({ turns: false });
      expect(mostIn(all, 1000)).toBe(30);
    });
  });

  it('follows a clock that is set back, and a rate that is changed', () => {
    const clock = { now: start };
    let rate = parseRate('1/h');
    const rates = createRates({ rate: () => rate, clock: () => clock.now });
    rates.take('crm');
    clock.now -= 86_400_000;
    expect(rates.free('crm')).toBe(0);
    clock.now += 3_600_000;
    expect(rates.free('crm')).toBe(1);
    rates.take('crm');
    rate = parseRate('1/s');
    expect(rates.free('crm')).toBe(0);
    clock.now += 1000;
    expect(rates.free('crm')).toBe(1);
    rate = undefined;
    expect(rates.free('crm')).toBe(Number.POSITIVE_INFINITY);
  });

  it('gives those that ask in vain one turn after the other', () => {
    const rates = createRates({ rate: () => parseRate('1/s'), clock: () => start });
    rates.take('crm');
    expect([rates.turn('crm'), rates.turn('crm'), rates.turn('crm')]).toEqual([
      start + 1000,
      start + 2000,
      start + 3000,
    ]);
  });

  const callsOf = async (rate: string | undefined, fails: boolean) => {
    let calls = 0;
    const run = async () => {
      calls += 1;
      if (fails) throw new RetryableError('busy');
      return {};
    };
    const steps = ['a', 'b'].map((id) => ({ id, effect: 'repeatable' as const, action: { run } }));
    const engine = await startEngine(() => workflowsOf(workflow('one', steps)), {
      env: { RETRY_FIRST_DELAY: '1h', RETRY_MAX_DELAY: '1h' },
      lanes: { rate: () => (rate === undefined ? undefined : parseRate(rate)) },
    });
    const { status } = await engine.until(await engine.event(), fails || rate ? 'waiting' : 'succeeded');
    await engine.stop();
    return { calls, status };
  };

  it('counts a quick try as a call', async () => {
    expect(await callsOf('1/d', true)).toEqual({ calls: 1, status: 'waiting' });
    expect(await callsOf(undefined, true)).toEqual({ calls: 3, status: 'waiting' });
  });

  it('counts every step of a run as a call', async () => {
    expect(await callsOf('1/d', false)).toEqual({ calls: 1, status: 'waiting' });
    expect(await callsOf(undefined, false)).toEqual({ calls: 2, status: 'succeeded' });
  });
});
