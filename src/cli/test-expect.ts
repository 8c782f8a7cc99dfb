// What a test expects of a workflow, against what the matcher said and what its run came to.

import type { Trial, TrialStep } from '../run/trial.ts';
import type { Explanation } from '../workflow/compile.ts';
import { child, entriesOf, itemsOf, textOf, type Entry, type Node } from '../workflow/node.ts';
import type { Span } from '../workflow/report.ts';
import { oneLine } from './format.ts';
import { compare, show } from './test-compare.ts';

/** What was not as expected. */
export interface Miss {
  readonly span: Span;
  readonly path: string;
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly details?: readonly string[];
}

type Explained = ReadonlyMap<string, Explanation>;

/** The workflows that take the event are exactly these. */
export function expectMatches(matches: Node | undefined, explained: Explained): readonly Miss[] {
  if (matches === undefined) return [];
  const listed = new Map(itemsOf(matches).map((item) => [textOf(item) ?? '', item]));
  return [...explained.values()].flatMap((explanation): Miss[] => {
    const { name } = explanation.workflow;
    const item = listed.get(name);
    if ((explanation.is === 'taken') === (item !== undefined)) return [];
    return [matchMiss(explanation, item ?? matches)];
  });
}

function matchMiss(explanation: Explanation, span: Span): Miss {
  const words = ['match', 'no match'] as const;
  const [actual, expected] = explanation.is === 'taken' ? words : words.toReversed();
  const path = explanation.workflow.name;
  return { span, path, message: 'match', expected: expected ?? '', actual: actual ?? '', details: whyNot(explanation) };
}

/** Why a workflow does not take the event: where it stands, and the values seen. */
function whyNot(explanation: Explanation): readonly string[] {
  if (explanation.is === 'taken') return [];
  const { file, line, column } =
    (explanation.is === 'false' ? explanation.term?.at : undefined) ?? explanation.workflow.at;
  const at = `${file}:${line}:${column}`;
  if (explanation.is === 'other-event') return [`${at}  on: ${explanation.on.join(', ')}`];
  const { term } = explanation;
  if (term === null) return [`${at}  its if is false as a whole`];
  return [`${at}  ${term.text}  is false`, ...term.values.map(({ path, shown }) => `  ${path} = ${shown}`)];
}

/** Whether it takes the event, and because of which term not. */
export function expectWorkflow(explanation: Explanation, { key, value }: Entry): readonly Miss[] {
  const { name } = explanation.workflow;
  const because = child(value, 'because');
  if (because !== undefined && explanation.is !== 'taken') return expectTerm(explanation, because);
  const match = child(value, 'match');
  const refused = because !== undefined || (match?.kind === 'scalar' && match.value === false);
  const expected = textOf(value) === 'no match' || refused ? 'no match' : 'match';
  const actual = explanation.is === 'taken' ? 'match' : 'no match';
  if (expected === actual) return expectUnique(explanation, name, child(value, 'unique'));
  return [matchMiss(explanation, value.kind === 'map' ? key : value)];
}

function expectTerm(explanation: Explanation, because: Node): readonly Miss[] {
  const flat = (text: string) => text.trim().replace(/\s+/g, ' ');
  const expected = flat(textOf(because) ?? '');
  const actual =
    explanation.is === 'false' ? (explanation.term?.text ?? 'its if as a whole') : 'it waits for other events';
  if (explanation.is === 'false' && expected === flat(actual)) return [];
  const path = `${explanation.workflow.name}.because`;
  const shown = { expected: oneLine(expected), actual: oneLine(actual) };
  return [{ span: because, path, message: 'first false term', ...shown, details: whyNot(explanation) }];
}

function expectUnique(explanation: Explanation, name: string, unique: Node | undefined): readonly Miss[] {
  if (unique === undefined || explanation.is !== 'taken') return [];
  return compare(unique, explanation.match.unique, `${name}.unique`, true).map((one) => ({
    message: 'unique',
    ...one,
  }));
}

