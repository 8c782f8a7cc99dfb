import { describe, expect, it } from 'vitest';
import type { ClaimRuns, Store } from '../../src/store/store.ts';
import { startEngine, workflow, workflowsOf } from '../run/engine.ts';
import { lanesAt, work, type Call } from './lanes.ts';

const start = 1_700_000_000_000;

describe('a connection that is down, with 10,000 due runs', () => {
  const outage = async (circuitAfter: number) => {
    const clock = { now: start };
    const lanes = lanesAt(() => clock.now, { circuitAfter, circuitForMs: 30_000 });
    const upAt = start + 600_000;
    let failed = 0;
    const end = ({ at }: Call) => {
      if (at >= upAt) return 'good';
      failed += 1;
      if (failed > 20_000) throw new Error('the vendor is called without end');
      return 'failed';
    };
    return { upAt, ...(await work({ lanes, queues: { crm: 10_000 }, clock, untilAt: upAt + 60_000, end })) };
  };

  it('is tried once in each interval, and its runs wait without being looked at', async () => {
    const { calls, looks, upAt } = await outage(5);
    const probes = calls.filter(({ at }) => at > start && at < upAt);
    expect(calls.filter(({ at }) => at === start).length).toBeLessThanOrEqual(10);
    expect(new Set(probes.map(({ at }) => at)).size).toBe(probes.length);
    expect(probes).toHaveLength(19);
    // Ten runs at a time once it is up; before, two looks an interval.
    expect(looks).toBeLessThan(1010 + 2 * 25);
  });

  it('drains by age when it is back', async () => {
    const { calls, upAt } = await outage(5);
    const tried = new Set(calls.filter(({ at }) => at < upAt).map(({ run }) => run));
    const order = calls.filter(({ at, run }) => at >= upAt && !tried.has(run)).map(({ run }) => run);
    expect(order.length).toBeGreaterThan(9900);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('would be called without end if no circuit opened', async () => {
    await expect(outage(Number.POSITIVE_INFINITY)).rejects.toThrow('without end');
  });
});

describe('runs that wait for a connection', () => {
  it('take no worker and are not looked at, while others go on', async () => {
    const crm = workflow('crm', [{ id: 'a', connection: 'crm', effect: 'repeatable' }]);
    const mail = workflow('mail', [{ id: 'b', connection: 'mail', effect: 'repeatable' }]);
    let looks = 0;
    const engine = await startEngine(() => workflowsOf(crm, mail), {
      lanes: { rate: (name) => (name === 'crm' ? { count: 1, perMs: 86_400_000 } : undefined) },
    });
    const claim: Store['claim'] = engine.store.claim.bind(engine.store);
    Object.assign(engine.store, {
      claim: (request: ClaimRuns) => {
        looks += 1;
        return claim(request);
      },
    });
    const first = await engine.event();
    await engine.until(first, 'succeeded');
    const events = await Promise.all(Array.from({ length: 300 }, () => engine.event()));
    for (const event of events) await engine.until(event, 'succeeded');
    const stats = await engine.store.stats();
    expect(stats.runs.succeeded).toBe(302);
    expect(stats.runs.pending).toBe(300);
    expect(engine.worker.active()).toBe(0);
    const before = looks;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(looks - before).toBeLessThanOrEqual(1);
    await engine.stop();
  });
});
