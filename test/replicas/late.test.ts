// A replica that lost a run under way comes to know what its attempt did: the doubt that it left is settled, and no other.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PermanentError, RetryableError } from '../../src/plugin/index.ts';
import type { RecordRun, Store } from '../../src/store/store.ts';
import { createDatabase, type TestDatabase } from '../postgres/database.ts';
import { workflow, workflowsOf } from '../run/engine.ts';
import { startReplica, type EngineReplica } from './engines.ts';

let database: TestDatabase;
const replicas: EngineReplica[] = [];
const ends: PromiseWithResolvers<unknown>[] = [];
beforeAll(async () => {
  database = await createDatabase();
});
afterEach(async () => {
  for (const end of ends.splice(0)) end.resolve({ id: 'at the end' });
  await Promise.all(replicas.splice(0).map((replica) => replica.stop()));
  await database.clear();
});
afterAll(() => database.drop());

/** The first call of the step waits for the test, the later ones for nothing; the next step is told its output. */
function createScene() {
  const first = Promise.withResolvers<unknown>();
  first.promise.catch(() => undefined);
  ends.push(first);
  const called = Promise.withResolvers<void>();
  const calls: number[] = [];
  const told: unknown[] = [];
  const run = async (_: unknown, __: unknown, attempt: { number: number; sending(): void }) => {
    attempt.sending();
    calls.push(attempt.number);
    called.resolve();
    return calls.length === 1 ? first.promise : { id: `call ${calls.length}` };
  };
  const tell = async (_: unknown, input: unknown) => {
    told.push(input);
    return {};
  };
  const workflows = workflowsOf(
    workflow('one', [
      { id: 'charge', effect: 'once', action: { run } },
      {
        id: 'tell',
        effect: 'repeatable',
        action: { run: tell },
        input: ({ steps }) => ({ ok: true, value: steps['charge']?.output }),
      },
    ]),
  );
  return { workflows, first, called: called.promise, calls, told };
}

/** One replica has lost the run whose call it is making, to another that is about to find it. */
async function taken(bend?: (store: Store) => Store) {
  const scene = createScene();
  const { workflows } = scene;
  const lost = await startReplica({ url: database.url, workflows, env: { SHUTDOWN_GRACE: '60s' } });
  replicas.push(lost);
  const eventId = await lost.event();
  await scene.called;
  // It claims nothing more, and its call goes on.
  void lost.worker.stop(60_000);
  const owner = await startReplica({ url: database.url, workflows, ...(bend && { bend }) });
  replicas.push(owner);
  const takeOver = async () => {
    await database.query(`update hookline.replicas set lives_until = now() - interval '1 second'
      where id in (select owner from hookline.runs)`);
    return owner.store.recover('the other', Date.now());
  };
  await expect.poll(takeOver, { timeout: 20_000, interval: 5 }).toBe(1);
  owner.worker.wake();
  return { ...scene, lost, owner, eventId };
}

describe('a late outcome', () => {
  it('settles the run that is held for it, and the next step has its output', async () => {
    const { owner, eventId, first, calls, told } = await taken();
    expect(await owner.until(eventId, 'held')).toMatchObject({ reason: 'in_doubt' });
    first.resolve({ id: 'late' });
    const run = await owner.until(eventId, 'succeeded');
    expect(run.steps[0]).toMatchObject({ status: 'succeeded', output: { id: 'late' }, attempts: 1 });
    expect([calls, told]).toEqual([[1], [{ id: 'late' }]]);
    expect((await owner.attempts(run.id))[0]).toMatchObject({ status: 'succeeded', late: true });
  });

  it('is needed: without it the run waits for a person', async () => {
    const { owner, eventId, calls } = await taken();
    const run = await owner.until(eventId, 'held');
    expect((await owner.attempts(run.id))[0]).toMatchObject({ status: 'in_doubt', late: false });
    await owner.operations.resolve(run.id, undefined, { happened: false });
    await owner.until(eventId, 'succeeded');
    expect(calls).toEqual([1, 2]);
  });

  it('that comes while the doubt is being stored is found by who stores it', async () => {
    const storing = Promise.withResolvers<void>();
    const stored = Promise.withResolvers<void>();
    const isHold = ({ update }: RecordRun) => update.status === 'held';
    const { owner, eventId, first, calls, lost } = await taken((store) => ({
      ...store,
      record: async (batch) => {
        if (batch.some(isHold)) {
          storing.resolve();
          await stored.promise;
        }
        return store.record(batch);
      },
    }));
    await storing.promise;
    first.resolve({ id: 'late' });
    await expect.poll(() => lost.worker.active(), { timeout: 20_000, interval: 5 }).toBe(0);
    stored.resolve();
    const run = await owner.until(eventId, 'succeeded');
    expect(run.steps[0]).toMatchObject({ output: { id: 'late' } });
    expect(calls).toEqual([1]);
  });

  it('that nothing was done lets the run go on by itself', async () => {
    const again = await taken();
    await again.owner.until(again.eventId, 'held');
    again.first.reject(new RetryableError('busy'));
    const run = await again.owner.until(again.eventId, 'succeeded');
    expect(run.steps[0]).toMatchObject({ output: { id: 'call 2' }, retries: 1 });
  });

  it('that it was refused fails the run without a second call', async () => {
    const refused = await taken();
    await refused.owner.until(refused.eventId, 'held');
    refused.first.reject(new PermanentError('no such account'));
    await refused.owner.until(refused.eventId, 'failed');
    expect(refused.calls).toEqual([1]);
  });

  it('is evidence and nothing else once a person has answered', async () => {
    const { owner, eventId, first, lost } = await taken();
    const held = await owner.until(eventId, 'held');
    await owner.operations.resolve(held.id, undefined, { happened: true, output: { id: 'said' } });
    const done = await owner.until(eventId, 'succeeded');
    first.resolve({ id: 'late' });
    await expect.poll(() => lost.worker.active(), { timeout: 20_000, interval: 5 }).toBe(0);
    expect((await owner.attempts(done.id))[0]).toMatchObject({
      status: 'succeeded',
      late: true,
      output: { id: 'late' },
    });
    expect((await owner.store.run(done.id))?.run).toEqual(done);
  });
});
