// A network between the store and its database that loses, cuts and holds back what the test says.

import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface Proxy {
  /** The database's address by way of this network. */
  readonly url: string;
  /** `pass`; `hole`: nothing arrives any more, and nobody is told; `deaf`: what is asked arrives, no answer does. */
  mode: 'pass' | 'hole' | 'deaf';
  /** Resolves when something was asked that is not answered. */
  swallowed(): Promise<void>;
  /** Cuts every connection. */
  cut(): void;
  close(): Promise<void>;
}

export async function startProxy(target: string): Promise<Proxy> {
  const address = new URL(target);
  const { port, hostname } = address;
  const sockets = new Set<Socket>();
  let told = Promise.withResolvers<void>();
  const server = createServer((client) => {
    const database = connect(Number(port), hostname);
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk) => {
      if (proxy.mode !== 'hole') database.write(chunk);
    });
    database.on('data', (chunk) => {
      if (proxy.mode === 'pass') client.write(chunk);
      else told.resolve();
    });
    client.on('close', () => database.destroy());
    database.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  address.port = String((server.address() as AddressInfo).port);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const proxy: Proxy = {
    url: address.href,
    mode: 'pass',
    swallowed: async () => {
      told = Promise.withResolvers<void>();
      await told.promise;
    },
    cut,
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
