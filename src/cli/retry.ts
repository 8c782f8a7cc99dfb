// `hookline retry`: goes on with a failed or canceled run where it ended.

import type { RunDetail } from '../console/api/run-view.ts';
import type { Io } from './client.ts';
import { runCommand } from './command.ts';

const help = `
hookline retry <run>
  Goes on with a failed or canceled run where it ended; steps that succeeded are not run again.

  --latest  by the workflow file as it is now, not the one the run began with
  --json    the answer as JSON
`;

export function retry(args: readonly string[], io: Io): Promise<number> {
  const options = { latest: { type: 'boolean' } } as const;
  return runCommand({ name: 'retry', help, options, takes: [1, 1] }, args, io, async (given) => {
    const { client, positionals, values, show, print } = given;
    const path = `/api/runs/${encodeURIComponent(positionals[0] ?? '')}/retry`;
    const run = (await client.post(path, { latest: values.latest === true })) as RunDetail;
    show(run, () =>
      print.line(`${print.status(run.status, run.reason)}  ${run.id}  watch it: hookline runs ${run.id}`),
    );
  });
}
