// How a repeat is told from a new fact.

import { describe, expect, it } from 'vitest';
import { defineSource, type Identity, type Source } from '../../src/plugin/index.ts';
import { identify, readEvent } from '../../src/receive/identify.ts';

const day = 24 * 3_600_000;
const keep = { keysMs: 30 * day, contentKeysMs: day };

function sourceOf(identity: Identity, retriesForMs?: number): Source {
  return defineSource({
    name: 'acme',
    description: '',
    scheme: { algorithm: 'token', signature: { header: 'x' } },
    identify: () => identity,
    events: {},
    ...(retriesForMs === undefined ? {} : { retriesForMs }),
  });
}

const delivery = { body: { n: 1 }, headers: new Map(), receivedAt: 1000 };
const found = (identity: Identity, retriesForMs?: number) =>
  identify(sourceOf(identity, retriesForMs), {}, delivery, keep);

describe('the dedupe key', () => {
  it('is the type with the id, kept for 30 days', () => {
    expect(found({ type: 'call.ended', id: 'e1', rule: 'data.id', data: {} })).toEqual({
      type: 'call.ended',
      key: 'call.ended:e1',
      rule: 'data.id',
      time: null,
      keepUntil: 1000 + 30 * day,
      contentKey: false,
      read: { data: {}, body: { n: 1 } },
    });
  });

  it('holds a hash of the data without an id, kept for a day', () => {
    const { key, rule, contentKey, keepUntil } = found({ type: 'a', rule: 'content', data: { x: 1 } });
    expect(key).toMatch(/^a:[0-9a-f]{64}$/);
    expect({ rule, contentKey, keepUntil }).toEqual({ rule: 'hash of data', contentKey: true, keepUntil: 1000 + day });
    expect(found({ type: 'a', rule: 'content', data: { x: 2 } }).key).not.toBe(key);
  });

  it('holds id and hash where one id has several facts', () => {
    const one = found({ type: 'a', id: 'b', withContent: true, rule: 'batch_id', data: { status: 'active' } });
    const two = found({ type: 'a', id: 'b', withContent: true, rule: 'batch_id', data: { status: 'paused' } });
    expect(one.key).toMatch(/^a:b:[0-9a-f]{64}$/);
    expect(one.rule).toBe('batch_id + hash of data');
    expect(one.contentKey).toBe(true);
    expect(two.key).not.toBe(one.key);
  });

  it('hashes the body when a source gives no data, so that different bodies differ', () => {
    const identity: Identity = { type: 'a', rule: 'content', data: undefined };
    const one = identify(sourceOf(identity), {}, { ...delivery, body: { n: 1 } }, keep);
    const two = identify(sourceOf(identity), {}, { ...delivery, body: { n: 2 } }, keep);
    expect(one.key).not.toBe(two.key);
  });

  it('outlives the whole retry schedule of the sender', () => {
    expect(found({ type: 'a', id: '1', rule: 'id', data: {} }, 40 * day).keepUntil).toBe(1000 + 40 * day);
    expect(found({ type: 'a', id: '1', rule: 'id', data: {} }, 2 * day).keepUntil).toBe(1000 + 30 * day);
  });

  it('does not let type and id run into each other', () => {
    const key = (type: string, id: string) => found({ type, id, rule: 'id', data: {} }).key;
    expect(key('a:b', 'c')).not.toBe(key('a', 'b:c'));
    expect(key('a%3A', 'c')).not.toBe(key('a:', 'c'));
  });

  it.each(['x'.repeat(10_240), 'nul\u0000', 'line\r\nbreak', '\ud800', '\udfff'])(
    'stays short plain text for the id %j',
    (id) => {
      const { key } = found({ type: 'a', id, rule: 'id', data: {} });
      expect(key).toMatch(/^a:sha256-[0-9a-f]{64}$/);
      expect(found({ type: 'a', id: `${id}.`, rule: 'id', data: {} }).key).not.toBe(key);
    },
  );

  it.each(['../../x', "' or 1=1 --", '"', '__proto__', 'constructor', 'é', 'é'.normalize('NFD')])(
    'takes the id %j as it is',
    (id) => {
      expect(found({ type: 'a', id, rule: 'id', data: {} }).key).toBe(`a:${id}`);
    },
  );

  it('names a type that is empty "unknown", and one that no store takes by its hash', () => {
    expect(found({ type: '', id: '1', rule: 'id', data: {} }).type).toBe('unknown');
    expect(found({ type: 'a\u0000', id: '1', rule: 'id', data: {} }).type).toMatch(/^sha256-/);
    expect(found({ type: 'constructor', id: '1', rule: 'id', data: {} }).type).toBe('constructor');
  });
});

describe('a stored event', () => {
  const source = defineSource({
    name: 'acme',
    description: '',
    scheme: { algorithm: 'token', signature: { header: 'x' } },
    identify: ({ body }) => ({ type: 't', rule: '', data: { seen: body } }),
    events: {},
  });

  it('is read again from its bytes alone', () => {
    expect(readEvent(source, {}, Buffer.from('{"id":9007199254740993}'))).toEqual({
      data: { seen: { id: '9007199254740993' } },
      body: { id: '9007199254740993' },
    });
  });

  it('is empty when its bytes are no longer of the form of the source', () => {
    expect(readEvent(source, {}, Buffer.from('<xml/>'))).toEqual({ data: null, body: null });
  });
});
