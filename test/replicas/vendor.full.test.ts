// Two engines and one vendor: its rate is kept by both together, and while it is down one of them tries it.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionState } from '../../src/core/model.ts';
import { RetryableError } from '../../src/plugin/index.ts';
import type { SharedStore, Store } from '../../src/store/store.ts';
import { lanesAt } from '../isolation/lanes.ts';
import { createDatabase, type TestDatabase } from '../postgres/database.ts';
import { workflow, workflowsOf } from '../run/engine.ts';
import { startReplica, type EngineReplica, type ReplicaOptions } from './engines.ts';

let database: TestDatabase;
const replicas: EngineReplica[] = [];
beforeAll(async () => {
  database = await createDatabase();
});
afterEach(async () => {
  await Promise.all(replicas.splice(0).map((replica) => replica.stop()));
  await database.clear();
});
afterAll(() => database.drop());

interface Call {
  readonly event: string;
  readonly at: number;
}

/** A vendor that does what the test says, and the replicas that call it. */
async function twoWith(vendor: (event: string) => void, over: Partial<ReplicaOptions>) {
  const calls: Call[] = [];
  const run = async (_: unknown, input: unknown) => {
    const event = (input as { text: string }).text;
    calls.push({ event, at: Date.now() });
    vendor(event);
    return {};
  };
  const workflows = workflowsOf(workflow('one', [{ id: 'log', effect: 'repeatable', action: { run } }]));
  for (let count = 0; count < 2; count++) replicas.push(await startReplica({ url: database.url, workflows, ...over }));
  const [a, b] = replicas;
  if (!a || !b) throw new Error('two were started');
  const send = (each: number) =>
    Promise.all([a, b].flatMap((replica) => Array.from({ length: each }, () => replica.event())));
  return { a, b, calls, send };
}

/** With another word of the store for what replicas share. */
const sharing =
  (change: (shared: SharedStore) => Partial<SharedStore>) =>
  (store: Store): Store => {
    if (!store.shared) throw new Error('it is shared');
    return { ...store, shared: { ...store.shared, ...change(store.shared) } };
  };

describe('the rate of a connection', () => {
  /** Twelve calls at five a second; the milliseconds from before the first to the last. */
  const twelve = async (over: Partial<ReplicaOptions>) => {
    const { a, calls, send } = await twoWith(() => undefined, { rates: { crm: '5/s' }, ...over });
    const began = Date.now();
    const events = await send(6);
    for (const event of events) await a.until(event, 'succeeded');
    expect(calls.map(({ event }) => event).toSorted()).toEqual(events.toSorted());
    return (calls.at(-1)?.at ?? 0) - began;
  };

  it('is kept by both together: the twelfth call of 5/s comes after 2.2 s and not before', async () => {
    expect(await twelve({})).toBeGreaterThanOrEqual(11 * 200 - 1);
  });

  it('would be twice as much if each had its own', async () => {
    const took = await twelve({ bend: sharing(() => ({ takeTurn: async () => 0 })) });
    expect(took).toBeLessThan(11 * 200 - 1);
  });

  it('counts a replica that starts anew', async () => {
    const { a, calls } = await twoWith(() => undefined, { rates: { crm: '1/d' } });
    await a.until(await a.event(), 'succeeded');
    await Promise.all(replicas.splice(0).map((replica) => replica.stop()));
    const { a: again, send } = await twoWith(() => undefined, { rates: { crm: '1/d' } });
    const events = await send(1);
    for (const event of events) await again.until(event, 'waiting');
    expect(calls).toHaveLength(1);
  });
});

