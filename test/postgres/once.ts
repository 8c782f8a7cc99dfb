// One PostgreSQL for the whole test run, started when the first test asks for it and stopped at the end.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { startPostgres, type Postgres } from './start.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the address of the server. */
    postgres: string;
  }
}

/** Called by vitest once, before the first test; what it returns, after the last. */
export default async function offer(project: TestProject): Promise<() => Promise<void>> {
  let started: Promise<Postgres> | undefined;
  const server = createServer((_, response) => {
    const given = process.env['TEST_DATABASE_URL'];
    const asked = given ? Promise.resolve({ url: given }) : (started ??= startPostgres());
    asked.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  project.provide('postgres', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.closeAllConnections();
    server.close();
    await started?.then(
      (postgres) => postgres.stop(),
      () => undefined,
    );
  };
}
