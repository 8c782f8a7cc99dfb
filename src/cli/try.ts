// `hookline try`: what a workflow file would do with an event, without sending anything.

import { stringify } from 'yaml';
import { readSettings } from '../core/settings.ts';
import { dryRun, type DryStep } from '../run/dry-run.ts';
import type { Explanation, ExpressionFailure } from '../workflow/compile.ts';
import { guaranteeOf } from '../workflow/guarantee.ts';
import { formatProblem, type Place } from '../workflow/problem.ts';
import type { Io } from './client.ts';
import { runCommand } from './command.ts';
import { oneLine } from './format.ts';
import { loadFile, type LoadedFile } from './load-file.ts';
import type { Cell, Printer } from './print.ts';
import { findEvent, type TriedEvent } from './try-event.ts';

const help = `
hookline try <event>
  Says what the workflow file would do with an event: which workflows take it, and the input of each step. For each other
  workflow it shows the first condition that is false, where it stands, and the values it saw. Nothing is sent.

  Outputs of earlier steps are placeholders made from the action's schema: texts such as «steps.log.output.id», numbers 0
  or the least allowed, true, lists of one item.

  event             a sample (call.ended), a file with the body of a webhook (event.json),
                    or an event that a running Hookline has stored (evt_…)
  --file <file>     the workflow file or folder; default: WORKFLOWS, else ./workflows.yaml, else ./workflows/
  --source <name>   the source that the event comes from, when the file has several
  --shape <name>    another shape of the sample, such as flat
  --type <type>     with a body from a file: its type, for senders that name it in a header
  --json            the answer as JSON

Exit code: 0 no failure, also when no workflow takes the event; 1 the file has errors, or a condition or an input fails;
2 a mistake in the command line, or a file that cannot be read.
`;

const options = {
  file: { type: 'string' },
  source: { type: 'string' },
  shape: { type: 'string' },
  type: { type: 'string' },
} as const;

interface Tried {
  readonly explanation: Explanation;
  readonly steps: readonly DryStep[];
}

function tryEvent(args: readonly string[], io: Io): Promise<number> {
  return runCommand({ name: 'try', help, options, takes: [1, 1] }, args, io, async (given) => {
    const { values, positionals, print, show } = given;
    const loaded = await loadFile(io, values.file);
    const { workflows } = loaded;
    if (workflows === null) return refuse(loaded, io);
    const found = await findEvent(positionals[0] ?? '', values, workflows, io);
    const tried = (workflows.explain?.(found.event) ?? []).map((explanation): Tried => {
      const runs = explanation.is === 'taken' && explanation.match.failure === undefined;
      const parts = { event: found.event, settings: readSettings({}), now: Date.parse(found.event.receivedAt) };
      return { explanation, steps: runs ? dryRun({ workflow: explanation.workflow, ...parts }) : [] };
    });
    show(toJson(found, tried), () => showAll(print, loaded.file, found, tried));
    return tried.some(fails) ? 1 : 0;
  });
}

export { tryEvent as try };

function refuse({ file, files, problems }: LoadedFile, io: Io): number {
  for (const problem of problems) {
    for (const line of formatProblem(problem, files, { color: io.color }).split('\n')) io.err(line);
  }
  io.err(`"${file}" has errors, so nothing can be tried.`);
  return 1;
}

function fails({ explanation, steps }: Tried): boolean {
  const failure = explanation.is === 'taken' ? explanation.match.failure : undefined;
  return failure !== undefined || steps.some(({ is }) => is === 'fails');
}

function showAll(print: Printer, file: string, { event, from }: TriedEvent, tried: readonly Tried[]): void {
  print.line(`${print.paint(oneLine(event.type), 'bold')} from ${oneLine(event.source)} (${oneLine(from)})`);
  const took = tried.filter(({ explanation }) => explanation.is === 'taken').length;
  const all = `${tried.length} ${tried.length === 1 ? 'workflow' : 'workflows'}`;
  print.line(`${took === 0 ? 'None' : took} of ${all} in ${oneLine(file)} would take it. Nothing is sent.`);
  for (const one of tried) {
    print.line();
    showWorkflow(print, one);
  }
}

