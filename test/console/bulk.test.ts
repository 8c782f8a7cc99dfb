// Many runs at once: what is counted, what is refused, how fast it goes and how it is stopped.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BulkView } from '../../src/console/api/bulk.ts';
import { HostError } from '../../src/core/errors.ts';
import { accept, failedRun, id, json, openLedger, recordingOperations, stepState, type Ledger } from './ledger.ts';

const viewerToken = 'another-token-that-may-only-look-at-it';
const viewer = { authorization: `Bearer ${viewerToken}` };
const moved = id('run', 3);

let ledger: Ledger;
let asked: unknown[][];
beforeEach(async () => {
  asked = [];
  const operations = recordingOperations(asked);
  ledger = await openLedger({
    viewerToken,
    operations: {
      ...operations,
      retry: async (run, options) => {
        await operations.retry(run, options);
        if (run !== moved) return;
        throw new HostError('state.conflict', { what: 'run', id: run, status: 'running', why: 'it is under way' });
      },
    },
  });
  for (const number of [1, 2, 3]) await accept(ledger.store, number);
  const plan = [1, 2, 3].map((number) => failedRun(number, number));
  const other = { name: 'Error', message: 'something else' };
  const steps = [stepState('log', { status: 'failed', error: other })];
  const others = [failedRun(4, 1, { workflow: 'other' }), failedRun(5, 2, { workflow: 'other', lane: 'crm', steps })];
  await ledger.store.plan(
    [1, 2, 3].map((number) => ({
      eventId: id('evt', number),
      runs: [...plan, ...others].filter(({ eventId }) => eventId === id('evt', number)),
    })),
  );
});
afterEach(() => ledger.close());

const count = async (filter: object) => (await ledger.call('/api/bulk/count', json({ filter }))).answer;
const begin = (body: object) => ledger.call('/api/bulk', json({ action: 'retry', perSecond: 1000, ...body }));
const view = async (): Promise<BulkView> => (await ledger.call('/api/bulk')).answer;
const ended = async (): Promise<BulkView> => {
  await expect.poll(async () => (await view()).state, { timeout: 10_000 }).not.toBe('running');
  return view();
};
const summary = { workflow: 'call-summary' };

describe('a bulk change', () => {
  it.each([
    [{}, 5],
    [summary, 3],
    [{ workflow: 'other', step: 'log' }, 1],
    [{ connection: 'crm' }, 1],
    [{ code: 'E550' }, 4],
    [{ code: null }, 1],
    [{ message: 'something else' }, 1],
    [{ message: 'something' }, 0],
    [{ step: null }, 0],
  ])('counts the runs of %j: %i', async (filter, expected) => {
    expect(await count(filter)).toEqual({ count: expected });
    expect(asked).toEqual([]);
  });

  it('starts only with the number that was counted', async () => {
    for (const confirm of [2, 4, 0]) {
      const { status, answer } = await begin({ filter: summary, confirm });
      expect([status, answer]).toMatchObject([409, { error: { message: expect.stringContaining('3 such runs now') } }]);
    }
    expect([asked, await view()]).toMatchObject([[], { state: 'none', startedAt: null }]);
    expect((await begin({ filter: summary, confirm: 3 })).status).toBe(200);
    expect(await ended()).toMatchObject({ state: 'done', total: 3 });
  });

  it('takes the oldest first, counts a run that has moved on as failed, and goes on after it', async () => {
    await begin({ filter: {}, confirm: 5, latest: true });
    expect(await ended()).toMatchObject({ state: 'done', action: 'retry', total: 5, done: 4, failed: 1 });
    expect((await view()).lastError).toContain('it is under way');
    expect(asked).toEqual([1, 2, 3, 4, 5].map((number) => ['retry', id('run', number), { latest: true }]));
  });

  it('cancels when it is told to', async () => {
    await begin({ action: 'cancel', filter: { connection: 'crm' }, confirm: 1 });
    expect(await ended()).toMatchObject({ action: 'cancel', done: 1, failed: 0 });
    expect(asked).toEqual([['cancel', id('run', 5)]]);
  });

  it('goes no faster than it is told', async () => {
    const from = performance.now();
    await begin({ filter: summary, confirm: 3, perSecond: 10 });
    await ended();
    expect(performance.now() - from).toBeGreaterThan(250);
  });

  it('stops after the run under way, and says how far it came', async () => {
    await begin({ filter: summary, confirm: 3, perSecond: 2 });
    await expect.poll(async () => (await view()).done).toBe(1);
    await ledger.call('/api/bulk/stop', { method: 'POST' });
    expect(await ended()).toMatchObject({ state: 'stopped', total: 3, done: 1 });
    expect(asked).toHaveLength(1);
  });

  it('is refused while another goes on, also when both begin at once; after it, one starts', async () => {
    const both = await Promise.all([1, 2].map(() => begin({ filter: summary, confirm: 3, perSecond: 2 })));
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 409]));
    expect((await begin({ filter: summary, confirm: 3 })).status).toBe(409);
    await ledger.call('/api/bulk/stop', { method: 'POST' });
    await ended();
    expect((await begin({ filter: { connection: 'crm' }, confirm: 1 })).status).toBe(200);
    await ended();
    expect(asked.at(-1)).toEqual(['retry', id('run', 5), { latest: false }]);
  });

  it('is counted and watched by a viewer, and neither started nor stopped', async () => {
    const as = (call: object) => ({ ...call, headers: { 'content-type': 'application/json', ...viewer } });
    const body = json({ action: 'retry', filter: summary, confirm: 3 });
    expect((await ledger.call('/api/bulk/count', as(json({ filter: summary })))).status).toBe(200);
    expect((await ledger.call('/api/bulk', { headers: viewer })).status).toBe(200);
    expect((await ledger.call('/api/bulk', as(body))).status).toBe(403);
    expect((await ledger.call('/api/bulk/stop', { method: 'POST', headers: viewer })).status).toBe(403);
    expect([asked, (await view()).state]).toEqual([[], 'none']);
  });

  it.each([
    [{ perSecond: 0 }],
    [{ perSecond: 1001 }],
    [{ perSecond: 1.5 }],
    [{ action: 'delete' }],
    [{ confirm: '3' }],
  ])('is refused with %j', async (wrong) => {
    expect((await begin({ filter: summary, confirm: 3, ...wrong })).status).toBe(400);
    expect(asked).toEqual([]);
  });
});
