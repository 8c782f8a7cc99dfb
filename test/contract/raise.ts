// Events of our own are written with what they tell of, or not at all, and once.

import { expect, it } from 'vitest';
import type { RaiseEvent } from '../../src/store/store.ts';
import { delivery, newRun, start, update } from './rows.ts';
import type { Subject } from './store.ts';

function alert(key: string): RaiseEvent {
  const body = new TextEncoder().encode('{"type":"run.failed"}');
  const time = new Date(start).toISOString();
  const eventId = `evt_${key.padStart(26, '0')}`;
  return { eventId, source: 'hookline', type: 'run.failed', key, rule: 'id', time, receivedAt: start, body };
}

export function raiseContract({ store, reopen }: Subject): void {
  const raised = async () => (await store().events({ source: 'hookline' }, { limit: 50 })).map(({ key }) => key).sort();

  const claimed = async () => {
    const item = delivery();
    await store().accept([item]);
    await store().plan([{ eventId: item.eventId, runs: [newRun(item.eventId)] }]);
    const [taken] = await store().claim({ now: start, owner: 'a', lanes: [{ lane: 'crm', limit: 1 }] });
    if (taken === undefined) throw new Error('nothing was claimed');
    return taken;
  };

  it('with the record of a run, and not when the fence was lost', async () => {
    const { run, fence } = await claimed();
    const write = { runId: run.id, update: update(run), release: true };
    expect(await store().record([{ ...write, fence: fence + 7, raises: [alert('lost')] }])).toEqual([false]);
    expect(await raised()).toEqual([]);
    expect(await store().record([{ ...write, fence, raises: [alert('kept')] }])).toEqual([true]);
    expect(await raised()).toEqual(['kept']);
  });

  it('with the edit of a run, and not when it has moved on', async () => {
    const { run, fence } = await claimed();
    await store().record([{ runId: run.id, fence, update: update(run), release: true }]);
    const found = await store().run(run.id);
    const edit = { runId: run.id, update: update(run) };
    expect(await store().edit({ ...edit, fence: 99, raises: [alert('lost')] })).toBe(false);
    expect(await store().edit({ ...edit, fence: found?.fence ?? 0, raises: [alert('kept')] })).toBe(true);
    expect(await raised()).toEqual(['kept']);
  });

  it('with the plan of an event, once', async () => {
    const item = delivery();
    await store().accept([item]);
    const plan = { eventId: item.eventId, runs: [newRun(item.eventId)] };
    await store().plan([{ ...plan, raises: [alert('first')] }]);
    await store().plan([{ ...plan, raises: [alert('again')] }]);
    expect(await raised()).toEqual(['first']);
  });

  it('with the state of a connection', async () => {
    const state = {
      name: 'crm',
      status: 'paused',
      reason: 'credentials',
      since: start,
      untilAt: null,
      error: null,
    } as const;
    await store().setConnection(state, [alert('paused')]);
    await store().setConnection({ ...state, status: 'ok', reason: null });
    expect(await raised()).toEqual(['paused']);
  });

  it('once for each id, also after a restart, as an event without a delivery that waits to be matched', async () => {
    const first = alert('one');
    await store().raise([first, alert('two')]);
    await reopen();
    await store().raise([alert('one')]);
    expect(await raised()).toEqual(['one', 'two']);
    const [event] = await store().pending(10);
    expect(event).toMatchObject({ id: first.eventId, source: 'hookline', type: 'run.failed', status: 'pending' });
    expect(Buffer.from(event?.body ?? []).toString()).toBe('{"type":"run.failed"}');
    expect(await store().deliveries({ eventId: first.eventId }, { limit: 10 })).toEqual([]);
  });
}