describe('a turn that replicas share', () => {
  const day = { everyMs: 86_400_000, spare: 1 };
  const open = async () => {
    const { a, b } = await twoWith(() => undefined, {});
    if (!a.store.shared || !b.store.shared) throw new Error('they are shared');
    return [a.store.shared, b.store.shared] as const;
  };

  it('is one of all that ask at the same moment', async () => {
    const [first, second] = await open();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 2 ? first : second).takeTurn('crm', day)),
    );
    expect(answers.filter((wait) => wait === 0)).toHaveLength(1);
    for (const wait of answers) expect(wait === 0 || (wait > day.everyMs - 60_000 && wait <= day.everyMs)).toBe(true);
    expect(await second.takeTurn('mail', day), 'of another connection').toBe(0);
  });

  it('is kept for a late timer at high rates, and no longer', async () => {
    const [first, second] = await open();
    const pace = { everyMs: 3_600_000, spare: 5 };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? first : second).takeTurn('crm', pace)),
    );
    expect(answers.filter((wait) => wait === 0)).toHaveLength(5);
  });

  it('comes soon when the rate was raised', async () => {
    const [first] = await open();
    expect([await first.takeTurn('crm', day), await first.takeTurn('crm', { everyMs: 50, spare: 1 })]).toEqual([
      0,
      expect.any(Number),
    ]);
    await expect.poll(() => first.takeTurn('crm', { everyMs: 50, spare: 1 }), { timeout: 20_000 }).toBe(0);
  });
});

describe('a vendor that is down', () => {
  it('is one open circuit for both, and nothing is lost or done twice', async () => {
    let isDown = true;
    const done: string[] = [];
    const vendor = (event: string) => {
      if (isDown) throw new RetryableError('down');
      done.push(event);
    };
    const env = { CIRCUIT_AFTER: '3', CIRCUIT_FOR: '300ms', CONCURRENCY: '2' };
    const { a, b, send } = await twoWith(vendor, { env });
    const events = await send(6);
    const states = () => [a, b].map(({ parts }) => parts.lanes.state('crm')?.status);
    await expect.poll(states, { timeout: 25_000, interval: 10 }).toEqual(['open', 'open']);
    const kept = async () => (await a.store.connections())[0];
    await expect
      .poll(kept, { timeout: 25_000, interval: 10 })
      .toMatchObject({ name: 'crm', status: 'open', reason: 'down' });
    isDown = false;
    for (const event of events) await a.until(event, 'succeeded');
    expect(done.toSorted()).toEqual(events.toSorted());
    await expect.poll(states, { timeout: 25_000 }).toEqual(['ok', 'ok']);
  });

  /** Replicas that all want to try it, on one clock; the calls of each interval. */
  const probes = async (shares: boolean) => {
    const clock = { now: 1_700_000_000_000 };
    const [store] = (await twoWith(() => undefined, {})).a.store.shared ? replicas : [];
    const shared = store?.store.shared;
    if (!store || !shared) throw new Error('it is shared');
    const over = shares
      ? {
          swap: (state: ConnectionState, before: ConnectionState | undefined) =>
            shared.swapConnection(state, before, []),
          takeTurn: (...ask: Parameters<SharedStore['takeTurn']>) => shared.takeTurn(...ask),
        }
      : {};
    const all = [0, 1, 2].map(() => lanesAt(() => clock.now, { circuitAfter: 1, circuitForMs: 30_000, ...over }));
    await Promise.all(all.map((lanes) => lanes.report('crm', 'failed', null)));
    const counts: number[] = [];
    for (let interval = 0; interval < 5; interval++) {
      for (const lanes of all) await lanes.follow(() => (shares ? store.store.connections() : Promise.resolve([])));
      clock.now += 30_000;
      const tries = await Promise.all(
        all.map(async (lanes) => {
          if (lanes.gate('crm').is !== 'free') return 0;
          lanes.take('crm');
          const turn = lanes.turn('crm');
          const may = turn === null || (await turn).is === 'free';
          if (may) await lanes.report('crm', 'failed', null);
          lanes.give('crm');
          return may ? 1 : 0;
        }),
      );
      counts.push(tries.reduce<number>((sum, tried) => sum + tried, 0));
    }
    return counts;
  };

  it('is tried by one of all in each interval', async () => {
    expect(await probes(true)).toEqual([1, 1, 1, 1, 1]);
  });

  it('would be tried by each of them without a word', async () => {
    expect(await probes(false)).toEqual([3, 3, 3, 3, 3]);
  });
});
