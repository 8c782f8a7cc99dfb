// What `hookline try` found, as a person reads it and as JSON.

import { stringify } from 'yaml';
import type { RunDetail, StepView } from '../console/api/run-view.ts';
import type { DryStep } from '../run/dry-run.ts';
import type { Explanation, ExpressionFailure, Step } from '../workflow/compile.ts';
import { guaranteeOf } from '../workflow/guarantee.ts';
import type { Place } from '../workflow/problem.ts';
import { describeError, mark, oneLine, statusWord } from './format.ts';
import type { Cell, Printer } from './print.ts';
import { showSandboxes } from './sandbox.ts';
import type { TriedEvent } from './try-event.ts';
import type { SandboxRun } from './try-sandbox.ts';

export interface Tried {
  readonly explanation: Explanation;
  readonly steps: readonly DryStep[];
}

export interface Shown {
  /** The workflow file as it was given. */
  readonly file: string;
  readonly found: TriedEvent;
  readonly tried: readonly Tried[];
  /** With `--sandbox`. */
  readonly ran: SandboxRun | undefined;
}

export function showAll(print: Printer, { file, found: { event, from }, tried, ran }: Shown): void {
  print.line(`${print.paint(oneLine(event.type), 'bold')} from ${oneLine(event.source)} (${oneLine(from)})`);
  const took = tried.filter(({ explanation }) => explanation.is === 'taken').length;
  const all = `${tried.length} ${tried.length === 1 ? 'workflow' : 'workflows'}`;
  const count = `${took === 0 ? 'None' : took} of ${all} in ${oneLine(file)}`;
  if (ran === undefined) print.line(`${count} would take it. Nothing is sent.`);
  else print.line(`${count} took it. Its steps ran against sandboxes in this process; nothing left this machine.`);
  for (const one of tried) {
    print.line();
    const run = ran?.runs.find(({ workflow }) => workflow === one.explanation.workflow.name);
    showWorkflow(print, one, run);
  }
  if (ran === undefined) return;
  print.line();
  print.line(print.paint('What arrived in the sandboxes', 'bold'));
  if (ran.sandboxes.every(({ total }) => total === 0)) return print.line('Nothing.');
  const filled = ran.sandboxes.filter(({ total }) => total > 0);
  showSandboxes(print, { sandboxes: filled }, undefined);
}

function showWorkflow(print: Printer, { explanation, steps }: Tried, run: RunDetail | undefined): void {
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
  if (run !== undefined) return showRun(print, explanation.workflow.steps, run);
  const once = unique === null ? '' : `, unless a run for ${oneLine(unique, 60)} is there already (unique)`;
  print.line(`${print.paint('✓', 'green')} ${name}  takes it${once}`);
  for (const step of steps) showStep(print, step);
}

function showRun(print: Printer, steps: readonly Step[], run: RunDetail): void {
  const [symbol, hue] = mark(run.status);
  const end = `took it: ${statusWord(run.status, run.reason)}`;
  print.line(`${print.paint(symbol, hue)} ${print.paint(oneLine(run.workflow), 'bold')}  ${end}`);
  for (const view of run.steps)
    showResult(
      print,
      steps.find(({ id }) => id === view.id),
      view,
    );
}

function showResult(print: Printer, step: Step | undefined, view: StepView): void {
  const [symbol, hue] = mark(view.status);
  const uses = step === undefined ? '' : `${step.connection}.${step.actionName} (${step.connector.name})`;
  const note = view.note === null ? '' : `: ${oneLine(view.note)}`;
  const end = `${statusWord(view.status, view.reason)}${note}`;
  print.line(`  ${print.paint(symbol, hue)} ${print.paint(oneLine(view.id), 'bold')}  ${oneLine(uses)}  ${end}`);
  if (view.error !== null) print.line(`      ${print.paint(describeError(view.error), 'red')}`);
  if (view.input !== undefined) print.block(stringify(view.input, { lineWidth: 0 }), '      ');
  if (view.output === undefined) return;
  print.line(`    ${print.paint('gave', 'dim')}`);
  print.block(stringify(view.output, { lineWidth: 0 }), '      ');
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

export function toJson({ event, from }: TriedEvent, tried: readonly Tried[], ran: SandboxRun | undefined) {
  const { id, type, source, time, receivedAt } = event;
  return {
    event: { id, type, source, time, receivedAt, from },
    workflows: tried.map(({ explanation, steps }) => {
      const { workflow, ...rest } = explanation;
      const why =
        rest.is === 'taken' ? { unique: rest.match.unique, failure: failureToJson(rest.match.failure) } : rest;
      return { name: workflow.name, at: workflow.at, is: rest.is, ...why, steps: steps.map(stepToJson) };
    }),
    ...(ran === undefined ? {} : { sandbox: ran }),
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
