// `hookline pause`: holds everything that needs a connection, or the runs of one workflow.

import type { Io } from './client.ts';
import { runCommand } from './command.ts';
import { oneLine } from './format.ts';
import { targetOf } from './pause-target.ts';

const help = `
hookline pause <connection>
hookline pause --workflow <name>
  Makes no more calls over a connection, or for a workflow; an attempt under way finishes. Runs that come to it are held,
  none is discarded. Events are received and matched as before.

  --workflow <name>  pause this workflow
  --json             the answer as JSON
`;
const options = { workflow: { type: 'string' } } as const;

export function pause(args: readonly string[], io: Io): Promise<number> {
  return runCommand({ name: 'pause', help, options, takes: [0, 1] }, args, io, async (given) => {
    const { positionals, values, show, print } = given;
    const { name, path, said } = targetOf('pause', positionals, values.workflow);
    const answer = await given.client.post(path);
    show(answer, () => {
      print.line(`${print.status('paused')}  ${oneLine(name)}  go on with: hookline resume ${oneLine(said)}`);
    });
  });
}
