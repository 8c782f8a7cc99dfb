// One process among several: it does what the others' news ask for, and tells when not all run by the same workflow file.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionState } from '../../src/core/model.ts';
import { agreement, joinReplicas } from '../../src/run/replicas.ts';
import type { JoinReplica, News, Replica } from '../../src/store/store.ts';
import { startEngine, workflow, workflowsOf, type Engine } from './engine.ts';

const replica = (id: string, config = 'hash-1'): Replica => ({ id, host: 'h', config, startedAt: 0, seenAt: 0 });
const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const worker = { wake: vi.fn(), missed: vi.fn() };

let engine: Engine;
let live: Replica[];
let hear: (news: News) => void;
beforeEach(async () => {
  vi.resetAllMocks();
  live = [replica('a'), replica('b')];
  engine = await startEngine(() => workflowsOf(workflow('w', [{ id: 'log' }])));
  const join = async (given: JoinReplica) => {
    hear = given.hear;
  };
  const turns = { swapConnection: async (state: ConnectionState) => state, takeTurn: async () => 0 };
  const store = { ...engine.store, shared: { join, replicas: async () => live, holds: () => true, ...turns } };
  await joinReplicas({ ...engine.parts, store, log }, worker, 'a');
});
afterEach(() => engine.stop());

describe('news', () => {
  it('of runs wake the worker, and of events make it look for those left', () => {
    hear('runs');
    expect([worker.wake, worker.missed].map((mock) => mock.mock.calls.length)).toEqual([1, 0]);
    hear('events');
    expect(worker.missed).toHaveBeenCalledOnce();
  });

  it('of connections put their pauses and circuits in force here', async () => {
    const paused: ConnectionState = {
      name: 'crm',
      status: 'paused',
      reason: 'paused',
      since: 5,
      untilAt: null,
      error: null,
    };
    await engine.store.setConnection(paused);
    expect(engine.parts.lanes.gate('crm')).toEqual({ is: 'free' });
    hear('connections');
    await vi.waitFor(() => expect(worker.wake).toHaveBeenCalled(), 10_000);
    expect(engine.parts.lanes.gate('crm')).toEqual({ is: 'held', reason: 'paused' });
    const until = Date.now() + 60_000;
    await engine.store.setConnection({ ...paused, status: 'open', reason: 'down', since: 6, untilAt: until });
    hear('connections');
    await vi.waitFor(() => expect(engine.parts.lanes.gate('crm')).toEqual({ is: 'postponed', until }), 10_000);
  });

  it('never undo what this process is about to store', async () => {
    const { lanes } = engine.parts;
    await lanes.pause('crm', 'paused', null);
    const stored = await engine.store.connections();
    const resuming = lanes.resume('crm');
    expect(await lanes.follow(async () => stored)).toEqual([]);
    await resuming;
    expect(lanes.gate('crm')).toEqual({ is: 'free' });
  });

  it('never undo what this process stored while they were read', async () => {
    const { lanes } = engine.parts;
    await lanes.pause('crm', 'paused', null);
    const read = async () => {
      const stored = await engine.store.connections();
      await lanes.resume('crm');
      return stored;
    };
    await lanes.follow(read);
    expect(lanes.gate('crm')).toEqual({ is: 'free' });
  });

  it('of a replica by another workflow file are warned of, once', async () => {
    hear('replicas');
    await vi.waitFor(() => expect(log.info).toHaveBeenCalledWith('replicas: 2, by the same workflow file'), 10_000);
    live = [replica('a'), replica('b', 'hash-2'), replica('c', 'hash-2')];
    hear('replicas');
    await vi.waitFor(() => expect(log.warn).toHaveBeenCalledWith('replicas: 3, by 2 different workflow files'), 10_000);
    hear('replicas');
    live = [replica('a')];
    hear('replicas');
    await vi.waitFor(() => expect(log.info).toHaveBeenCalledWith('replicas: 1, by the same workflow file'), 10_000);
    expect(log.warn).toHaveBeenCalledOnce();
  });
});

it('counts workflow files, not replicas', () => {
  expect(agreement([])).toBe('0, by the same workflow file');
  expect(agreement([replica('a'), replica('b', 'x'), replica('c', 'y')])).toBe('3, by 3 different workflow files');
});
