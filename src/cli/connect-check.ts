// `hookline check --connect`: opens every connection with its real credentials and makes the call that changes nothing.

import { openConnections } from '../connect/connection.ts';
import { createSending } from '../connect/sending.ts';
import { HostError } from '../core/errors.ts';
import { createRedactor, storeError } from '../core/log.ts';
import { readSecret, readSettings } from '../core/settings.ts';
import type { ConnectionConfig, Workflows } from '../workflow/compile.ts';
import type { TriedConnection } from './check-result.ts';
import type { Io } from './client.ts';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Tries them one after the other. */
export async function tryConnections(workflows: Workflows, io: Io): Promise<readonly TriedConnection[]> {
  const tried: TriedConnection[] = [];
  for (const config of workflows.connections.values()) {
    tried.push({ name: config.name, why: await checkOne(config, io) });
  }
  return tried;
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
