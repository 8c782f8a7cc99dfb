// What the admin API shows of deliveries, events, runs, connections and sandboxes.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { HostError } from '../../src/core/errors.ts';
import { accept, holdRun, id, newRun, openLedger, sandbox, start, stepState, type Ledger } from './ledger.ts';

let ledger: Ledger;
const mail = {
  id: 'mail-1',
  kind: 'mail',
  at: '2026-11-23T19:00:05.000Z',
  title: 'Mail to owner@example.com',
  fields: { subject: 'Call summary', to: [{ address: 'owner@example.com' }], nested: { deep: [1, { a: null }] } },
};

beforeAll(async () => {
  ledger = await openLedger({
    sandboxes: () =>
      new Map([
        ['mail', sandbox([mail, { ...mail, id: 'mail-2' }])],
        ['crm', sandbox([])],
      ]),
  });
  await holdRun(ledger.store);
  for (let number = 2; number <= 7; number++) await accept(ledger.store, number);
  await accept(ledger.store, 8, { type: 'call.billed', source: 'other' });
  await ledger.store.plan([{ eventId: id('evt', 2), runs: [newRun(2, 2, [stepState('log')])] }]);
  await ledger.store.plan([{ eventId: id('evt', 3), runs: [] }]);
});
afterAll(() => ledger.close());

const ids = (answer: unknown) => (answer as { items: { id: string }[] }).items.map((item) => item.id);

describe('lists', () => {
  it('come newest first in pages that meet without a gap', async () => {
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const { answer } = await ledger.call(
        `/api/events?source=truedy&limit=3${next === null ? '' : `&before=${next}`}`,
      );
      seen.push(...ids(answer));
      next = (answer as { next: string | null }).next;
    } while (next !== null);
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1].map((number) => id('evt', number)));
  });

  it('know the last page when it is full', async () => {
    expect((await ledger.call('/api/events?source=truedy&limit=7')).answer).toMatchObject({ next: null });
    expect((await ledger.call('/api/events?source=truedy&limit=6')).answer).toMatchObject({ next: id('evt', 2) });
  });

  it('filter by type, source and status', async () => {
    expect(ids((await ledger.call('/api/events?type=call.billed')).answer)).toEqual([id('evt', 8)]);
    expect(ids((await ledger.call('/api/events?source=other')).answer)).toEqual([id('evt', 8)]);
    expect(ids((await ledger.call('/api/events?status=ignored')).answer)).toEqual([id('evt', 3)]);
    expect(ids((await ledger.call('/api/runs?status=held')).answer)).toEqual([id('run', 1)]);
    expect(ids((await ledger.call(`/api/runs?event=${id('evt', 2)}`)).answer)).toEqual([id('run', 2)]);
    expect(ids((await ledger.call('/api/runs?workflow=another')).answer)).toEqual([]);
  });

  it('show an event without its body, with the workflows that took it', async () => {
    const { answer } = await ledger.call(`/api/events?before=${id('evt', 3)}&limit=1`);
    expect((answer as { items: unknown[] }).items).toEqual([
      {
        id: id('evt', 2),
        source: 'truedy',
        type: 'call.ended',
        status: 'matched',
        key: 'call.ended c2',
        rule: 'call.callId',
        time: '2026-11-23T18:59:00.000Z',
        receivedAt: new Date(start + 2000).toISOString(),
        size: 90,
        workflows: ['call-summary'],
      },
    ]);
  });

  it('show refused deliveries with their reason and first bytes', async () => {
    const headers = [['user-agent', 'someone']] as const;
    const body = Buffer.from([0xff, 0x41]);
    const given = {
      id: id('dlv', 500),
      source: 'truedy',
      receivedAt: start,
      reason: 'signature.mismatch',
      headers,
      size: 9000,
      body,
    };
    await ledger.store.refuse([given]);
    const { answer } = await ledger.call('/api/deliveries?status=refused');
    expect(answer).toMatchObject({
      items: [
        {
          reason: 'signature.mismatch',
          size: 9000,
          headers: [['user-agent', 'someone']],
          eventId: null,
          body: { text: '\ufffdA', base64: '/0E=', truncated: false },
        },
      ],
    });
  });
});

