// `hookline resolve`: a person's answer to a step in doubt: it happened, or do it again.

import { readFileSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import type { RunDetail } from '../console/api/run-view.ts';
import type { Io } from './client.ts';
import { misuse, runCommand } from './command.ts';
import { showRun } from './show-run.ts';

const help = `
hookline resolve <run> --happened | --again
  Answers a held run's question: did the attempt in doubt happen? "hookline runs <run>" says where to look.

  --happened       it did: the step counts as succeeded and the run goes on
  --output <json>  with --happened: the output that later steps read, such as '{"id":"00T5e000001"}', or @file
  --again          it did not: the step is called once more
  --step <id>      which step, when several are in doubt
  --json           the answer as JSON
`;

const options = {
  happened: { type: 'boolean' },
  again: { type: 'boolean' },
  output: { type: 'string' },
  step: { type: 'string' },
} as const;

const command = { name: 'resolve', help, options, takes: [1, 1] } as const;

export function resolve(args: readonly string[], io: Io): Promise<number> {
  return runCommand(command, args, io, async ({ client, positionals, values, show, print }) => {
    const { happened = false, again = false, step } = values;
    if (happened === again) throw misuse(command, 'say either "--happened" or "--again"');
    if (again && values.output !== undefined) throw misuse(command, '"--output" goes only with "--happened"');
    const output = values.output === undefined ? undefined : readOutput(values.output, io.cwd);
    const path = `/api/runs/${encodeURIComponent(positionals[0] ?? '')}/resolve`;
    const run = (await client.post(path, { happened, step, output })) as RunDetail;
    show(run, () => showRun(print, run));
  });
}

function readOutput(given: string, cwd: string): unknown {
  let text = given;
  if (given.startsWith('@')) {
    const file = resolvePath(cwd, given.slice(1));
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      throw misuse(command, `the file "${file}" cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
    }
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw misuse(command, `the output is no JSON; an example: --output '{"id":"00T5e000001"}'`);
  }
}
