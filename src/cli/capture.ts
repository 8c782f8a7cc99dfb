// `hookline capture`: turns a stored event into a test, with fakes for whom it is about and answers as they were recorded.

import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { EventDetail } from '../console/api/events.ts';
import type { RunDetail } from '../console/api/run-view.ts';
import { HostError } from '../core/errors.ts';
import { readSettings } from '../core/settings.ts';
import { fileLimit } from '../workflow/read.ts';
import { readTestFile } from '../workflow/test-file.ts';
import type { Workflows } from '../workflow/compile.ts';
import { captureTest } from './capture-test.ts';
import { addTest } from './capture-write.ts';
import type { Client, Io } from './client.ts';
import { misuse, runCommand } from './command.ts';
import { oneLine } from './format.ts';
import { loadFile } from './load-file.ts';
import { refuseFile } from './refuse-file.ts';
import { createFaults, readTestEvent } from './test-event.ts';
import { findTestFiles } from './test-files.ts';
import { runTest } from './test-run.ts';

const help = `
hookline capture <event>
  Turns an event that a running Hookline has stored into a test for "hookline test" and adds it to workflows.test.yaml.
  The answers of actions are those that were recorded; what is expected is what the workflow file here makes of them.

  Names, phone numbers, e-mail and web addresses become fakes, the same for the same in this capture, by the marks of the source's
  schema, by names of fields and by form. What people said or wrote becomes made-up sentences. Ids and times stay.

  --run <id>     the run to take the answers from; default: the first of each workflow
  --file <file>  the test file, or the workflow file that it belongs to; default: WORKFLOWS, else ./workflows.yaml
  --name <name>  name of the test
  --keep-text    what people said or wrote keeps its words, but for what is known to be personal: read it before you share it
  --print        shows the test and writes nothing

Exit code: 0 captured, 1 it cannot be captured, 2 a mistake in the command line, or a file that cannot be read or written.
`;

const options = {
  run: { type: 'string' },
  file: { type: 'string' },
  name: { type: 'string' },
  'keep-text': { type: 'boolean' },
  print: { type: 'boolean' },
} as const;
const command = { name: 'capture', help, options, takes: [1, 1] } as const;

export function capture(args: readonly string[], io: Io): Promise<number> {
  return runCommand(command, args, io, async ({ client, values, positionals, print, show }) => {
    const id = positionals[0] ?? '';
    const { detail, runs } = await fetchEvent(client, id, values.run);
    const files = await findTestFiles(io, values.file);
    const loaded = await loadFile(io, files.workflows);
    const { workflows } = loaded;
    if (workflows === null) {
      refuseFile(loaded, 'no test can be made for it', io);
      return 1;
    }
    const keepText = values['keep-text'] === true;
    const salt = (io.random ?? randomBytes)(32);
    const { test, notes } = captureTest({ detail, runs, workflows, settings: readSettings({}), keepText, salt });
    const name = values.name ?? `captured ${detail.type} ${id}`;
    const before = values.print === true ? undefined : await readOld(io, files.first);
    const added = addTest(before, name, test);
    if (!added.ok) throw misuse(command, `"${files.first}" ${added.why}`);
    await prove(name, test, workflows, resolve(io.cwd, files.first));
    if (Buffer.byteLength(added.text) > fileLimit) throw tooLarge(files.first);
    if (values.print !== true) await writeNew(io, files.first, added.text);
    show({ name, file: values.print === true ? null : files.first, test, notes }, () => {
      if (values.print === true) print.block(added.text, '');
      else print.line(`${print.paint('✓', 'green')} ${oneLine(files.first)}: added "${oneLine(name)}"`);
      for (const note of notes) io.err(`${print.paint('!', 'yellow')} ${oneLine(note, 400)}`);
      if (keepText) io.err('Texts keep their words: read the test before you share it.');
    });
    return 0;
  });
}

async function fetchEvent(client: Client, id: string, run: string | undefined) {
  const detail = (await client.get(`/api/events/${encodeURIComponent(id)}`)) as EventDetail;
  const { problem } = detail.payload;
  if (problem !== null) throw conflict('event', id, 'unreadable', problem);
  const oldestFirst = detail.runs.items.toReversed();
  const chosen = new Map(oldestFirst.filter(({ replay }) => replay === 0).map((one) => [one.workflow, one.id]));
  const asked =
    run === undefined ? undefined : ((await client.get(`/api/runs/${encodeURIComponent(run)}`)) as RunDetail);
  if (asked !== undefined && asked.eventId !== id) throw conflict('run', asked.id, 'of another event', asked.eventId);
  if (asked !== undefined) chosen.set(asked.workflow, asked.id);
  const runs = await Promise.all(
    [...chosen.values()].map(async (one) => (await client.get(`/api/runs/${encodeURIComponent(one)}`)) as RunDetail),
  );
  const busy = runs.find(({ status }) => status === 'pending' || status === 'running');
  if (busy !== undefined) throw conflict('run', busy.id, busy.status, 'capture it when it has come to an end');
  return { detail, runs };
}

function conflict(what: string, id: string, status: string, why: string): HostError {
  return new HostError('state.conflict', { what, id, status, why });
}

/** A test that would fail at once is not written. */
async function prove(name: string, test: unknown, workflows: Workflows, path: string): Promise<void> {
  const alone = addTest(undefined, name, test);
  const text = alone.ok ? alone.text : '';
  const file = readTestFile({ file: 'captured', text }, workflows);
  const [only] = file.tests;
  const parts = { workflows, report: file.report, path, faults: createFaults() };
  const event = only === undefined ? undefined : await readTestEvent(only.event, parts);
  const problem = file.problems().find(({ severity }) => severity === 'error');
  const result = only && event && runTest(only, event, { workflows, settings: readSettings({}), file });
  const [failure] = result?.failures ?? [];
  if (problem === undefined && failure === undefined) return;
  const why = problem?.message ?? `${failure?.path ?? ''} is ${failure?.actual ?? ''}, not ${failure?.expected ?? ''}`;
  throw new HostError('input.invalid', { what: `the event cannot be made a test: ${oneLine(why)}` });
}

function tooLarge(file: string): HostError {
  const what = `"${file}" would be larger than ${fileLimit / 1024} KiB; choose another file, such as --file more.test.yaml`;
  return new HostError('input.invalid', { what });
}

async function readOld(io: Io, file: string): Promise<string | undefined> {
  return readFile(resolve(io.cwd, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw cannot(file, 'read', error);
  });
}

async function writeNew(io: Io, file: string, text: string): Promise<void> {
  await writeFile(resolve(io.cwd, file), text).catch((error: NodeJS.ErrnoException) => {
    throw cannot(file, 'written', error);
  });
}

function cannot(file: string, verb: string, error: NodeJS.ErrnoException): HostError {
  return new HostError('input.invalid', { what: `"${file}" cannot be ${verb}: ${error.code ?? ''}` }, { cause: error });
}
