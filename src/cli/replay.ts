// `hookline replay`: runs an event again from the start, as new runs with new keys.

import type { ReplayAnswer } from '../console/api/events.ts';
import type { Io } from './client.ts';
import { runCommand } from './command.ts';

const help = `
hookline replay <event>
  Runs an event again from the start, as new runs: what the first runs did is done a second time.
  To go on with a failed run instead, use "hookline retry".

  --workflow <name>  only this workflow, also when it did not take the event before
  --json             the answer as JSON
`;

export function replay(args: readonly string[], io: Io): Promise<number> {
  const options = { workflow: { type: 'string' } } as const;
  return runCommand({ name: 'replay', help, options, takes: [1, 1] }, args, io, async (given) => {
    const { client, positionals, values, show, print } = given;
    const { workflow } = values;
    const path = `/api/events/${encodeURIComponent(positionals[0] ?? '')}/replay`;
    const answer = (await client.post(path, workflow === undefined ? {} : { workflow })) as ReplayAnswer;
    show(answer, () => {
      if (answer.runs.length === 0) print.line('No workflow takes this event, so there is no new run.');
      for (const run of answer.runs) print.line(`${print.status('pending')}  ${run}  watch it: hookline runs ${run}`);
    });
  });
}
