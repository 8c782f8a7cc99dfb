// `hookline try`: what a workflow file would do with an event, without sending anything.

import { readSettings } from '../core/settings.ts';
import { dryRun } from '../run/dry-run.ts';
import type { Io } from './client.ts';
import { runCommand } from './command.ts';
import { loadFile } from './load-file.ts';
import { refuseFile } from './refuse-file.ts';
import { findEvent } from './try-event.ts';
import { runInSandboxes } from './try-sandbox.ts';
import { showAll, toJson, type Tried } from './try-show.ts';

const help = `
hookline try <event>
  Says what the workflow file would do with an event: which workflows take it, and the input of each step. For each other
  workflow it shows the first condition that is false, where it stands, and the values it saw. Nothing is sent.

  With --sandbox the actions really run, against stand-ins of their services in this process: a step then reads the real
  outputs of those before it, and what arrived is shown. Nothing leaves this machine.

  Without it, outputs of earlier steps are placeholders made from the action's schema: texts such as
  «steps.log.output.id», numbers 0 or the least allowed, true, lists of one item.

  event             a sample (call.ended), a file with the body of a webhook (event.json),
                    or an event that a running Hookline has stored (evt_…)
  --file <file>     the workflow file or folder; default: WORKFLOWS, else ./workflows.yaml, else ./workflows/
  --source <name>   the source that the event comes from, when the file has several
  --shape <name>    another shape of the sample, such as flat
  --type <type>     with a body from a file: its type, for senders that name it in a header
  --sandbox         run the actions against sandboxes
  --json            the answer as JSON

Exit code: 0 no failure, also when no workflow takes the event; 1 the file has errors, or a condition, an input or, with
--sandbox, a run fails; 2 a mistake in the command line, or a file that cannot be read.
`;

const options = {
  file: { type: 'string' },
  source: { type: 'string' },
  shape: { type: 'string' },
  type: { type: 'string' },
  sandbox: { type: 'boolean' },
} as const;

function tryEvent(args: readonly string[], io: Io): Promise<number> {
  return runCommand({ name: 'try', help, options, takes: [1, 1] }, args, io, async (given) => {
    const { values, positionals, print, show } = given;
    const loaded = await loadFile(io, values.file);
    const { workflows } = loaded;
    if (workflows === null) {
      refuseFile(loaded, 'nothing can be tried', io);
      return 1;
    }
    const found = await findEvent(positionals[0] ?? '', values, workflows, io);
    const tried = (workflows.explain?.(found.event) ?? []).map((explanation): Tried => {
      const runs = explanation.is === 'taken' && explanation.match.failure === undefined;
      const parts = { event: found.event, settings: readSettings({}), now: Date.parse(found.event.receivedAt) };
      return { explanation, steps: runs ? dryRun({ workflow: explanation.workflow, ...parts }) : [] };
    });
    const ran = values.sandbox === true ? await runInSandboxes(values.file, found, io) : undefined;
    const { file } = loaded;
    show(toJson(found, tried, ran), () => showAll(print, { file, found, tried, ran }));
    const failed = ran === undefined ? tried.some(fails) : ran.runs.some(({ status }) => status !== 'succeeded');
    return failed ? 1 : 0;
  });
}

export { tryEvent as try };

function fails({ explanation, steps }: Tried): boolean {
  const failure = explanation.is === 'taken' ? explanation.match.failure : undefined;
  return failure !== undefined || steps.some(({ is }) => is === 'fails');
}
