// Two engines on one database: a pause or a resume at one holds at both, whatever they are doing meanwhile, and survives them.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { workflowLane } from '../../src/core/model.ts';
import type { RecordRun, Store } from '../../src/store/store.ts';
import { createDatabase, type TestDatabase } from '../postgres/database.ts';
import { workflow, workflowsOf } from '../run/engine.ts';
import { startReplica, type EngineReplica, type ReplicaOptions } from './engines.ts';

let database: TestDatabase;
let calls: string[];
const replicas: EngineReplica[] = [];
beforeAll(async () => {
  database = await createDatabase();
});
beforeEach(() => {
  calls = [];
});
afterEach(async () => {
  await stopAll();
  await database.clear();
});
afterAll(() => database.drop());

const stopAll = async () => void (await Promise.all(replicas.splice(0).map((replica) => replica.stop())));

const one = workflow('one', [
  {
    id: 'log',
    action: {
      run: async (_, input) => {
        calls.push((input as { text: string }).text);
        return {};
      },
    },
  },
]);

async function start(over: Partial<ReplicaOptions> = {}): Promise<EngineReplica> {
  const replica = await startReplica({ url: database.url, workflows: workflowsOf(one), ...over });
  replicas.push(replica);
  return replica;
}

/** However busy the machine is. */
const eventually = (ask: () => unknown) => expect.poll(ask, { timeout: 25_000, interval: 10 });

/** So many events at each of them; their ids. */
async function eventsAt(given: readonly EngineReplica[], each: number): Promise<string[]> {
  return Promise.all(given.flatMap((replica) => Array.from({ length: each }, () => replica.event())));
}

const kinds = [
  {
    what: 'workflow',
    lane: workflowLane('one'),
    pause: (replica: EngineReplica) => replica.operations.pauseWorkflow('one'),
    resume: (replica: EngineReplica) => replica.operations.resumeWorkflow('one'),
    isPaused: ({ parts }: EngineReplica) => parts.lanes.isPaused('one'),
  },
  {
    what: 'connection',
    lane: 'crm',
    pause: (replica: EngineReplica) => replica.operations.pause('crm'),
    resume: (replica: EngineReplica) => replica.operations.resume('crm'),
    isPaused: ({ parts }: EngineReplica) => parts.lanes.state('crm')?.status === 'paused',
  },
];

describe.each(kinds)('a $what', ({ lane, pause, resume, isPaused }) => {
  it('paused at one replica holds the runs of both, and resumed at the other runs each once', async () => {
    const [a, b] = [await start(), await start()];
    await pause(a);
    await eventually(() => isPaused(b)).toBe(true);
    const events = await eventsAt([a, b], 5);
    for (const event of events) expect(await a.until(event, 'held')).toMatchObject({ reason: 'paused', lane });
    expect(calls).toEqual([]);
    await resume(b);
    for (const event of events) await a.until(event, 'succeeded');
    expect(calls.toSorted()).toEqual(events.toSorted());
    await eventually(() => isPaused(a)).toBe(false);
  });

  it('stays paused over a restart of all, and one that starts later knows it', async () => {
    const first = await start();
    await pause(first);
    const event = await first.event();
    await first.until(event, 'held');
    await stopAll();
    const [a, b] = [await start(), await start()];
    expect([a, b].map(isPaused)).toEqual([true, true]);
    const second = await b.event();
    await a.until(second, 'held');
    expect(await a.until(event, 'held')).toMatchObject({ reason: 'paused' });
    await resume(a);
    for (const id of [event, second]) await b.until(id, 'succeeded');
    expect(calls).toHaveLength(2);
  });

  it('is resumed by a replica that has not heard of the pause yet, and paused by one that has not heard of the resume', async () => {
    const [a, b] = [await start(), await start()];
    // One after the other, without time for a word in between.
    const stored = async () => (await a.store.connections()).find(({ name }) => name === lane)?.status;
    for (let round = 0; round < 5; round++) {
      await pause(a);
      await resume(b);
      expect(await stored()).toBe('ok');
      await pause(b);
      await resume(a);
      await pause(b);
      expect(await stored()).toBe('paused');
      await resume(a);
    }
    const event = await b.event();
    await a.until(event, 'succeeded');
  });

  it('forgets no run that is just being held while another replica resumes it', async () => {
    // What is written as held waits until everybody knows of the resume.
    const written = Promise.withResolvers<void>();
    const resumed = Promise.withResolvers<void>();
    const isHold = ({ update }: RecordRun) => update.status === 'held';
    const slow = (store: Store): Store => ({
      ...store,
      record: async (batch) => {
        if (batch.some(isHold)) {
          written.resolve();
          await resumed.promise;
        }
        return store.record(batch);
      },
    });
    const [a, b] = [await start(), await start({ bend: slow })];
    await pause(a);
    await eventually(() => isPaused(b)).toBe(true);
    a.worker.stop(0).catch(() => undefined);
    const event = await b.event();
    await written.promise;
    await resume(a);
    await eventually(() => isPaused(b)).toBe(false);
    resumed.resolve();
    await b.until(event, 'succeeded');
  });
});

describe('what a replica finds out', () => {
  it('never undoes a pause that it has not heard of', async () => {
    const [a, b] = [await start({ env: { CIRCUIT_AFTER: '2' } }), await start({ env: { CIRCUIT_AFTER: '2' } })];
    const error = { name: 'Error', message: 'refused' };
    const stored = async () => (await a.store.connections()).find(({ name }) => name === 'crm');
    for (let round = 0; round < 5; round++) {
      await a.operations.pause('crm');
      // Without time for a word in between.
      await b.parts.lanes.report('crm', 'failed', error);
      await b.parts.lanes.report('crm', 'failed', error);
      await b.parts.lanes.pause('crm', 'credentials', error);
      await b.parts.lanes.lift('crm');
      await b.parts.lanes.report('crm', 'good', null);
      expect(await stored()).toMatchObject({ status: 'paused', reason: 'paused' });
      expect(b.parts.lanes.gate('crm')).toEqual({ is: 'held', reason: 'paused' });
      await b.operations.resume('crm');
    }
  });

  it('would undo it if its word were written over whatever is there', async () => {
    const blind = (store: Store): Store => {
      const { shared } = store;
      if (!shared) throw new Error('it is shared');
      const swapConnection: typeof shared.swapConnection = async (state, _, raises) => {
        await store.setConnection(state, raises);
        return state;
      };
      return { ...store, shared: { ...shared, join: async () => undefined, swapConnection } };
    };
    const [a, b] = [await start(), await start({ env: { CIRCUIT_AFTER: '1' }, bend: blind })];
    await a.operations.pause('crm');
    await b.parts.lanes.report('crm', 'failed', null);
    expect((await a.store.connections())[0]).toMatchObject({ status: 'open' });
  });
});
