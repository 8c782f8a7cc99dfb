// A vendor that answers a request when the test says so.

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HeldSink {
  readonly url: string;
  /** Keys in the order they arrived. */
  readonly keys: readonly string[];
  /** Resolves at the arrival of so many requests. */
  arrived(count: number): Promise<void>;
  /** Answers what waits, and from now on everything at once. */
  open(): void;
  close(): Promise<void>;
}

export async function startHeldSink(): Promise<HeldSink> {
  const keys: string[] = [];
  const waiting: { key: string; response: ServerResponse }[] = [];
  const watchers = new Set<() => void>();
  let isOpen = false;
  const answer = ({ key, response }: { key: string; response: ServerResponse }) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: key }));
  };
  const server = createServer((request, response) => {
    const key = String(request.headers['idempotency-key'] ?? '');
    request.resume().on('end', () => {
      keys.push(key);
      if (isOpen) answer({ key, response });
      else waiting.push({ key, response });
      for (const watch of watchers) watch();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys,
    arrived: (count) =>
      new Promise((resolve) => {
        const watch = () => {
          if (keys.length < count) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      }),
    open: () => {
      isOpen = true;
      for (const item of waiting.splice(0)) answer(item);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
