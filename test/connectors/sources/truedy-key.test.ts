// Truedy's dedupe keys: no fact is lost, no repeat runs twice.

import { describe, expect, it } from 'vitest';
import { find } from './truedy.ts';

const keyOf = (event: string, data: unknown, rest: object = {}) =>
  find({ event, timestamp: '2026-03-01T10:00:00Z', data, ...rest }).key;

describe('the dedupe key of Truedy', () => {
  it.each<[string, string, unknown, string]>([
    ['the id in data before the call', 'call.ended', { id: 'e1', call: { callId: 'c1' } }, 'call.ended:e1'],
    ['the event id in data', 'call.ended', { eventId: 'e2', call: { callId: 'c1' } }, 'call.ended:e2'],
    ['the call, together with the type', 'call.started', { call: { callId: 'c1' } }, 'call.started:c1'],
    ['the call in the nested shape', 'call.ended', { call: { callId: 'c1' } }, 'call.ended:c1'],
    ['the call in the flat shape', 'call.ended', { call_id: 'c1' }, 'call.ended:c1'],
    ['the call in the flat camelCase shape', 'call.ended', { callId: 'c1' }, 'call.ended:c1'],
    ['the call in a nested snake_case shape', 'call.ended', { call: { call_id: 'c1' } }, 'call.ended:c1'],
    ['an id that is a number', 'call.ended', { call: { callId: 42 } }, 'call.ended:42'],
    ['an id beside a call that is null', 'call.ended', { call: null, call_id: 'c1' }, 'call.ended:c1'],
    ['the batch, when it is completed', 'batch.completed', { batch_id: 'b' }, 'batch.completed:b'],
    ['the normalised type', 'call.completed', { call: { callId: 'c1' } }, 'call.ended:c1'],
  ])('is %s', (_case, event, data, key) => {
    expect(keyOf(event, data)).toBe(key);
  });

  it('prefers ids in a fixed order', () => {
    const data = { id: 'd', eventId: 'e', call: { callId: 'c' } };
    const top = { id: 't', event_id: 'u' };
    expect(keyOf('call.ended', data, top)).toBe('call.ended:d');
    expect(keyOf('call.ended', { ...data, id: '' }, top)).toBe('call.ended:e');
    expect(keyOf('call.ended', { call: data.call }, top)).toBe('call.ended:t');
    expect(keyOf('call.ended', { call: data.call }, { event_id: 'u' })).toBe('call.ended:u');
  });

  it('tells two states of one batch apart, and knows the same state again under either name', () => {
    const active = keyOf('batch.status.changed', { batch_id: 'b', status: 'active' });
    expect(active).toMatch(/^batch\.status\.changed:b:[0-9a-f]{64}$/);
    expect(keyOf('batch.status.changed', { batchId: 'b', status: 'paused' })).not.toBe(active);
    expect(keyOf('batch.status.changed', { batchId: 'b', status: 'active' })).toBe(active);
    expect(keyOf('batch.status.changed', { id: 'e1', batch_id: 'b', status: 'active' })).toBe(
      'batch.status.changed:e1',
    );
  });

  it.each(['voice.training.completed', 'voice.training.failed'])(
    'tells two trainings of one voice apart: %s',
    (event) => {
      const first = keyOf(event, { voice_id: 'v', provider_voice_id: 'p1' });
      expect(first).toMatch(new RegExp(`^${event.replaceAll('.', '\\.')}:v:[0-9a-f]{64}$`));
      expect(keyOf(event, { voice_id: 'v', provider_voice_id: 'p2' })).not.toBe(first);
    },
  );

  it('keeps every fact of a type nobody has described yet', () => {
    const one = keyOf('call.analyzed', { call: { callId: 'c1', sentiment: 'good' } });
    expect(one).toMatch(/^call\.analyzed:c1:/);
    expect(keyOf('call.analyzed', { call: { callId: 'c1', sentiment: 'bad' } })).not.toBe(one);
    expect(keyOf('call.analyzed', { call: { callId: 'c1', sentiment: 'good' } })).toBe(one);
  });

  it.each([[{}], [{ call: null }], [{ call: {} }], [null], [undefined], [[]], ['text']])(
    'is a hash without any id: %j',
    (data) => {
      const { key, rule, contentKey } = find({ event: 'call.ended', data });
      expect(key).toMatch(/^call\.ended:[0-9a-f]{64}$/);
      expect([rule, contentKey]).toEqual(['hash of data', true]);
      expect(key).not.toContain('undefined');
    },
  );

  it('does not change with the time of dispatch', () => {
    const body = { event: 'batch.status.changed', data: { batch_id: 'b', status: 'active' } };
    expect(find({ ...body, timestamp: '2026-03-01T10:00:00Z' }).key).toBe(
      find({ ...body, timestamp: 1_774_000_000 }).key,
    );
    const old = { event: 'call.ended', summary: 'x' };
    expect(find({ ...old, timestamp: '2026-03-01T10:00:00Z' }).key).toBe(
      find({ ...old, timestamp: '2026-03-02T10:00:00Z' }).key,
    );
  });

  it('differs for different data without ids, of whatever form', () => {
    const keys = [{ a: 1 }, { a: 2 }, [1], [2], 'x', 'y', { call: 'x' }, { call: 'y' }, { call: [1] }].map((data) =>
      keyOf('call.ended', data),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('names the rule that gave it', () => {
    expect(find({ event: 'call.ended', data: { call_id: 'c' } }).rule).toBe('data.call_id');
    expect(find({ event: 'call.ended', data: { call: { callId: 'c' } } }).rule).toBe('data.call.callId');
    expect(find({ event: 'batch.status.changed', data: { batch_id: 'b' } }).rule).toBe('data.batch_id + hash of data');
    expect(find({ event: 'call.ended', call_id: 'c' }).rule).toBe('call_id');
  });
});
