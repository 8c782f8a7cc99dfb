// Contract: pending events become runs exactly once, and a replay is a new run.

import { expect, test } from 'vitest';
import { acceptOne, claimOne, delivery, eventOf, makeId, newRun, plannedRun, runOf, start, update } from './rows.ts';
import type { Subject } from './store.ts';

export function planContract({ store }: Subject): void {
  test('gives the oldest pending events first and forgets the planned ones', async () => {
    const ids = [await acceptOne(store()), await acceptOne(store()), await acceptOne(store())];
    expect((await store().pending(2)).map((event) => event.id)).toEqual(ids.slice(0, 2));
    const runs = [newRun(ids[0] ?? '')];
    await store().plan([
      { eventId: ids[0] ?? '', runs },
      { eventId: ids[1] ?? '', runs: [] },
    ]);
    expect((await store().pending(10)).map((event) => event.id)).toEqual(ids.slice(2));
    expect(await eventOf(store(), ids[0] ?? '')).toMatchObject({ status: 'matched', matched: ['call-summary'] });
    expect(await eventOf(store(), ids[1] ?? '')).toMatchObject({ status: 'ignored', matched: [] });
  });

  test('ends early on large bodies, yet gives every event in turn', async () => {
    const body = new Uint8Array(1024 * 1024);
    const items = Array.from({ length: 40 }, () => delivery({ body }));
    await store().accept(items);
    const seen: string[] = [];
    for (;;) {
      const events = await store().pending(100);
      if (events.length === 0) break;
      seen.push(...events.map((event) => event.id));
      await store().plan(events.map((event) => ({ eventId: event.id, runs: [] })));
    }
    expect(seen).toEqual(items.map((item) => item.eventId));
  });

  test('inserts the runs of an event whole, and only once', async () => {
    const eventId = await acceptOne(store());
    const run = newRun(eventId, { deadlineAt: start + 5000, error: { name: 'E', message: 'm' } });
    const other = newRun(eventId, { workflow: 'other', lane: 'mail' });
    const batch = [{ eventId, runs: [run, other] }];
    expect(await store().plan(batch)).toEqual([{ runs: [run.id, other.id] }]);
    const { unique, ...rest } = run;
    expect(unique).toBeNull();
    expect(await runOf(store(), run.id)).toEqual({ run: { ...rest, replay: 0 }, fence: 0, claimed: false });
    const again = { eventId, runs: [newRun(eventId), newRun(eventId, { workflow: 'third' })] };
    const twice = await store().plan([again, { eventId, runs: [] }]);
    expect(twice, 'a matched event is passed over').toEqual([{ runs: [] }, { runs: [] }]);
    expect(await eventOf(store(), eventId)).toMatchObject({ status: 'matched', matched: ['call-summary', 'other'] });
    expect(await store().plan([{ eventId: 'evt_gone', runs: [newRun('evt_gone')] }])).toEqual([{ runs: [] }]);
    expect(await store().runs({}, { limit: 10 })).toHaveLength(2);
  });

  test('writes nothing of a batch that fails, and nothing of it blocks the others', async () => {
    const [good, bad, other] = [await acceptOne(store()), await acceptOne(store()), await acceptOne(store())];
    const run = newRun(bad);
    const failing = store().plan([
      { eventId: good, runs: [newRun(good)] },
      { eventId: bad, runs: [run, { ...run, workflow: 'same id' }] },
    ]);
    const beside = store().plan([{ eventId: other, runs: [newRun(other)] }]);
    await expect(failing).rejects.toThrow();
    expect((await beside)[0]?.runs).toHaveLength(1);
    expect((await store().pending(10)).map((event) => event.id)).toEqual([good, bad]);
    expect(await store().runs({}, { limit: 10 })).toHaveLength(1);
  });

  test('lets one run have a unique value of its workflow', async () => {
    const first = await plannedRun(store(), { unique: 'call-1' });
    const eventId = await acceptOne(store());
    const runs = [
      newRun(eventId, { unique: 'call-1' }),
      newRun(eventId, { workflow: 'other', unique: 'call-1' }),
      newRun(eventId, { workflow: 'third', unique: null }),
    ];
    expect(await store().plan([{ eventId, runs }])).toEqual([{ runs: [runs[1]?.id, runs[2]?.id] }]);
    const event = await eventOf(store(), eventId);
    expect(event, 'it matched all the same').toMatchObject({
      status: 'matched',
      matched: ['call-summary', 'other', 'third'],
    });
    expect(await runOf(store(), first.id)).toBeTruthy();
    const twins = [await acceptOne(store()), await acceptOne(store())];
    const plans = twins.map((id) => ({ eventId: id, runs: [newRun(id, { unique: 'call-2' })] }));
    const planned = await store().plan(plans);
    expect(planned.map((item) => item.runs.length)).toEqual([1, 0]);
  });

  test('numbers replays, past a taken unique value', async () => {
    const first = await plannedRun(store(), { unique: 'call-1' });
    const again = newRun(first.eventId, { unique: 'call-1' });
    const replayed = await store().replay(again);
    expect(replayed).toMatchObject({ id: again.id, replay: 1 });
    expect(replayed).toEqual((await runOf(store(), again.id)).run);
    const more = await Promise.all([store().replay(newRun(first.eventId)), store().replay(newRun(first.eventId))]);
    expect(new Set(more.map((run) => run.replay))).toEqual(new Set([2, 3]));
    const other = await store().replay(newRun(first.eventId, { workflow: 'other' }));
    expect(other.replay, 'the first run of that workflow').toBe(0);
    await expect(store().replay(newRun('evt_gone'))).rejects.toMatchObject({ code: 'not.found' });
  });

  test('keeps which configuration an event was matched with, also when nothing took it', async () => {
    const [taken, ignored, silent] = [await acceptOne(store()), await acceptOne(store()), await acceptOne(store())];
    expect((await store().pending(10)).filter((event) => 'config' in event)).toEqual([]);
    await store().plan([
      { eventId: taken, runs: [newRun(taken)], config: 'hash-2' },
      { eventId: ignored, runs: [], config: 'hash-3' },
      { eventId: silent, runs: [] },
    ]);
    await store().plan([{ eventId: ignored, runs: [], config: 'hash-4' }]);
    const kept = async (id: string) => (await eventOf(store(), id)).config;
    expect([await kept(taken), await kept(ignored), await kept(silent)]).toEqual(['hash-2', 'hash-3', undefined]);
    expect((await store().events({ status: 'ignored' }, { limit: 5 })).map(({ config }) => config)).toEqual([
      undefined,
      'hash-3',
    ]);
    expect((await claimOne(store())).event.config).toBe('hash-2');
  });

  test('finds the run that has a unique value', async () => {
    const first = await plannedRun(store(), { unique: 'call-1' });
    const other = await plannedRun(store(), { workflow: 'other', unique: 'call-1' });
    const find = async (workflow: string, unique: string) =>
      (await store().runs({ workflow, unique }, { limit: 5 })).map(({ id }) => id);
    expect(await find('call-summary', 'call-1')).toEqual([first.id]);
    expect(await find('other', 'call-1')).toEqual([other.id]);
    expect([await find('call-summary', 'call-2'), await find('third', 'call-1')]).toEqual([[], []]);
  });

  test('plans an event that a person was quicker to replay', async () => {
    const eventId = await acceptOne(store());
    const early = await store().replay(newRun(eventId));
    expect(early.replay).toBe(0);
    const runs = [newRun(eventId), newRun(eventId, { workflow: 'other' })];
    expect(await store().plan([{ eventId, runs }]), 'it has that run').toEqual([{ runs: [runs[1]?.id] }]);
    expect((await store().replay(newRun(eventId))).replay).toBe(1);
  });

  test('runs an ignored event by a replay', async () => {
    const eventId = await acceptOne(store());
    await store().plan([{ eventId, runs: [] }]);
    await store().replay(newRun(eventId));
    const { run, event, fence } = await claimOne(store());
    expect(event.id).toBe(eventId);
    const done = update(run, { status: 'succeeded', endedAt: start });
    expect(await store().record([{ runId: run.id, fence, update: done, release: true }])).toEqual([true]);
  });

  test('keeps a run that was final from the start out of the queue', async () => {
    const failed = await plannedRun(store(), { status: 'failed', dueAt: null, endedAt: start, id: makeId('run') });
    expect(await store().claim({ now: start, owner: 'o', lanes: [{ lane: 'crm', limit: 5 }] })).toEqual([]);
    expect((await runOf(store(), failed.id)).run).toMatchObject({ status: 'failed', endedAt: start });
  });
}
