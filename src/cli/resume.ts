// `hookline resume`: goes on with a connection that was paused, by a person or because its credentials were refused.

import type { ConnectionView } from '../console/api/connections.ts';
import type { Io } from './client.ts';
import { runCommand } from './command.ts';

const help = `
hookline resume <connection>
  Goes on with a paused connection; the runs it held are due at once.

  --json  the answer as JSON
`;

export function resume(args: readonly string[], io: Io): Promise<number> {
  return runCommand({ name: 'resume', help, options: {}, takes: [1, 1] }, args, io, async (given) => {
    const { client, positionals, show, print } = given;
    const path = `/api/connections/${encodeURIComponent(positionals[0] ?? '')}/resume`;
    const state = (await client.post(path)) as ConnectionView;
    show(state, () => print.line(`${print.status(state.status)}  ${state.name}  its runs: hookline runs`));
  });
}
