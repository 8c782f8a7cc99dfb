import { Ajv, type SchemaObject } from 'ajv';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import truedy from '../../../connectors/truedy/source.ts';
import type { Schema } from '../../../src/plugin/index.ts';
import { identify } from '../../../src/receive/identify.ts';

const keep = { keysMs: 30, contentKeysMs: 1 };
const hash = /[0-9a-f]{64}/;

function find(body: unknown) {
  const delivery = { body, headers: new Map(), receivedAt: 0 };
  const { data, time } = truedy.identify(delivery, {});
  return { ...identify(truedy, {}, delivery, keep), data: data as Record<string, Record<string, unknown>>, time };
}

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
      expect(find(body).key).toMatch(hash);
    },
  );
});

describe('the catalogue of Truedy', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const cases = Object.entries(truedy.events).flatMap(([type, event]) =>
    Object.entries(event.samples).map(([shape, sample]) => ({ type, shape, event, sample })),
  );
  const seed = { id: '3f0c8a52-6a1e-4c53-9a70-0f5de0f4a111', at: '2026-03-01T10:00:00.000Z' };

  it('has every documented event in both shapes', () => {
    expect(cases.map(({ type, shape }) => `${type} ${shape}`)).toEqual(
      [
        'call.started',
        'call.joined',
        'call.ended',
        'call.failed',
        'call.billed',
        'batch.status.changed',
        'batch.completed',
        'voice.training.completed',
        'voice.training.failed',
      ].flatMap((type) => [`${type} nested`, `${type} flat`]),
    );
  });

  it.each(cases)('describes the body and the data of its own sample: $type $shape', ({ type, event, sample }) => {
    const body = JSON.parse(JSON.stringify(sample(seed))) as unknown;
    expect(ajv.validate(event.body as SchemaObject, body), ajv.errorsText()).toBe(true);
    const found = find(body);
    expect(found.type).toBe(type);
    expect(found.time).toBe(seed.at);
    expect(ajv.validate(close(event.data), found.data), ajv.errorsText()).toBe(true);
  });

  it.each(cases)('refuses the sample without its ids: $type $shape', ({ type, event, sample }) => {
    const body = JSON.parse(
      JSON.stringify(sample(seed), (name, value: unknown) =>
        /^(call|batch|voice)_?id$/i.test(name) ? undefined : value,
      ),
    ) as unknown;
    expect(ajv.validate(event.body as SchemaObject, body)).toBe(false);
    expect(ajv.validate(close(event.data), find(body).data)).toBe(false);
    expect(find(body).type).toBe(type);
  });

  it('is the same for the same seed, and another for another', () => {
    for (const { sample } of cases) {
      expect(sample(seed)).toEqual(sample(seed));
      expect(find(sample({ ...seed, id: 'another' })).key).not.toBe(find(sample(seed)).key);
    }
  });

  it('ends its sample call with all that the example workflow reads, in both shapes', () => {
    for (const shape of ['nested', 'flat']) {
      const { call } = find(truedy.events['call.ended']?.samples[shape]?.(seed)).data;
      expect(call).toMatchObject({ callId: seed.id, duration: 142, endReason: 'hangup' });
      expect((call?.['agent'] as { agentId?: unknown } | undefined)?.agentId).toBeTypeOf('string');
      expect(String(call?.['summary']).length).toBeGreaterThan(40);
    }
  });
});

/** The schema as the checker reads it: an object takes only the fields it names, unless it says otherwise. */
function close(schema: Schema): SchemaObject {
  const { properties, ...rest } = schema;
  if (properties === undefined) return rest;
  const closed = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, close(field)]));
  return { additionalProperties: false, ...rest, properties: closed };
}
