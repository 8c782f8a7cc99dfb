// `hookline pause`: holds everything that needs a connection.

import type { ConnectionView } from '../console/api/connections.ts';
import type { Io } from './client.ts';
import { runCommand } from './command.ts';

const help = `
hookline pause <connection>
  Makes no more calls over a connection; runs that need it are held, none is discarded. Events are received as before.

  --json  the answer as JSON
`;

export function pause(args: readonly string[], io: Io): Promise<number> {
  return runCommand({ name: 'pause', help, options: {}, takes: [1, 1] }, args, io, async (given) => {
    const { client, positionals, show, print } = given;
    const path = `/api/connections/${encodeURIComponent(positionals[0] ?? '')}/pause`;
    const state = (await client.post(path)) as ConnectionView;
    show(state, () => {
      print.line(`${print.status(state.status)}  ${state.name}  go on with: hookline resume ${state.name}`);
    });
  });
}
