// The one shape that Truedy's many shapes are mapped to.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { find } from './truedy.ts';

describe('the one shape of event.data', () => {
  it('is nested camelCase for a flat snake_case body', () => {
    const { data, type } = find({
      id: 'evt_1',
      event: 'call.completed',
      timestamp: '2026-01-31T14:05:41.123456',
      data: {
        call_id: 'c1',
        status: 'completed',
        agent_id: 'a1',
        agent_name: 'Front desk',
        duration_seconds: '142',
        cost_usd: '0.25',
        recording_url: 'https://example.com/r',
        custom_field: { any_thing: 1 },
      },
    });
    expect(type).toBe('call.ended');
    expect(data).toEqual({
      call: {
        callId: 'c1',
        status: 'completed',
        agentId: 'a1',
        agentName: 'Front desk',
        agent: { agentId: 'a1', name: 'Front desk' },
        duration: 142,
        costUsd: 0.25,
        recordingUrl: 'https://example.com/r',
        customField: { any_thing: 1 },
      },
    });
  });

  it('is the same for the oldest body, whose fields stand beside the name of the event', () => {
    const { data, type, key } = find({
      event: 'call.completed',
      call_id: 'c1',
      duration_seconds: 9,
      timestamp: 1_774_000_000,
    });
    expect([type, key]).toEqual(['call.ended', 'call.ended:c1']);
    expect(data).toEqual({ call: { callId: 'c1', duration: 9 } });
  });

  it.each<[string, Record<string, unknown>, number | undefined]>([
    ['a number', { duration: 142.5 }, 142.5],
    ['text', { duration: '142' }, 142],
    ['seconds as text', { duration: '142s' }, 142],
    ['minutes and seconds', { duration: '2m22s' }, 142],
    ['hours', { duration: '1h' }, 3600],
    ['its two ends', { joined: '2026-03-01T10:00:00Z', ended: '2026-03-01T10:02:22.4Z' }, 142],
    ['nothing', { joined: null, ended: '2026-03-01T10:00:00Z' }, undefined],
    ['ends in the wrong order', { joined: '2026-03-01T10:00:01Z', ended: '2026-03-01T10:00:00Z' }, undefined],
    ['rubbish', { duration: 'soon' }, undefined],
    ['less than nothing', { duration: -1 }, undefined],
  ])('has the duration in seconds, from %s', (_case, call, expected) => {
    expect(find({ event: 'call.ended', data: { call: { callId: 'c', ...call } } }).data['call']?.['duration']).toBe(
      expected,
    );
  });

  it('carries over what it does not know, and leaves null out', () => {
    const { data } = find({
      event: 'call.ended',
      data: {
        event: 'call.completed',
        extra: [1],
        call: { callId: 'c', endReason: null, newField: 'x', metadata: { a_b: null } },
      },
    });
    expect(data).toEqual({
      event: 'call.completed',
      extra: [1],
      call: { callId: 'c', newField: 'x', metadata: { a_b: null } },
    });
  });

  it('finds the error text in every place it was seen', () => {
    const of = (data: unknown) => find({ event: 'call.failed', data }).data['errorMessage'];
    expect(of({ call: { callId: 'c' }, error_message: 'no answer' })).toBe('no answer');
    expect(of({ call_id: 'c', error_message: 'no answer' })).toBe('no answer');
    expect(of({ call_id: 'c', data: { error_message: 'no answer' } })).toBe('no answer');
  });

  it.each<[unknown, string | undefined]>([
    ['2026-03-01T10:00:00Z', '2026-03-01T10:00:00.000Z'],
    ['2026-01-31T14:05:41.123456', '2026-01-31T14:05:41.123Z'],
    ['2026-03-01T11:00:00+01:00', '2026-03-01T10:00:00.000Z'],
    [1_774_000_000, '2026-03-20T09:46:40.000Z'],
    [1_774_000_000_000, '2026-03-20T09:46:40.000Z'],
    ['soon', undefined],
    [{}, undefined],
    [9e99, undefined],
  ])('has the time of %j in UTC', (timestamp, expected) => {
    expect(find({ event: 'call.ended', timestamp, data: {} }).time).toBe(expected);
  });

  it('cannot be made to throw, or to change a prototype', () => {
    const names = fc.constantFrom(
      'call',
      'data',
      'call_id',
      'callId',
      'event',
      'id',
      'agent',
      'duration',
      'batch_id',
      '__proto__',
      'constructor',
      'joined',
      'timestamp',
    );
    const { body } = fc.letrec((tie) => ({
      value: fc.oneof(
        fc.string(),
        fc.double(),
        fc.constant(null),
        fc.boolean(),
        tie('body'),
        fc.array(tie('body'), { maxLength: 2 }),
      ),
      body: fc.dictionary(names, tie('value'), { maxKeys: 6 }),
    }));
    fc.assert(
      fc.property(fc.oneof(body, fc.jsonValue()), (value) => {
        const parsed: unknown = JSON.parse(JSON.stringify(value));
        expect(find(parsed).key).toMatch(/./);
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
    const { data } = find(
      JSON.parse('{"event":"call.ended","data":{"call":{"callId":"c","__proto__":{"summary":"x"}}}}'),
    );
    expect(data['call']?.['summary']).toBeUndefined();
    expect(({} as Record<string, unknown>)['summary']).toBeUndefined();
  });

  it.each([[null], [[]], ['x'], [3], [{}], [{ event: 3 }], [{ event: ['call.ended'] }], [{ event: '' }]])(
    'has the type "unknown" for %j',
    (body) => {
      expect(find(body).type).toBe('unknown');
      expect(find(body).key).toMatch(/[0-9a-f]{64}/);
    },
  );
});
