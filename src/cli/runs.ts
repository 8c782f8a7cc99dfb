// `hookline runs`: the runs, and one run with its steps, attempts and what a person can do about it.

import type { RunDetail, RunSummary } from '../console/api/run-view.ts';
import type { RunsAnswer } from '../console/api/runs.ts';
import type { Io } from './client.ts';
import { checkListOnly, runCommand, type Given } from './command.ts';
import { header, nextLine, timeCells } from './events.ts';
import { mark, oneLine, statusWord } from './format.ts';
import type { Cell } from './print.ts';
import { showRun } from './show-run.ts';

const help = `
hookline runs [run]
  Lists the runs, newest first; with a run's id, shows its steps and attempts, and what to do when it is held or failed.

  --status <status>    pending, running, waiting, held, succeeded, failed or canceled
  --reason <reason>    of held runs: in_doubt, credentials, paused or missing
  --workflow <name>    only of this workflow
  --connection <name>  only those whose next step needs this connection; with --status failed: that failed there
  --event <id>         only of this event
  --from <time>        since then: 2026-11-23, 2026-11-23T21:45:00Z, or how long ago: 15m, 2h, 7d
  --to <time>          before then
  --limit <count>      how many, 1 to 200 (20)
  --before <id>        the page after the row with this id
  --json               the answer as JSON
`;

const options = {
  status: { type: 'string' },
  workflow: { type: 'string' },
  event: { type: 'string' },
  reason: { type: 'string' },
  connection: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  limit: { type: 'string' },
  before: { type: 'string' },
} as const;

export function runs(args: readonly string[], io: Io): Promise<number> {
  const command = { name: 'runs', help, options, takes: [0, 1] } as const;
  return runCommand(command, args, io, async (given) => {
    const { client, show, print, positionals, values } = given;
    const [id] = positionals;
    if (id === undefined) return showRuns(given);
    checkListOnly(command, values);
    const run = (await client.get(`/api/runs/${encodeURIComponent(id)}`)) as RunDetail;
    show(run, () => showRun(print, run));
  });
}

async function showRuns({ client, show, print, values }: Given<typeof options>): Promise<void> {
  const { status, reason, workflow, connection, event, from, to, limit = '20', before } = values;
  const filters = { status, reason, workflow, connection, event, from, to, before };
  const query = { ...filters, limit };
  const answer = (await client.get('/api/runs', query)) as RunsAnswer;
  show(answer, () => {
    if (answer.items.length === 0) {
      const filtered = Object.values(filters).some((value) => value !== undefined);
      return print.line(filtered ? 'No run fits these filters.' : 'No run yet. What was received: "hookline events".');
    }
    const rows = answer.items.map((run): Cell[] => [
      mark(run.status),
      statusWord(run.status, run.reason),
      oneLine(run.workflow, 40) + (run.replay === 0 ? '' : ` (replay ${run.replay})`),
      ...timeCells(print, run.createdAt),
      stepsOf(run),
      run.id,
    ]);
    print.table([header(print, ['', 'STATUS', 'WORKFLOW', 'CREATED', '', 'STEPS', 'ID']), ...rows]);
    nextLine(print, 'runs', answer.next, query);
    const first =
      answer.items.find((run) => run.status === 'held') ?? answer.items.find((run) => run.status === 'failed');
    if (first !== undefined) print.line(`What to do about a ${first.status} run: hookline runs ${first.id}`);
  });
}

/** `✓ log  ‖ tell`. */
function stepsOf(run: RunSummary): string {
  return run.steps.map(({ id, status }) => `${mark(status)[0]} ${oneLine(id, 30)}`).join('  ');
}
