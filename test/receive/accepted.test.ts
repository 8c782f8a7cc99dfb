// What becomes of a delivery that is truly signed.

import { Agent, request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { event, secret, signed, trackReceivers, type StartOptions } from './receiver.ts';

const running = trackReceivers();
afterEach(running.stop);
const { start } = running;

describe('an accepted delivery', () => {
  it('is answered 204 with the event, once stored byte for byte', async () => {
    const { post, store, happenings, remembered } = await start();
    const body = JSON.stringify({ type: 'call.ended', id: 'e1' }, null, 4);
    const response = await post(body, { headers: { 'content-type': 'application/json', 'user-agent': 'sender/1' } });
    const [stored] = store.deliveries;
    expect(response.status).toBe(204);
    expect(response.headers.get('hookline-delivery')).toBe('accepted');
    expect(response.headers.get('hookline-event')).toBe(stored?.eventId);
    expect(Buffer.from(stored?.body ?? []).toString()).toBe(body);
    expect(stored).toMatchObject({ source: 'acme', type: 'call.ended', key: 'call.ended:e1', rule: 'id' });
    expect(remembered.get(stored?.eventId ?? '')).toEqual({
      data: { type: 'call.ended', id: 'e1' },
      body: { type: 'call.ended', id: 'e1' },
    });
    expect(happenings).toEqual([
      {
        kind: 'delivery',
        status: 'accepted',
        source: 'acme',
        deliveryId: stored?.deliveryId,
        eventId: stored?.eventId,
        type: 'call.ended',
        reason: null,
        tookMs: expect.any(Number),
      },
    ]);
  });

  it('is stored with what ignores it when no workflow wants its type', async () => {
    const asked: unknown[] = [];
    const ignoredBy = (kind: { readonly source: string; readonly type: string }) => {
      asked.push({ source: kind.source, type: kind.type });
      return kind.type === 'call.ended' ? undefined : 'h1';
    };
    const { post, store } = await start({ ignoredBy });
    await post(event('e1'));
    await post(JSON.stringify({ type: 'other', id: 'e2' }));
    expect(store.deliveries.map((one) => one.ignoredBy)).toEqual([undefined, 'h1']);
    expect(asked).toEqual([
      { source: 'acme', type: 'call.ended' },
      { source: 'acme', type: 'other' },
    ]);
  });

  it('without an id is known by its content for as long as its source says, else as the setting says', async () => {
    const remembered = async (given: StartOptions, body: string) => {
      const { post, store } = await start({ ...given, env: { KEEP_CONTENT_KEYS: '2h', KEEP_KEYS: '5d' } });
      await post(body);
      const [stored] = store.deliveries;
      return (stored?.keepUntil ?? 0) - (stored?.receivedAt ?? 0);
    };
    const nameless = JSON.stringify({ type: 'call.ended' });
    expect(await remembered({ keepContentKeysMs: 60_000 }, nameless)).toBe(60_000);
    expect(await remembered({}, nameless)).toBe(7_200_000);
    expect(await remembered({ keepContentKeysMs: 60_000 }, event('e1')), 'an id is no content').toBe(5 * 86_400_000);
  });

  it('is a duplicate of the first when its key is known, and says so', async () => {
    const { post, store } = await start();
    const first = await post(event('e1'));
    const second = await post(event('e1'));
    expect(second.status).toBe(204);
    expect(second.headers.get('hookline-delivery')).toBe('duplicate');
    expect(second.headers.get('hookline-event')).toBe(first.headers.get('hookline-event'));
    expect(store.events.size).toBe(1);
  });

  it('is answered only after the commit', async () => {
    const { post, store } = await start();
    let commit = () => undefined as void;
    const reached = new Promise<void>((entered) => {
      store.before = () => {
        entered();
        return new Promise((resolve) => {
          commit = resolve;
        });
      };
    });
    let answered = false;
    const answer = post(event('e1')).then((response) => {
      answered = true;
      return response.status;
    });
    await reached;
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    commit();
    expect(await answer).toBe(204);
  });

  it('makes one event of 1,000 copies at the same time', async () => {
    const { url, store } = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 200 });
    const body = event('same');
    const statuses = await Promise.all(
      Array.from(
        { length: 1000 },
        () =>
          new Promise<number | undefined>((resolve, reject) => {
            const sent = httpRequest(
              `${url}/webhooks/acme`,
              { method: 'POST', agent, headers: signed(body) },
              (answer) => {
                answer.resume().on('end', () => resolve(answer.statusCode));
              },
            );
            sent.on('error', reject);
            sent.end(body);
          }),
      ),
    );
    agent.destroy();
    expect(new Set(statuses)).toEqual(new Set([204]));
    expect(store.deliveries).toHaveLength(1000);
    expect(store.events.size).toBe(1);
  });

  it.each<[string, string]>([
    ['__proto__', '{"type":"a","id":"1","__proto__":{"x":1},"constructor":{"prototype":{"y":1}}}'],
    ['equal keys', '{"type":"a","type":"b","id":"1"}'],
    ['2^53+1', '{"type":"a","id":"1","n":9007199254740993}'],
    ['a lone surrogate', '{"type":"a","id":"1","s":"\\ud800"}'],
    ['blanks everywhere', '  {\n\t"type" : "a" , "id":"1" }\r\n'],
  ])('is stored byte for byte with %s', async (_case, body) => {
    const { post, store } = await start();
    expect((await post(body)).status).toBe(204);
    expect(Buffer.from(store.deliveries[0]?.body ?? []).toString()).toBe(body);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it.each([
    'application/json; charset=x',
    'text/plain',
    'json',
    'application/octet-stream',
    ';',
    'application/vnd.acme+json',
  ])('may have the content type %j', async (type) => {
    const { post } = await start();
    expect((await post(event('e1'), { headers: { 'content-type': type } })).status).toBe(204);
  });

  it('may have another status that its sender wants', async () => {
    const { post } = await start({ source: { status: 200 } });
    expect((await post(event('e1'))).status).toBe(200);
  });

  it('is stored with its headers, but without what lets somebody in', async () => {
    const { post, store } = await start({
      source: { scheme: { algorithm: 'token', signature: { header: 'X-Letmein' } } },
    });
    const headers = {
      'x-letmein': secret,
      authorization: 'Basic c2VjcmV0',
      cookie: 'session=c2VjcmV0',
      'x-api-key': 'c2VjcmV0',
      'x-acme-signature': 'c2VjcmV0',
      'x-amz-security-token': 'c2VjcmV0',
      'strange-header': 'c2VjcmV0',
      'x-request-id': 'r-1',
      'user-agent': 'sender/1',
    };
    expect((await post(event('e1'), { headers, signed: false })).status).toBe(204);
    const stored = store.deliveries[0]?.headers ?? [];
    expect(JSON.stringify(stored)).not.toMatch(/c2VjcmV0|a-secret/);
    expect(stored).toEqual(
      expect.arrayContaining([
        ['x-request-id', 'r-1'],
        ['user-agent', 'sender/1'],
      ]),
    );
  });

  it('keeps its answer when a watcher fails', async () => {
    const { post, log } = await start({
      notify: () => {
        throw new Error('no terminal');
      },
    });
    expect((await post(event('e1'))).status).toBe(204);
    expect(log.lines.map(({ message }) => message)).toEqual(['a watcher of deliveries failed']);
  });
});
