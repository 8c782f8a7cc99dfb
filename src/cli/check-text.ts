// The result of `hookline check` for people.

import { printable } from '../core/log.ts';
import type { Workflows } from '../workflow/compile.ts';
import { guaranteeOf } from '../workflow/guarantee.ts';
import { formatProblem } from '../workflow/problem.ts';
import { counted, countByFile, tell, total, type Checked, type FileCount, type Readable } from './check-result.ts';
import type { Io } from './client.ts';
import { painter, wrap, type Hue } from './format.ts';

type Paint = (text: string, hue: Hue) => string;

export function printText(all: readonly Checked[], io: Io): void {
  const paint = painter(io.color);
  for (const [index, checked] of all.entries()) {
    if (index > 0 && !('unreadable' in checked)) io.out('');
    if ('unreadable' in checked) {
      io.err(`${checked.unreadable.message}.`);
      io.err(checked.unreadable.help);
    } else io.out([...linesOf(checked, io.color, paint)].join('\n'));
  }
}

function* linesOf(checked: Readable, color: boolean, paint: Paint): Generator<string> {
  const { problems, files, workflows, connections } = checked;
  for (const problem of problems) {
    yield formatProblem(problem, files, { color });
    yield '';
  }
  yield* summary(checked, paint);
  if (workflows !== null) yield* steps(workflows, paint);
  yield* unset(checked, paint);
  if (connections === undefined) return;
  yield '';
  yield paint('connections', 'bold');
  const width = Math.max(0, ...connections.map(({ name }) => name.length));
  for (const { name, why } of connections) {
    const word = why === null ? paint('✓ works', 'green') : `${paint('✗ fails', 'red')}  ${printable(why)}`;
    yield `  ${name.padEnd(width)}  ${word}`;
  }
}

function* summary({ file, workflows, ...checked }: Readable, paint: Paint): Generator<string> {
  const counts = countByFile({ file, workflows, ...checked });
  const all = total(counts);
  if (counts.length > 1) for (const count of counts) yield line(count.file, tell(count), count, paint);
  const sizes = [
    ...(counts.length > 1 ? [counted(counts.length, 'file')] : []),
    ...(workflows === null ? [] : [counted(workflows.workflows.size, 'workflow')]),
  ];
  yield line(file, [...sizes, tell(all)].join(', '), all, paint);
}

function line(file: string, said: string, { errors }: Pick<FileCount, 'errors'>, paint: Paint): string {
  return `${errors === 0 ? paint('✓', 'green') : paint('✗', 'red')} ${printable(file)}: ${said}`;
}

const hues = { 'exactly one': 'green', 'at least one': 'yellow', 'at most one': 'yellow' } as const;

/** One line for each step: what it calls, and how many effects that can have. */
function* steps({ workflows }: Workflows, paint: Paint): Generator<string> {
  const all = [...workflows.values()].map(({ name, steps }) => ({
    name,
    rows: steps.map((step) => ({ step, uses: `${step.connection}.${step.actionName}` })),
  }));
  const rows = all.flatMap((workflow) => workflow.rows);
  const idWidth = columnWidth(rows.map(({ step }) => step.id));
  const usesWidth = columnWidth(rows.map(({ uses }) => uses));
  for (const { name, rows } of all) {
    yield '';
    yield paint(name, 'bold');
    for (const { step, uses } of rows) {
      const { effects, why } = guaranteeOf(step);
      const word = paint(`${effects} effect`.padEnd(19), hues[effects]);
      yield `  ${step.id.padEnd(idWidth)}  ${uses.padEnd(usesWidth)}  ${word}  ${paint(why, 'dim')}`;
    }
  }
}

/** One long name must not push all others away. */
const widest = 28;

function columnWidth(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => (length > widest ? most : Math.max(most, length)), 0);
}

/** Where none is set, nobody means to run it here: one remark is enough. Where some are, each has a warning. */
function* unset({ unsetSecrets, problems }: Readable, paint: Paint): Generator<string> {
  if (unsetSecrets.length === 0 || problems.some(({ code }) => code === 'secret.unset')) return;
  yield '';
  const said = `No secret is set here, which "hookline serve" needs and "hookline dev" does not: ${unsetSecrets.join(', ')}`;
  for (const text of wrap(said, 120)) yield paint(text, 'dim');
}
