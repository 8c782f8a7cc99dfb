import { createServer, connect, Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { fetch as fetchByUndici } from 'undici';
import { allowOnlyLoopback } from '../../src/connect/loopback.ts';

let lift: (() => void) | undefined;
afterEach(() => lift?.());

const refusal = async (socket: Socket) => ((await once(socket, 'error')) as [{ code?: string }])[0].code;
const elsewhere = { host: '192.0.2.1', port: 9 };

describe('with only loopback allowed', () => {
  it('refuses every way to another machine, before a name is looked up', async () => {
    lift = allowOnlyLoopback();
    expect(await refusal(connect(elsewhere))).toBe('HOOKLINE_LOOPBACK_ONLY');
    expect(await refusal(connect(9, 'crm.example.com'))).toBe('HOOKLINE_LOOPBACK_ONLY');
    expect(await refusal(new Socket().connect(elsewhere))).toBe('HOOKLINE_LOOPBACK_ONLY');
    expect(await refusal(connectTls(elsewhere))).toBe('HOOKLINE_LOOPBACK_ONLY');
    expect(await refusal(connect({ host: '::ffff:192.0.2.1', port: 9 }))).toBe('HOOKLINE_LOOPBACK_ONLY');
    await expect(fetch('https://crm.example.com')).rejects.toMatchObject({ cause: { code: 'HOOKLINE_LOOPBACK_ONLY' } });
    await expect(fetchByUndici('http://192.0.2.1:8080')).rejects.toMatchObject({
      cause: { code: 'HOOKLINE_LOOPBACK_ONLY' },
    });
  });

  it('lets everything on this machine through, and all again once lifted', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const own = Socket.prototype.connect.toString();
    lift = allowOnlyLoopback();
    const ways = [() => connect(port), () => connect(port, 'localhost'), () => connect({ port, host: '127.0.0.1' })];
    for (const way of ways) {
      const socket = way();
      await once(socket, 'connect');
      socket.destroy();
    }
    lift();
    expect(Socket.prototype.connect.toString()).toBe(own);
    server.close();
  });
});
