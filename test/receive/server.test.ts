// The server around the deliveries: handshakes, probes, new sources, and an end that loses nothing.

import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { event, readyAcme, secret, startReceiver, trackReceivers, type StartOptions } from './receiver.ts';

const running = trackReceivers();
afterEach(running.stop);
const { start } = running;

describe('a handshake', () => {
  const handshake: StartOptions = {
    source: {
      handshake: ({ body }) => {
        const { challenge } = body as { challenge?: string };
        return challenge === undefined ? null : { status: 200, contentType: 'text/plain', body: challenge };
      },
    },
  };

  it('is answered and not stored when it is truly signed', async () => {
    const { post, store } = await start(handshake);
    const response = await post('{"challenge":"abc"}');
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'text/plain',
      'abc',
    ]);
    expect(store.deliveries).toEqual([]);
    expect((await post(event('e1'))).status).toBe(204);
  });

  it('is never answered on a wrong signature', async () => {
    const { post } = await start(handshake);
    const response = await post('{"challenge":"abc"}', { secret: 'another secret' });
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain('abc');
  });
});

describe('the server', () => {
  it('tells whether it lives and whether it is ready', async () => {
    let ok = true;
    const { url } = await start({ ready: async () => ({ ok, detail: { store: ok ? 'ok' : 'full' } }) });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, store: 'ok' }]);
    ok = false;
    const unready = await fetch(`${url}/readyz`);
    expect([unready.status, await unready.json()]).toEqual([503, { ready: false, store: 'full' }]);
  });

  it.each(['localhost', '0.0.0.0', '::', '::1'])(
    'listening on %s, names the address where it is found',
    async (host) => {
      const { url } = await start({ env: { HOST: host } });
      const { address } = await lookup(host);
      const found = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
      expect(new URL(url).hostname).toBe(found.includes(':') ? `[${found}]` : found);
      expect((await fetch(`${url}/livez`)).status).toBe(200);
    },
  );

  it.each(['192.0.2.1', 'no-such-host.invalid'])(
    'cannot listen on %s, and says which setting is wrong',
    async (host) => {
      await expect(start({ env: { HOST: host } })).rejects.toMatchObject({
        code: 'setting.invalid',
        message: `setting HOST is "${host}"; expected an address of this machine, or a name that leads to one`,
      });
    },
  );

  it('is not ready when nobody can say', async () => {
    const { url } = await start({ ready: () => Promise.reject(new Error('gone')) });
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
  });

  it('takes new sources and secrets while it runs', async () => {
    const { post, receiver } = await start();
    receiver.setSources(new Map([['acme', readyAcme({ secrets: ['new secret', secret] })]]));
    expect((await post(event('e1'), { secret: 'new secret' })).status).toBe(204);
    expect((await post(event('e2'))).status).toBe(204);
    receiver.setSources(new Map());
    expect((await post(event('e3'))).status).toBe(404);
  });

  it('says which setting to change when its port is taken', async () => {
    const { url } = await start();
    await expect(startReceiver({ env: { PORT: new URL(url).port } })).rejects.toMatchObject({ code: 'port.taken' });
  });

  it('finishes the requests under way when it stops, and takes no more', async () => {
    const { post, store, receiver, url } = await startReceiver();
    let commit = () => undefined as void;
    const reached = new Promise<void>((entered) => {
      store.before = () => {
        entered();
        return new Promise((resolve) => {
          commit = resolve;
        });
      };
    });
    const answer = post(event('e1'));
    await reached;
    const stopped = receiver.stop();
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
    commit();
    expect((await answer).status).toBe(204);
    await stopped;
  });

  it('does not wait for ever for a request that is never finished when it stops', async () => {
    const { receiver, url } = await startReceiver({ env: { SHUTDOWN_GRACE: '200ms' } });
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('POST /webhooks/acme HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
    await fetch(`${url}/livez`);
    const closed = once(socket, 'close');
    await receiver.stop();
    await closed;
  });
});
