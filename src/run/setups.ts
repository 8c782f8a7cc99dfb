// The connections of a workflow file with their secrets filled in, ready to be opened.

import type { ConnectionSetup } from '../connect/connection.ts';
import type { Redactor } from '../core/log.ts';
import type { Workflows } from '../workflow/compile.ts';

export interface SetupParts {
  /** Throws `secret.empty` or `secret.file`. */
  readonly secret: (name: string) => string;
  /** Learns every secret; in a sandbox there are none. */
  readonly redactor: Pick<Redactor, 'add'>;
  readonly sandbox: boolean;
}

export function connectionSetups(
  { connections }: Pick<Workflows, 'connections'>,
  { secret, redactor, sandbox }: SetupParts,
): ConnectionSetup[] {
  return [...connections.values()].map((config) => {
    redactor.add(sandbox ? [] : config.secretNames.map(secret));
    return { name: config.name, connector: config.connector, settings: config.resolve(secret) };
  });
}
