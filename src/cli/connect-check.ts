// `hookline check --connect`: opens every connection with its real credentials and makes the call that changes nothing.

import { openConnections } from '../connect/connection.ts';
import { createSending } from '../connect/sending.ts';
import { HostError } from '../core/errors.ts';
import { createRedactor, storeError } from '../core/log.ts';
import { readSecret, readSettings } from '../core/settings.ts';
import type { ConnectionConfig, Workflows } from '../workflow/compile.ts';
import type { Io } from './client.ts';
import { painter } from './format.ts';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** One line for each connection; resolves to the exit code: 1 when one does not work. */
export async function checkConnections(workflows: Workflows, io: Io): Promise<number> {
  const paint = painter(io.color);
  const configs = [...workflows.connections.values()];
  const width = Math.max(0, ...configs.map(({ name }) => name.length));
  io.out('');
  io.out(paint('connections', 'bold'));
  let exit = 0;
  for (const config of configs) {
    const why = await checkOne(config, io);
    if (why !== null) exit = 1;
    const word = why === null ? paint('✓ works', 'green') : paint('✗ fails', 'red');
    io.out(`  ${config.name.padEnd(width)}  ${word}${why === null ? '' : `  ${why}`}`);
  }
  return exit;
}

/** Null when it works; else why not, without secrets. */
async function checkOne(config: ConnectionConfig, io: Io): Promise<string | null> {
  const redactor = createRedactor();
  try {
    const secret = (name: string) => {
      const value = readSecret(io.env, name);
      redactor.add([value]);
      return value;
    };
    const connections = await openConnections({
      configs: [{ ...config, settings: config.resolve(secret) }],
      sending: createSending(),
      allow: readSettings(io.env).ALLOW_PRIVATE,
      sandbox: false,
      log: quiet,
      now: io.clock ?? Date.now,
      redactor,
    });
    const connection = connections.get(config.name);
    try {
      if (!connection?.connector.check) return `"${config.connector.name}" has no check`;
      await connection.check();
      return null;
    } finally {
      await connections.close();
    }
  } catch (error) {
    if (error instanceof HostError) return `${error.message}. ${error.help}`;
    const { message, causes = [] } = storeError(error, redactor);
    return [message, ...causes].join(': ');
  }
}
