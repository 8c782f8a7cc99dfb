// The promise of `dev` kept at the socket: no connection of this process, whoever makes it, goes further than this machine.

import { BlockList, isIP, Socket } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

type Connect = typeof Socket.prototype.connect;

/**
 * From now on a connection to another machine fails with `HOOKLINE_LOOPBACK_ONLY` before a name is looked up. Also holds
 * for plugins that do not use `tools.fetch`. Returns what lifts it.
 */
export function allowOnlyLoopback(): () => void {
  const own = Object.getOwnPropertyDescriptor(Socket.prototype, 'connect');
  const connect = own?.value as Connect;
  const guarded = function (this: Socket, ...args: unknown[]): Socket {
    const host = hostOf(args);
    if (host === undefined || isLoopback(host)) return Reflect.apply(connect, this, args) as Socket;
    const message = `a connection to "${host}" was refused: in dev nothing leaves this machine`;
    // Whoever called goes on using the socket in this turn.
    process.nextTick(() => this.destroy(Object.assign(new Error(message), { code: 'HOOKLINE_LOOPBACK_ONLY' })));
    return this;
  };
  Object.defineProperty(Socket.prototype, 'connect', { ...own, value: guarded });
  return () => {
    if (own) Object.defineProperty(Socket.prototype, 'connect', own);
  };
}

/** The host of any form of `connect`; undefined for a path, or when it is left out and means this machine. */
function hostOf(args: readonly unknown[]): string | undefined {
  // Node itself passes its arguments on as one list.
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === 'object' && first !== null) {
    const { host, path } = first as { host?: unknown; path?: unknown };
    return typeof path === 'string' || typeof host !== 'string' ? undefined : host;
  }
  return typeof second === 'string' && /^\d+$/.test(String(first)) ? second : undefined;
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '') return true;
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