function showWorkflow(print: Printer, { explanation, steps }: Tried): void {
  const { workflow } = explanation;
  const name = print.paint(oneLine(workflow.name), 'bold');
  if (explanation.is === 'other-event') {
    print.line(`${print.paint('–', 'dim')} ${name}  does not take it: it waits for other events`);
    return print.line(`    ${placeName(workflow.at)}  on: ${oneLine(explanation.on.join(', '))}`);
  }
  if (explanation.is === 'false') {
    print.line(`${print.paint('–', 'dim')} ${name}  does not take it: its if is false`);
    return showTerm(print, explanation);
  }
  const { unique, failure } = explanation.match;
  if (failure !== undefined) {
    print.line(`${print.paint('✗', 'red')} ${name}  fails: its if or unique cannot be evaluated`);
    return print.line(`    ${placeName(failure.at)}  ${print.paint(oneLine(failure.message), 'red')}`);
  }
  const once = unique === null ? '' : `, unless a run for ${oneLine(unique, 60)} is there already (unique)`;
  print.line(`${print.paint('✓', 'green')} ${name}  takes it${once}`);
  for (const step of steps) showStep(print, step);
}

function showTerm(print: Printer, { term, workflow }: Extract<Explanation, { is: 'false' }>): void {
  if (term === null) return print.line(`    ${placeName(workflow.at)}  its if is false as a whole`);
  print.line(`    ${placeName(term.at)}  ${print.paint(oneLine(term.text, 300), 'cyan')}  is false`);
  print.table(
    term.values.map(({ path, shown }): Cell[] => [oneLine(path), `= ${oneLine(shown)}`]),
    '      ',
  );
}

const marks = {
  calls: ['✓', 'green'],
  skipped: ['–', 'dim'],
  fails: ['✗', 'red'],
  open: ['?', 'yellow'],
} as const;

function showStep(print: Printer, dry: DryStep): void {
  const { step, is, reads, note, failure } = dry;
  const uses = `${step.connection}.${step.actionName} (${step.connector.name})`;
  const { effects } = guaranteeOf(step);
  const [symbol, hue] = marks[is];
  const end = is === 'skipped' ? `skipped: ${oneLine(note ?? '')}` : `${step.effect}, ${effects} effect`;
  print.line(`  ${print.paint(symbol, hue)} ${print.paint(oneLine(step.id), 'bold')}  ${oneLine(uses)}  ${end}`);
  if (reads.length > 0) {
    print.line(
      `      ${print.paint(`with placeholders for the output of ${reads.map((id) => oneLine(id)).join(', ')}`, 'yellow')}`,
    );
  }
  if (failure !== undefined) {
    const word = is === 'open' ? 'not known before the real output is there' : 'fails without a call';
    print.line(`      ${word}: ${oneLine(failure.message)}`);
    print.line(`      ${placeName(failure.at)}`);
  }
  if (dry.input !== undefined) print.block(stringify(dry.input, { lineWidth: 0 }), '      ');
}

function placeName({ file, line, column }: Place): string {
  return oneLine(`${file}:${line}:${column}`);
}

function toJson({ event, from }: TriedEvent, tried: readonly Tried[]) {
  const { id, type, source, time, receivedAt } = event;
  return {
    event: { id, type, source, time, receivedAt, from },
    workflows: tried.map(({ explanation, steps }) => {
      const { workflow, ...rest } = explanation;
      const why =
        rest.is === 'taken' ? { unique: rest.match.unique, failure: failureToJson(rest.match.failure) } : rest;
      return { name: workflow.name, at: workflow.at, is: rest.is, ...why, steps: steps.map(stepToJson) };
    }),
  };
}

function stepToJson({ step, is, input, failure, note, reads }: DryStep) {
  const { id, connection, connector, actionName, effect } = step;
  const call = {
    id,
    connection,
    action: `${connector.name}.${actionName}`,
    effect,
    effects: guaranteeOf(step).effects,
  };
  return { ...call, is, note: note ?? null, placeholders: reads, input, failure: failureToJson(failure) };
}

function failureToJson(failure: ExpressionFailure | undefined) {
  return failure === undefined ? null : { message: failure.message, at: failure.at };
}
