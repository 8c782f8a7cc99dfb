// A TCP proxy that does to a connection what networks and servers do at their worst.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Mode =
  | { readonly is: 'pass' }
  /** Each chunk of an answer waits. */
  | { readonly is: 'slow'; readonly ms: number }
  /** One byte of the answer at a time. */
  | { readonly is: 'drip'; readonly everyMs: number }
  /** The request arrives; of the answer, so many bytes come through, then the connection is reset. */
  | { readonly is: 'cut'; readonly afterBytes: number }
  /** The request arrives, the answer never does. */
  | { readonly is: 'swallow' }
  /** The request does not arrive, and nothing is said. */
  | { readonly is: 'black hole' }
  | { readonly is: 'refuse' }
  /** An answer without end, whatever was asked. */
  | { readonly is: 'endless' };

export interface Proxy {
  readonly port: number;
  /** For new connections; those that are open are reset. */
  set(mode: Mode): void;
  /** While it is cut nothing passes either way, and nobody is told. */
  cut(is: boolean): void;
  close(): Promise<void>;
}

export async function startProxy(port: number): Promise<Proxy> {
  let mode: Mode = { is: 'pass' };
  const open = new Set<Socket>();
  let silent = false;
  const keep = (socket: Socket) => void open.add(socket.on('close', () => open.delete(socket)));
  const server = createServer((client) => {
    keep(client.on('error', () => undefined));
    if (silent) client.pause();
    else relay(client, port, mode, (socket) => keep(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reset = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    set: (next) => {
      mode = next;
      reset();
    },
    cut: (is) => {
      silent = is;
      for (const socket of open) {
        if (is) socket.pause();
        else socket.resume();
      }
    },
    close: async () => {
      reset();
      server.close();
      await once(server, 'close');
    },
  };
}

function relay(client: Socket, port: number, mode: Mode, keep: (socket: Socket) => void): void {
  if (mode.is === 'refuse') return void client.resetAndDestroy();
  if (mode.is === 'black hole') return void client.resume();
  if (mode.is === 'endless') return endless(client);
  const server = connect(port, '127.0.0.1');
  keep(server);
  server.on('error', () => client.resetAndDestroy());
  client.on('close', () => server.destroy());
  client.pipe(server);
  let passed = 0;
  server.on('data', (chunk) => {
    if (mode.is === 'pass') client.write(chunk);
    if (mode.is === 'slow') setTimeout(() => client.write(chunk), mode.ms);
    if (mode.is === 'drip') drip(client, chunk, mode.everyMs);
    if (mode.is !== 'cut') return;
    const rest = chunk.subarray(0, Math.max(0, mode.afterBytes - passed));
    passed += rest.length;
    client.write(rest, () => {
      if (passed >= mode.afterBytes) client.resetAndDestroy();
    });
  });
  if (mode.is === 'pass') server.on('end', () => client.end());
}

function drip(client: Socket, chunk: Buffer, everyMs: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (sent >= chunk.length || client.destroyed) return clearInterval(timer);
    client.write(chunk.subarray(sent, (sent += 1)));
  }, everyMs);
}

function endless(client: Socket): void {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const more = () => {
    while (!client.destroyed && client.write(chunk));
  };
  client.resume();
  client.once('data', () => {
    client.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"');
    more();
  });
  client.on('drain', more);
}
