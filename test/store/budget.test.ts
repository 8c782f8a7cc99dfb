// The storage budget: what is over leaves oldest first and its space is given back, intake stops before the disk is full, and
// what is not over always stays.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunStatus } from '../../src/core/model.ts';
import { createForecast } from '../../src/run/forecast.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { delivery, newRun, refusal, start } from '../contract/rows.ts';
import { folder } from './folder.ts';

const MiB = 1024 * 1024;
const budget = 4 * MiB;
const forever = 1e12;
const retention = { succeededMs: forever, failedMs: forever, deliveriesMs: forever, mostBytes: budget * 0.9 };
const body = new Uint8Array(20_000).fill(65);

/** An event of 20 kB with a run of this status; `minute`: when it was received, and when the run ended. */
async function fill(store: Store, minute: number, status: RunStatus | null): Promise<string> {
  const at = start + minute * 60_000;
  const item = delivery({ body, receivedAt: at });
  await store.accept([item]);
  const over = status === 'succeeded' || status === 'failed' || status === 'canceled';
  const times = { createdAt: at, endedAt: over ? at : null, dueAt: over ? null : at };
  const runs = status === null ? [] : [newRun(item.eventId, { status, ...times })];
  await store.plan([{ eventId: item.eventId, runs }]);
  return item.eventId;
}

async function prune(store: Store): Promise<number> {
  let removed = 0;
  for (let rows = -1; rows !== 0; removed += rows) rows = await store.prune(start + 1e9, retention);
  return removed;
}

const used = async (store: Store) => (await store.backlog(0)).usedBytes;

describe('beyond nine tenths of the budget', () => {
  it('the oldest that is over leaves first, of every kind, and the file gets smaller', async () => {
    const dir = await folder();
    const store = await openSqliteStore({ dir });
    const kinds: readonly (RunStatus | null)[] = ['succeeded', 'failed', null, 'canceled'];
    const ids: string[] = [];
    for (let minute = 0; minute < 300; minute += 1) ids.push(await fill(store, minute, kinds[minute % 4] ?? null));
    await store.refuse([refusal({ receivedAt: start - 1 })]);
    const before = statSync(join(dir, 'hookline.db')).size;
    expect(await prune(store)).toBeGreaterThan(0);
    expect(await used(store)).toBeLessThanOrEqual(budget * 0.9);
    expect(await store.deliveries({ status: 'refused' }, { limit: 10 })).toEqual([]);
    const left = await Promise.all(ids.map(async (id) => (await store.event(id)) !== null));
    expect(left.lastIndexOf(false) - left.indexOf(true)).toBeLessThan(65);
    expect(left.filter(Boolean).length).toBeGreaterThan(100);
    await store.prune(start, retention);
    expect(statSync(join(dir, 'hookline.db')).size).toBeLessThan(Math.max(before, 300 * body.length));
    await store.close();
  });

  it('what waits, is held or is not matched stays, whatever its age', async () => {
    const store = await openSqliteStore({ dir: await folder() });
    const kept = [await fill(store, 0, 'pending'), await fill(store, 1, 'held'), await fill(store, 2, 'waiting')];
    const unmatched = delivery({ body, receivedAt: start });
    await store.accept([unmatched]);
    for (let minute = 3; minute < 250; minute += 1) await fill(store, minute, 'succeeded');
    expect(await prune(store)).toBeGreaterThan(0);
    for (const id of [...kept, unmatched.eventId]) expect(await store.event(id)).not.toBeNull();
    await store.close();
  });

  it('nothing leaves before its time while there is room', async () => {
    const store = await openSqliteStore({ dir: await folder(), budgetBytes: budget });
    const id = await fill(store, 0, 'succeeded');
    expect(await prune(store)).toBe(0);
    expect(await store.event(id)).not.toBeNull();
    await store.close();
  });
});

describe('at the whole of the budget', () => {
  it('deliveries are refused, what is under way goes on, and what leaves makes room', async () => {
    const store = await openSqliteStore({ dir: await folder(), budgetBytes: budget });
    const ids: string[] = [];
    const takeIn = async () => {
      for (let minute = 0; ; minute += 1) ids.push(await fill(store, minute, 'pending'));
    };
    await expect(takeIn()).rejects.toMatchObject({ code: 'store.full' });
    expect(ids.length).toBeGreaterThan(100);
    expect(await used(store)).toBeLessThan(budget * 1.02);
    await expect(store.probe()).rejects.toMatchObject({ code: 'store.full' });
    await expect(store.refuse([refusal()])).rejects.toMatchObject({ code: 'store.full' });
    expect(await prune(store)).toBe(0);
    const claimed = await store.claim({ now: start + 1e9, owner: 'a', lanes: [{ lane: 'crm', limit: 50 }] });
    const done = { status: 'succeeded', endedAt: start, dueAt: null } as const;
    const records = claimed.map(({ run, fence }) => ({
      runId: run.id,
      fence,
      update: { ...run, ...done },
      release: true,
    }));
    expect(await store.record(records)).toEqual(claimed.map(() => true));
    expect(await prune(store)).toBeGreaterThan(0);
    const [taken] = await store.accept([delivery({ body })]);
    expect(taken?.ok).toBe(true);
    await store.probe();
    await store.close();
  });

  it('a refused delivery does not take others of the same moment with it', async () => {
    const store = await openSqliteStore({ dir: await folder(), budgetBytes: MiB / 8 });
    const config = { hash: 'h', text: '', file: 'w.yaml', at: start };
    const [refused, saved] = await Promise.allSettled([store.accept([delivery()]), store.saveConfig(config)]);
    expect(refused.status).toBe('rejected');
    expect(saved.status).toBe('fulfilled');
    expect(await store.config('h')).toMatchObject(config);
    await store.close();
  });
});

describe('the forecast', () => {
  const minute = 60_000;
  const at = (minutes: number, usedBytes: number, limit: number | null = 1000) => ({
    at: minutes * minute,
    used: usedBytes,
    limit,
  });
  const daysAfter = (...fillings: readonly ReturnType<typeof at>[]) => {
    const forecast = createForecast();
    for (const filling of fillings) forecast.add(filling);
    return forecast.daysLeft();
  };

  it('says nothing in the first ten minutes, or when nobody knows the limit', () => {
    expect(daysAfter()).toBeNull();
    expect(daysAfter(at(0, 100), at(9, 200))).toBeNull();
    expect(daysAfter(at(0, 100), at(20, 200, null))).toBeNull();
  });

  it('goes on as it went: so much a day', () => {
    expect(daysAfter(at(0, 100), at(720, 200))).toBeCloseTo(4);
    expect(daysAfter(at(0, 100), at(720, 100))).toBe(Infinity);
    expect(daysAfter(at(0, 300), at(720, 200))).toBe(Infinity);
    expect(daysAfter(at(0, 900), at(720, 1000))).toBe(0);
  });

  it('forgets what is older than a day', () => {
    expect(daysAfter(at(0, 100), at(1000, 500), at(2000, 600))).toBeCloseTo(400 / ((100 / 1000) * 1440));
  });
});