describe('an event', () => {
  it('comes with its payload parsed and raw, its deliveries and its runs', async () => {
    await accept(ledger.store, 700, { key: 'call.ended c1', body: Buffer.from('{ "another": true }') });
    const { answer } = await ledger.call(`/api/events/${id('evt', 1)}`);
    expect(answer).toMatchObject({
      id: id('evt', 1),
      payload: {
        data: { call: { callId: 'c1' } },
        body: { event: 'call.ended' },
        text: expect.stringMatching(/^\{"event":"call\.ended"/) as string,
        base64: null,
        problem: null,
      },
      deliveries: {
        items: [
          { status: 'duplicate', body: { text: '{ "another": true }' } },
          { status: 'accepted', body: null },
        ],
      },
      runs: { items: [{ id: id('run', 1), status: 'held', reason: 'in_doubt' }] },
    });
  });

  it.each([
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0xfe]), '{\ufffd\ufffd', 'e//+'],
    ['a byte order mark', Buffer.from('\ufeff{'), '\ufeff{', null],
    ['nothing', Buffer.alloc(0), '', null],
  ])('shows a body that is %s byte for byte', async (_, body, text, base64) => {
    const number = 800 + body.length;
    await accept(ledger.store, number, { body, source: 'odd' });
    const { answer } = await ledger.call(`/api/events/${id('evt', number)}`);
    expect((answer as { payload: unknown }).payload).toEqual({
      text,
      base64,
      truncated: false,
      problem: expect.any(String) as string,
    });
  });

  it('shows data that would hurt as it is', async () => {
    const body = Buffer.from(
      '{"data":{"__proto__":{"admin":true},"constructor":1,"x":"\\ud800 </script>","big":9007199254740993}}',
    );
    await accept(ledger.store, 850, { body, source: 'odd' });
    const response = await ledger.call(`/api/events/${id('evt', 850)}`);
    const { payload } = response.answer as { payload: { data: object; text: string } };
    expect(Object.keys(payload.data)).toContain('__proto__');
    expect(payload.text).toBe(body.toString('utf8'));
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('that is unknown is not found', async () => {
    const { status, answer } = await ledger.call('/api/events/evt_none');
    expect(status).toBe(404);
    expect(answer).toEqual({
      error: {
        code: 'not.found',
        message: 'event "evt_none" does not exist',
        help: 'List what there is with "hookline events" or "hookline runs".',
      },
    });
  });
});

describe('a run', () => {
  it('comes with its steps, attempts, event and the question it asks', async () => {
    const { answer } = await ledger.call(`/api/runs/${id('run', 1)}`);
    expect(answer).toMatchObject({
      status: 'held',
      reason: 'in_doubt',
      connection: 'mail',
      event: { id: id('evt', 1), type: 'call.ended', source: 'truedy' },
      steps: [
        { id: 'log', status: 'succeeded', output: { id: '00T1' } },
        { id: 'tell', status: 'held', input: { subject: 'Call summary (3 min)' } },
      ],
      attempts: [
        { step: 'log', status: 'succeeded', effect: 'keyed', connection: 'crm', action: 'upsert-record' },
        { step: 'tell', status: 'in_doubt', effect: 'once', error: { code: 'ETIMEDOUT' } },
      ],
      questions: [
        {
          step: 'tell',
          attemptId: id('att', 2),
          connection: 'mail',
          action: 'send',
          key: 'f'.repeat(64),
          begunAt: new Date(start + 5000).toISOString(),
          endedAt: new Date(start + 35_000).toISOString(),
          input: { subject: 'Call summary (3 min)' },
        },
      ],
    });
  });

  it('that is not held asks nothing', async () => {
    expect((await ledger.call(`/api/runs/${id('run', 2)}`)).answer).toMatchObject({ questions: [] });
  });
});

describe('connections and sandboxes', () => {
  it('list every connection, those without a kept state as ok', async () => {
    await ledger.store.setConnection({
      name: 'mail',
      status: 'paused',
      reason: 'credentials',
      since: start,
      untilAt: null,
      error: { name: 'ConnectionError', message: 'login refused' },
    });
    const unknown = {
      connector: null,
      concurrency: null,
      rate: null,
      underWay: 0,
      waiting: 0,
      held: 0,
      lastError: null,
      checkable: false,
    };
    expect((await ledger.call('/api/connections')).answer).toEqual({
      items: [
        { ...unknown, name: 'crm', status: 'ok', reason: null, since: null, untilAt: null, error: null },
        {
          ...unknown,
          waiting: 1,
          held: 1,
          name: 'mail',
          status: 'paused',
          reason: 'credentials',
          since: new Date(start).toISOString(),
          untilAt: null,
          error: { name: 'ConnectionError', message: 'login refused' },
        },
      ],
    });
  });

  it('show what the sandboxes hold, of one connection when asked, and the newest when there is much', async () => {
    expect((await ledger.call('/api/sandbox')).answer).toEqual({
      sandboxes: [
        { connection: 'mail', total: 2, items: [mail, { ...mail, id: 'mail-2' }] },
        { connection: 'crm', total: 0, items: [] },
      ],
    });
    expect((await ledger.call('/api/sandbox?connection=mail&limit=1')).answer).toEqual({
      sandboxes: [{ connection: 'mail', total: 2, items: [{ ...mail, id: 'mail-2' }] }],
    });
  });
});

describe('status', () => {
  it('adds the counts to what the process says of itself', async () => {
    const { answer } = await ledger.call('/api/status');
    expect(answer).toMatchObject({
      version: '1.2.3',
      now: new Date(start).toISOString(),
      store: { runs: { held: 1, pending: 1 } },
    });
  });

  it('asks to come back when the store cannot answer', async () => {
    const failing = {
      stats: () => Promise.reject(new HostError('store.unavailable', { why: 'ENOSPC' })),
      connections: async () => [],
    };
    const broken = await openLedger({ store: failing as unknown as Store });
    const { status, headers, answer } = await broken.call('/api/status');
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    expect(answer).toMatchObject({ error: { code: 'store.unavailable' } });
    await broken.close();
  });
});
