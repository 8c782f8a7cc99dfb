// `hookline check`: every problem of workflow files, or what each step of a fine one guarantees.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findConnectors } from '../connect/find.ts';
import { HostError } from '../core/errors.ts';
import { readFiles } from '../run/read-files.ts';
import type { Catalog, Workflows } from '../workflow/compile.ts';
import type { FileTexts } from '../workflow/files.ts';
import { guaranteeOf } from '../workflow/guarantee.ts';
import { loadWorkflows } from '../workflow/load.ts';
import { formatProblem, type Problem } from '../workflow/problem.ts';
import type { Io } from './client.ts';
import { checkConnections } from './connect-check.ts';
import { painter, type Hue } from './format.ts';
import { pluginsPath, workflowsPath } from './load-file.ts';

const help = `hookline check [file…] [--connect]

Finds every problem of workflow files in one pass, each with its place and what to write instead.
For a file without errors it says what each step guarantees.

  file       a file, or a folder whose *.yaml files are loaded as one;
             default: WORKFLOWS, else ./workflows.yaml, else ./workflows/
  --connect  also opens every connection with its credentials and makes a call that changes nothing

Exit code: 0 no error, 1 an error or a connection that fails, 2 a file that cannot be read.`;

export interface CheckIo extends Io {
  /** The connectors and sources for a file; default: those that ship and the plugins beside it. */
  readonly catalog?: (file: string) => Promise<Catalog>;
  /** The file, or the files of a folder; `shown`: how places name it. Default: from the disk. */
  readonly read?: (path: string, shown: string) => Promise<FileTexts>;
}

export async function check(args: readonly string[], io: CheckIo): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help === true) {
    for (const line of help.split('\n')) io.out(line);
    return 0;
  }
  const files = positionals.length > 0 ? positionals : [workflowsPath(io, undefined).file];
  let exit = 0;
  for (const [index, file] of files.entries()) {
    if (index > 0) io.out('');
    exit = Math.max(exit, await checkFile(file, io, values.connect === true));
  }
  return exit;
}

function parse(args: readonly string[]) {
  try {
    const options = { connect: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new HostError('input.invalid', { what: (error as Error).message });
  }
}

async function checkFile(file: string, io: CheckIo, connect: boolean): Promise<number> {
  const path = resolve(io.cwd, file);
  const files = await readTexts(file, path, io);
  if (files === undefined) return 2;
  const catalog = await (io.catalog ?? ((path) => findConnectors({ pluginsDir: pluginsPath(io, path) })))(path);
  const { workflows, problems } = await loadWorkflows(files, catalog);
  for (const problem of problems) {
    for (const line of formatProblem(problem, files, { color: io.color }).split('\n')) io.out(line);
    io.out('');
  }
  const paint = painter(io.color);
  const found = countProblems(problems);
  if (workflows === null) {
    io.out(`${paint('✗', 'red')} ${file}: ${found}`);
    return 1;
  }
  const { size } = workflows.workflows;
  const sizes = `${size} ${size === 1 ? 'workflow' : 'workflows'}`;
  io.out(`${paint('✓', 'green')} ${file}: ${sizes}, ${found}`);
  for (const line of describe(workflows, paint)) io.out(line);
  return connect ? checkConnections(workflows, io) : 0;
}

async function readTexts(file: string, path: string, io: CheckIo): Promise<FileTexts | undefined> {
  try {
    return await (io.read ?? readFiles)(path, file);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    io.err(`${error.message}.`);
    io.err(error.help);
    return undefined;
  }
}

function countProblems(problems: readonly Problem[]): string {
  const count = (severity: Problem['severity']) => {
    const found = problems.filter((problem) => problem.severity === severity).length;
    return found === 0 ? [] : [`${found} ${severity}${found === 1 ? '' : 's'}`];
  };
  return [...count('error'), ...count('warning')].join(', ') || 'no problem';
}

const hues = { 'exactly one': 'green', 'at least one': 'yellow', 'at most one': 'yellow' } as const satisfies Record<
  string,
  Hue
>;

/** One line for each step: what it calls, and how many effects that can have. */
function* describe(workflows: Workflows, paint: (text: string, hue: Hue) => string): Generator<string> {
  for (const workflow of workflows.workflows.values()) {
    yield '';
    yield paint(workflow.name, 'bold');
    const rows = workflow.steps.map((step) => ({ step, uses: `${step.connection}.${step.actionName}` }));
    const idWidth = Math.max(...rows.map(({ step }) => step.id.length));
    const usesWidth = Math.max(...rows.map(({ uses }) => uses.length));
    for (const { step, uses } of rows) {
      const { effects, why } = guaranteeOf(step);
      const word = paint(`${effects} effect`.padEnd(19), hues[effects]);
      yield `  ${step.id.padEnd(idWidth)}  ${uses.padEnd(usesWidth)}  ${word}  ${paint(why, 'dim')}`;
    }
  }
}
