// `hookline plan`: what a new workflow file would do differently with the events of the past; nothing is sent.

import { HostError } from '../core/errors.ts';
import { readSettings } from '../core/settings.ts';
import type { ConfigAnswer } from '../console/api/config.ts';
import type { StreamedEvent } from '../console/api/event-stream.ts';
import { createComparison } from '../run/compare.ts';
import type { Catalog, Workflows } from '../workflow/compile.ts';
import { unpackFiles } from '../workflow/files.ts';
import { loadWorkflows } from '../workflow/load.ts';
import { nearest } from '../workflow/suggest.ts';
import { AnswerError, type Client, type Io } from './client.ts';
import { escapeJson, misuse, runCommand, type Given } from './command.ts';
import { loadFile } from './load-file.ts';
import { createReader, fileEvents, liveEvents } from './plan-events.ts';
import { refuseFile } from './refuse-file.ts';
import { comparedToJson, showCompared, type Planned } from './show-plan.ts';

const help = `
hookline plan [file]
  Says what a new workflow file would do differently from the one in use, with the newest stored events: which workflows
  would take more or fewer of them, which inputs would change, what would fail, and how many calls each connection would
  get. Outputs of earlier steps are placeholders. Settings of connections and of retries are not compared. Nothing is sent.

  file               the new file, or a folder whose *.yaml files are loaded as one;
                     default: WORKFLOWS, else ./workflows.yaml, else ./workflows/
  --last <count>     how many events (1000)
  --workflow <name>  only this workflow
  --events <file>    these events instead: what GET /api/events/stream gave, one JSON object a line
  --against <file>   compare with this file instead of the one in use; with --events, nothing needs to run
  --exit-code        end with 1 when something changes
  --format <form>    text or json (text); --json is the same as --format json

Exit code: 0 done, 1 with --exit-code when something changes, 2 a file that has errors or cannot be read, or nobody there.
`;

const options = {
  last: { type: 'string' },
  workflow: { type: 'string' },
  events: { type: 'string' },
  against: { type: 'string' },
  'exit-code': { type: 'boolean' },
  format: { type: 'string' },
} as const;

const command = { name: 'plan', help, options, takes: [0, 1] } as const;

export function plan(args: readonly string[], io: Io): Promise<number> {
  return runCommand(command, args, io, async (given) => {
    try {
      return await planFile(given, io);
    } catch (error) {
      // 1 says that something changes, so nothing else may.
      if (error instanceof HostError || error instanceof AnswerError)
        throw new AnswerError('input.invalid', error.message, error.help);
      throw error;
    }
  });
}

async function planFile(given: Given<typeof options>, io: Io): Promise<number> {
  const { values, positionals, print, show } = given;
  const last = readCount(values.last ?? '1000');
  const format = values.format ?? 'text';
  if (format !== 'text' && format !== 'json') throw misuse(command, `"--format" is "${format}"; it is text or json`);
  const loaded = await loadFile(io, positionals[0]);
  if (loaded.workflows === null) {
    refuseFile(loaded, 'nothing can be compared', io);
    return 2;
  }
  const after = loaded.workflows;
  const before = await findBefore(given, loaded.catalog, io);
  if (before === null) return 2;
  checkName(values.workflow, before.workflows, after);
  const events = values.events === undefined ? liveEvents(given.client, last) : fileEvents(io, values.events, last);
  const planned: Planned = {
    before: before.workflows,
    beforeIs: before.is,
    after,
    file: loaded.file,
    ...(await compare(before.workflows, after, events, values.workflow)),
  };
  if (format === 'json' && values.json !== true) io.out(escapeJson(JSON.stringify(comparedToJson(planned), null, 2)));
  else show(comparedToJson(planned), () => showCompared(print, planned));
  return values['exit-code'] === true && planned.compared.workflows.length > 0 ? 1 : 0;
}

function readCount(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw misuse(command, `"--last" is "${text}"; it is a whole number from 1 to 9999999`);
}

interface Before {
  readonly workflows: Workflows;
  readonly is: 'live' | 'file';
}

/** Null when it has errors, which are told. */
async function findBefore(given: Given<typeof options>, catalog: Catalog, io: Io): Promise<Before | null> {
  const { against } = given.values;
  if (against !== undefined) {
    const loaded = await loadFile(io, against);
    const workflows = loaded.runnable ?? loaded.workflows;
    if (workflows !== null) return { workflows, is: 'file' };
    refuseFile(loaded, 'nothing can be compared', io);
    return null;
  }
  return { workflows: await findLive(given.client, catalog), is: 'live' };
}

/** It was accepted there; that this version finds its types wrong does not matter. */
async function findLive(client: Client, catalog: Catalog): Promise<Workflows> {
  const { live } = (await client.get('/api/config')) as ConfigAnswer;
  if (live === null) throw misuse(command, 'the running Hookline has no workflow file');
  const { runnable, workflows, problems } = await loadWorkflows(unpackFiles(live.file, live.text), catalog);
  const found = runnable ?? workflows;
  if (found !== null) return found;
  const why = problems.find(({ severity }) => severity === 'error')?.message ?? 'it has errors';
  throw misuse(command, `the file in use cannot be loaded here: ${why}; are its plugins beside the new file?`);
}

function checkName(name: string | undefined, before: Workflows, after: Workflows): void {
  if (name === undefined || before.workflows.has(name) || after.workflows.has(name)) return;
  const names = [...new Set([...after.workflows.keys(), ...before.workflows.keys()])];
  const near = nearest(name, names);
  const hint = near === undefined ? `there is ${names.join(', ') || 'none'}` : `did you mean "${near}"?`;
  throw misuse(command, `workflow "${name}" is in neither file; ${hint}`);
}

async function compare(
  before: Workflows,
  after: Workflows,
  events: AsyncIterable<StreamedEvent>,
  only: string | undefined,
): Promise<Pick<Planned, 'compared' | 'unread' | 'newest' | 'oldest'>> {
  const comparison = createComparison({ before, after, settings: readSettings({}), only });
  const read = createReader(before, after);
  let newest: string | null = null;
  let oldest: string | null = null;
  let unread = 0;
  for await (const event of events) {
    const scopes = read(event);
    if (scopes === undefined) unread += 1;
    else comparison.add(...scopes);
    // A file may have them in any order.
    if (newest === null || event.receivedAt > newest) newest = event.receivedAt;
    if (oldest === null || event.receivedAt < oldest) oldest = event.receivedAt;
  }
  return { compared: comparison.result(), unread, newest, oldest };
}
