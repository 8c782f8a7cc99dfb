// `hookline cancel`: gives a run up.

import type { RunDetail } from '../console/api/run-view.ts';
import type { Io } from './client.ts';
import { runCommand } from './command.ts';

const help = `
hookline cancel <run>
  Gives a run up: no further step is begun. What its finished steps did stays done.

  --json  the answer as JSON
`;

export function cancel(args: readonly string[], io: Io): Promise<number> {
  return runCommand({ name: 'cancel', help, options: {}, takes: [1, 1] }, args, io, async (given) => {
    const { client, positionals, show, print } = given;
    const run = (await client.post(`/api/runs/${encodeURIComponent(positionals[0] ?? '')}/cancel`)) as RunDetail;
    show(run, () => print.line(`${print.status(run.status, run.reason)}  ${run.id}`));
  });
}
