// `hookline resume`: goes on with a paused workflow, or with a connection that a person or refused credentials paused.

import type { Io } from './client.ts';
import { runCommand } from './command.ts';
import { oneLine } from './format.ts';
import { targetOf } from './pause-target.ts';

const help = `
hookline resume <connection>
hookline resume --workflow <name>
  Goes on with a paused connection or workflow; the runs it held are due at once.

  --workflow <name>  resume this workflow
  --json             the answer as JSON
`;
const options = { workflow: { type: 'string' } } as const;

export function resume(args: readonly string[], io: Io): Promise<number> {
  return runCommand({ name: 'resume', help, options, takes: [0, 1] }, args, io, async (given) => {
    const { positionals, values, show, print } = given;
    const { kind, name, path, said } = targetOf('resume', positionals, values.workflow);
    const answer = await given.client.post(path);
    const runs = kind === 'workflow' ? `hookline runs ${oneLine(said)}` : 'hookline runs';
    show(answer, () => print.line(`${print.status('ok')}  ${oneLine(name)}  its runs: ${runs}`));
  });
}
