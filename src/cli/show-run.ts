// One run as a person reads it: its steps and attempts, the question it asks, and the commands that answer it.

import type { AttemptView, Question } from '../console/api/attempt-view.ts';
import type { RunDetail, StepView } from '../console/api/run-view.ts';
import { brief, callName, clockTime, describeError, mark, oneLine, relative, span, statusWord } from './format.ts';
import type { Cell, Printer } from './print.ts';

export function showRun(print: Printer, run: RunDetail): void {
  print.line(`${print.paint(run.id, 'bold')}  ${oneLine(run.workflow)}  ${print.status(run.status, run.reason)}`);
  const event = run.event;
  const from = event === null ? '' : `  ${oneLine(event.type)} from ${oneLine(event.source)}`;
  const times: [string, string | null][] = [
    ['created', run.createdAt],
    ['started', run.startedAt],
    ['ended', run.endedAt],
    [run.status === 'waiting' ? 'next try' : 'due', run.endedAt === null ? run.dueAt : null],
    ['time limit', run.endedAt === null ? run.deadlineAt : null],
  ];
  print.table(
    [
      ['event', run.eventId + from],
      ...(run.replay === 0 ? [] : [['replay', String(run.replay)]]),
      ...times.flatMap(([name, at]) => (at === null ? [] : [[name, print.when(at)]])),
      ...(run.error === null ? [] : [['error', print.paint(describeError(run.error), 'red')]]),
    ],
    '  ',
  );
  for (const step of run.steps) {
    print.line();
    showStep(
      print,
      step,
      run.attempts.filter((attempt) => attempt.step === step.id),
    );
  }
  for (const question of run.questions) showQuestion(print, run, question);
  showAdvice(print, run);
}

function showStep(print: Printer, step: StepView, attempts: readonly AttemptView[]): void {
  const last = attempts.at(-1);
  const uses = last === undefined ? '' : `  ${callName(last.connection, last.action)}`;
  const note = step.note === null ? '' : ` (${oneLine(step.note)})`;
  const status = statusWord(step.status, step.reason);
  const due =
    step.status === 'waiting' && step.dueAt !== null ? `, next try ${relative(Date.parse(step.dueAt), print.now)}` : '';
  const [symbol, hue] = mark(step.status);
  print.line(
    `${print.paint(symbol, hue)} ${print.paint(oneLine(step.id), 'bold')}${uses}  ${print.paint(status, hue)}${due}${note}`,
  );
  print.table(
    attempts.map((attempt) => attemptRow(attempt)),
    '    ',
  );
  if (step.error !== null && step.error.message !== last?.error?.message) {
    print.line(`    ${print.paint(describeError(step.error), 'red')}`);
  }
  if (step.output !== undefined && step.output !== null) print.line(`    output ${brief(step.output, 160)}`);
}

function attemptRow(attempt: AttemptView): Cell[] {
  const begun = Date.parse(attempt.begunAt);
  const took = attempt.endedAt === null ? '' : span(Date.parse(attempt.endedAt) - begun);
  const wish = attempt.retryAfterMs === null ? '' : ` (asked to wait ${span(attempt.retryAfterMs)})`;
  const late = attempt.late ? ' (came too late, evidence only)' : '';
  const why = attempt.error === null ? '' : describeError(attempt.error);
  return [
    mark(attempt.status),
    `attempt ${attempt.number}`,
    statusWord(attempt.status),
    clockTime(begun),
    took,
    [attempt.effect, 'dim'],
    why + wish + late,
  ];
}

function showQuestion(print: Printer, run: RunDetail, question: Question): void {
  const { step, connection, action, key, input, error, endedAt, begunAt } = question;
  const only = run.questions.length === 1 ? '' : ` --step ${oneLine(step)}`;
  const why = error === null ? '' : `: ${describeError(error)}`;
  print.line();
  print.line(print.paint(`Did step "${oneLine(step)}" happen? Hookline cannot know${why}`, 'magenta'));
  print.line(
    `  Check "${oneLine(connection)}" for what ${callName(connection, action)} sent at ${print.when(begunAt)}${endTime(begunAt, endedAt)}`,
  );
  print.table([['key', key], ...inputRows(input)], '    ');
  print.table(
    [
      ['It happened:', `hookline resolve ${run.id}${only} --happened`],
      ['It did not, do it again:', `hookline resolve ${run.id}${only} --again`],
    ],
    '  ',
  );
}

function endTime(begunAt: string, endedAt: string | null): string {
  return endedAt === null ? ':' : `, given up after ${span(Date.parse(endedAt) - Date.parse(begunAt))}:`;
}

function inputRows(input: unknown): Cell[][] {
  if (input === null || typeof input !== 'object') return [];
  return Object.entries(input).map(([name, value]) => [oneLine(name), brief(value, 160)]);
}

function showAdvice(print: Printer, run: RunDetail): void {
  const rows = adviceFor(run);
  if (rows.length === 0) return;
  print.line();
  print.table(rows);
}

function adviceFor(run: RunDetail): Cell[][] {
  const connection = oneLine(run.connection);
  if (run.status === 'canceled') return [['Go on after all:', `hookline retry ${run.id}`]];
  if (run.status === 'failed') {
    return [
      ['Go on at the failed step:', `hookline retry ${run.id}`],
      ['The same with the file as it is now:', `hookline retry ${run.id} --latest`],
      ['Start over as a new run:', `hookline replay ${run.eventId} --workflow ${oneLine(run.workflow)}`],
    ];
  }
  if (run.status !== 'held') return [];
  const cancel: Cell[] = ['Give it up:', `hookline cancel ${run.id}`];
  switch (run.reason) {
    case 'credentials':
      return [
        [`Connection "${connection}" was refused: mend its credentials, then`, `hookline resume ${connection}`],
        cancel,
      ];
    case 'paused':
      if (connection === '') {
        const name = oneLine(run.workflow);
        return [[`Workflow "${name}" is paused; go on with`, `hookline resume --workflow ${name}`], cancel];
      }
      return [[`Connection "${connection}" is paused; go on with`, `hookline resume ${connection}`], cancel];
    case 'missing':
      return [[`"${connection}" is not in the workflow file any more: put it back and start Hookline again`], cancel];
    default:
      return [cancel];
  }
}
