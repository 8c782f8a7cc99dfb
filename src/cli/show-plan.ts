// What `hookline plan` found, as a person reads it and as JSON.

import type { Change, Compared, ComparedWorkflow, NewError, Tally } from '../run/compare.ts';
import type { Explanation, Workflows } from '../workflow/compile.ts';
import { oneLine } from './format.ts';
import type { Cell, Printer } from './print.ts';

export interface Planned {
  readonly before: Workflows;
  /** In use now, or a file that was given. */
  readonly beforeIs: 'live' | 'file';
  readonly after: Workflows;
  /** The new file as it was given. */
  readonly file: string;
  readonly compared: Compared;
  /** Events that the code of their source cannot read. */
  readonly unread: number;
  /** When the newest and the oldest event was received, ISO 8601. */
  readonly newest: string | null;
  readonly oldest: string | null;
}

export function showCompared(print: Printer, planned: Planned): void {
  const { before, beforeIs, file, compared, unread, newest, oldest } = planned;
  const { events, workflows, calls } = compared;
  const old = `${oneLine(before.file)} (${before.hash.slice(0, 12)}${beforeIs === 'live' ? ', in use' : ''})`;
  print.line(`${print.paint(oneLine(file), 'bold')} instead of ${old}. Nothing is sent.`);
  if (newest === null || oldest === null) {
    return print.line('No event is stored, so there is nothing to compare with.');
  }
  print.line(`${eventCount(events)}, received from ${print.when(oldest)} to ${print.when(newest)}`);
  if (unread > 0) print.line(`Left out, because the code of their source cannot read them: ${eventCount(unread)}`);
  if (workflows.length === 0) print.line('Nothing changes for any of them.');
  for (const workflow of workflows) {
    print.line();
    showWorkflow(print, workflow);
  }
  if (calls.length === 0) return;
  print.line();
  print.table([
    [['calls', 'dim'], ['before', 'dim'], ['after', 'dim'], ''],
    ...calls.map((one): Cell[] => {
      const change = one.after - one.before;
      const shown: Cell = change === 0 ? '' : [change > 0 ? `+${change}` : String(change), 'yellow'];
      return [oneLine(one.connection), String(one.before), String(one.after), shown];
    }),
  ]);
}

function eventCount(count: number): string {
  return `${count} ${count === 1 ? 'event' : 'events'}`;
}

function showWorkflow(print: Printer, { name, taken, lost, changes, moreChanges, errors }: ComparedWorkflow): void {
  print.line(print.paint(oneLine(name), 'bold'));
  if (taken !== null) print.line(`  ${print.paint('+', 'green')} newly takes ${told(taken)}`);
  if (lost !== null) {
    print.line(`  ${print.paint('-', 'red')} no longer takes ${told(lost)}`);
    for (const line of reasonLines(lost.why)) print.line(`      ${line}`);
  }
  for (const error of errors) showError(print, error);
  for (const change of changes) showChange(print, change);
  if (moreChanges > 0) print.line(`  ~ and other fields, ${moreChanges} times`);
}

function told({ count, example }: Tally): string {
  return `${eventCount(count)}, ${count === 1 ? '' : 'such as '}${example}`;
}

function reasonLines(why: Explanation | undefined): readonly string[] {
  if (why === undefined) return ['it is not in the new file'];
  if (why.is === 'other-event') return [`it waits for ${oneLine(why.on.join(', '))}`];
  if (why.is !== 'false' || why.term === null) return ['its if is false'];
  const { text, at, values } = why.term;
  const seen = values.map(({ path, shown }) => `${oneLine(path)} = ${oneLine(shown, 80)}`);
  return [
    `${oneLine(`${at.file}:${at.line}:${at.column}`)}  ${oneLine(text)}  is false`,
    ...seen.map((one) => `  ${one}`),
  ];
}

function showError(print: Printer, error: NewError): void {
  const { step, failure, certain } = error;
  const what =
    step === null ? 'its if or unique cannot be evaluated' : `step ${oneLine(step)} ${certain ? 'fails' : 'may fail'}`;
  const [symbol, hue] = certain ? (['✗', 'red'] as const) : (['?', 'yellow'] as const);
  const { file, line, column } = failure.at;
  print.line(`  ${print.paint(symbol, hue)} ${what} for ${told(error)}`);
  print.line(`      ${oneLine(`${file}:${line}:${column}`)}  ${oneLine(failure.message, 300)}`);
}

function showChange(print: Printer, change: Change): void {
  print.line(`  ${print.paint('~', 'yellow')} ${oneLine(change.path)} changes for ${told(change)}`);
  const [before, after] = around(shownOf(change.before), shownOf(change.after));
  print.line(`      ${print.paint(`- ${before}`, 'red')}`);
  print.line(`      ${print.paint(`+ ${after}`, 'green')}`);
}

function shownOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value), Infinity);
}

/** Most characters of a value; of a longer one the part where it begins to differ. */
const most = 160;
const lead = 40;

function around(before: string, after: string): readonly [string, string] {
  if (before.length <= most && after.length <= most) return [before, after];
  let same = 0;
  while (same < before.length && before[same] === after[same]) same += 1;
  const start = same <= lead ? 0 : same - lead;
  const cut = (text: string) => (start === 0 ? '' : '…') + oneLine(text.slice(start), most);
  return [cut(before), cut(after)];
}

export function comparedToJson({ before, beforeIs, after, compared, unread, newest, oldest }: Planned) {
  const fileOf = ({ file, hash }: Workflows) => ({ file, hash });
  return {
    before: { ...fileOf(before), is: beforeIs },
    after: fileOf(after),
    events: { count: compared.events, unread, newest, oldest },
    changed: compared.workflows.length > 0,
    workflows: compared.workflows.map(({ lost, errors, changes, ...rest }) => ({
      ...rest,
      lost: lost && { count: lost.count, example: lost.example, why: reasonLines(lost.why) },
      // A value that is not there is left out.
      changes,
      errors: errors.map(({ failure, ...error }) => ({ ...error, message: failure.message, at: failure.at })),
    })),
    calls: compared.calls,
  };
}