/** What its run came to. `trial`: undefined when its `if` failed. */
export function expectRun(explanation: Explanation, trial: Trial | undefined, { value }: Entry): readonly Miss[] {
  if (explanation.is !== 'taken') return [];
  const { name } = explanation.workflow;
  const failure = explanation.match.failure;
  const status = failure === undefined ? trial?.state.status : 'failed';
  const reason = trial?.state.reason ?? null;
  const details = failure === undefined ? why(trial) : [failure.message];
  const misses = [
    ...expectValue(child(value, 'status'), status, `${name}.status`, details),
    ...expectValue(child(value, 'reason'), reason, `${name}.reason`, details),
    ...expectPart(child(value, 'error'), failure?.message ?? trial?.state.error?.message, `${name}.error`),
  ];
  for (const [id, entry] of entriesOf(child(value, 'steps'))) {
    const step = trial?.steps.find((one) => one.step.id === id);
    if (step !== undefined) misses.push(...expectStep(step, `${name}.${id}`, entry.value));
    else
      misses.push({ span: entry.key, path: `${name}.${id}`, message: 'the run failed before its first step', details });
  }
  return misses;
}

/** The steps that did not succeed, when the run did not. */
function why(trial: Trial | undefined): readonly string[] {
  return (trial?.steps ?? []).flatMap((step) => (step.state.status === 'succeeded' ? [] : whyStep(step)));
}

function whyStep({ step, state, failure, reads }: TrialStep): readonly string[] {
  const note = state.note === undefined ? '' : ` (${state.note})`;
  const error = failure?.message ?? state.error?.message;
  const reason = state.reason === undefined ? '' : `: ${state.reason.replace('_', ' ')}`;
  const lines = [`${step.id} is ${state.status}${reason}${note}${error === undefined ? '' : `: ${error}`}`];
  if (failure !== undefined) lines.push(`  ${failure.at.file}:${failure.at.line}:${failure.at.column}`);
  if (failure !== undefined && reads.length > 0) {
    lines.push(`  the output of ${reads.join(', ')} is made up; give an answer with a real one`);
  }
  return lines;
}

function expectStep(step: TrialStep, path: string, expected: Node): readonly Miss[] {
  const { state } = step;
  const details = state.status === 'succeeded' ? [] : whyStep(step);
  const status = expected.kind === 'scalar' ? expected : child(expected, 'status');
  const input = child(expected, 'input');
  const exact = child(expected, 'inputExactly');
  const rendered = step.failure === undefined ? state.input : undefined;
  return [
    ...expectValue(status, state.status, `${path}.status`, details),
    ...expectValue(child(expected, 'reason'), state.reason, `${path}.reason`, details),
    ...expectPart(child(expected, 'note'), state.note, `${path}.note`),
    ...expectValue(child(expected, 'attempts'), state.attempts, `${path}.attempts`, details),
    ...expectPart(child(expected, 'error'), step.failure?.message ?? state.error?.message, `${path}.error`),
    ...expectInput(input, rendered, `${path}.input`, false, details),
    ...expectInput(exact, rendered, `${path}.input`, true, details),
  ];
}

function expectInput(
  expected: Node | undefined,
  actual: unknown,
  path: string,
  exact: boolean,
  details: readonly string[],
): readonly Miss[] {
  if (expected === undefined) return [];
  const why = actual === undefined ? details : [];
  return compare(expected, actual, path, exact).map((one) => ({ message: 'input', ...one, details: why }));
}

function expectValue(
  expected: Node | undefined,
  actual: unknown,
  path: string,
  details: readonly string[],
): readonly Miss[] {
  if (expected === undefined) return [];
  const message = path.slice(path.lastIndexOf('.') + 1);
  return compare(expected, actual, path, true).map((one) => ({ message, ...one, details }));
}

/** A text that holds the expected one. */
function expectPart(expected: Node | undefined, actual: string | undefined, path: string): readonly Miss[] {
  const text = textOf(expected);
  if (expected === undefined || text === undefined || actual?.includes(text) === true) return [];
  return [{ span: expected, path, message: 'text', expected: oneLine(`… ${text} …`), actual: show(actual) }];
}
