// Text of a test file → its tests with the place of every value, checked against the workflows that they are about.

import type { Action } from '../plugin/index.ts';
import type { Workflow, Workflows } from './compile.ts';
import { reportFaults } from './faults.ts';
import { closed } from './input-schema.ts';
import { child, entriesOf, itemsOf, textOf, toData, type Entry, type MapNode, type Node } from './node.ts';
import { createSourceText, type SourceText } from './place.ts';
import type { Problem } from './problem.ts';
import { readTree } from './read.ts';
import { createReport, type Report, type Span } from './report.ts';
import { nearest } from './suggest.ts';
import { testFileSchema } from './test-schema.ts';
import { createValidators, type Validate } from './validate.ts';

/** One answer as it is written; without a value where only the word stands. */
export interface WrittenAnswer {
  readonly word: string;
  readonly value?: unknown;
  readonly always: boolean;
  readonly span: Span;
}

export interface TestCase {
  readonly name: string;
  readonly span: Span;
  readonly event: Node;
  /** Workflow → step → answers, in order. */
  readonly answers: ReadonlyMap<string, ReadonlyMap<string, readonly WrittenAnswer[]>>;
  readonly matches: Node | undefined;
  /** Workflow → what is expected of it. */
  readonly expect: ReadonlyMap<string, Entry>;
}

export interface TestFile {
  readonly source: SourceText;
  readonly report: Report;
  /** None when the file has errors. */
  readonly tests: readonly TestCase[];
  problems(): readonly Problem[];
}

/** Never throws for anything the text holds. */
export function readTestFile(given: { readonly file: string; readonly text: string }, workflows: Workflows): TestFile {
  const source = createSourceText(given.file, given.text.replace(/^\uFEFF/, ''));
  const report = createReport(source);
  const tree = readTree(report);
  const checking: Checking = { workflows, report, validators: createValidators(), outputs: new Map() };
  const tests = tree === undefined ? [] : checkTests(tree, checking);
  return { source, report, tests: report.failed() ? [] : tests, problems: () => report.problems() };
}

interface Checking {
  readonly workflows: Workflows;
  readonly report: Report;
  readonly validators: ReturnType<typeof createValidators>;
  readonly outputs: Map<Action, Validate>;
}

function checkTests(tree: Node, checking: Checking): readonly TestCase[] {
  const { report, validators } = checking;
  const faults = validators.compile(closed(testFileSchema))(toData(tree));
  reportFaults(faults, tree, { offset: 0, end: 0, path: '' }, report, '');
  if (report.failed()) return [];
  return [...entriesOf(child(tree, 'tests'))].map(([name, { key, value }]) => checkTest(name, key, value, checking));
}

function checkTest(name: string, span: Span, node: Node, checking: Checking): TestCase {
  const { report, workflows } = checking;
  const expect = entriesOf(child(node, 'expect'));
  const matches = child(node, 'matches');
  if (expect.size === 0 && matches === undefined) {
    report.error('value.missing-key', span, `test "${name}" expects nothing`, 'Add "expect" or "matches".');
  }
  for (const item of itemsOf(matches)) {
    const found = textOf(item) ?? '';
    if (!workflows.workflows.has(found)) unknown('value.invalid', item, 'workflow', found, workflows.workflows, report);
  }
  for (const [workflowName, { key, value }] of expect) {
    const workflow = findWorkflow(workflowName, key, checking);
    if (workflow !== undefined) checkExpectation(workflow, key, value, report);
  }
  return { name, span, event: child(node, 'event') ?? node, answers: readAnswers(node, checking), matches, expect };
}

function checkExpectation(workflow: Workflow, key: Span, node: Node, report: Report): void {
  const steps = stepsOf(workflow);
  for (const [id, { key: idKey }] of entriesOf(child(node, 'steps'))) {
    if (!steps.has(id)) unknown('value.unknown-key', idKey, `step of "${workflow.name}"`, id, steps, report);
  }
  const goesOn = ['status', 'reason', 'error', 'steps', 'unique'].find((word) => child(node, word) !== undefined);
  const matches = child(node, 'match');
  const refused = child(node, 'because') !== undefined || (matches?.kind === 'scalar' && matches.value === false);
  if (goesOn === undefined || !refused) return;
  report.error(
    'value.invalid',
    key,
    `"${workflow.name}" cannot both leave the event and have "${goesOn}"`,
    'Remove one of them.',
  );
}

function readAnswers(node: Node, checking: Checking): TestCase['answers'] {
  const answers = new Map<string, ReadonlyMap<string, readonly WrittenAnswer[]>>();
  for (const [name, { key, value }] of entriesOf(child(node, 'answers'))) {
    const workflow = findWorkflow(name, key, checking);
    if (workflow !== undefined) answers.set(name, readSteps(workflow, value, checking));
  }
  return answers;
}

function readSteps(workflow: Workflow, node: Node, checking: Checking): ReadonlyMap<string, readonly WrittenAnswer[]> {
  const steps = stepsOf(workflow);
  const found = new Map<string, readonly WrittenAnswer[]>();
  for (const [id, { key, value }] of entriesOf(node)) {
    const step = steps.get(id);
    if (step === undefined) {
      unknown('value.unknown-key', key, `step of "${workflow.name}"`, id, steps, checking.report);
      continue;
    }
    const items = value.kind === 'list' ? value.items : [value];
    found.set(
      id,
      items.flatMap((item) => readAnswer(item, step.action, checking) ?? []),
    );
  }
  return found;
}

function readAnswer(node: Node, action: Action, checking: Checking): WrittenAnswer | undefined {
  if (node.kind !== 'map') return { word: textOf(node) ?? '', always: false, span: node };
  const words = [...node.entries.keys()].filter((word) => word !== 'always');
  const [word, second] = words;
  const entry = word === undefined ? undefined : node.entries.get(word);
  if (word === undefined || entry === undefined || second !== undefined) {
    const what = second === undefined ? 'says nothing' : `says both "${word}" and "${second}"`;
    checking.report.error('value.invalid', node, `the answer ${what}`, 'Write one word; several answers are a list.');
    return undefined;
  }
  const always = node.entries.has('always');
  if (['succeeded', 'found', 'happened'].includes(word)) checkOutput(word, entry, node, action, checking);
  return { word, value: toData(entry.value), always, span: entry.key };
}

function checkOutput(word: string, entry: Entry, node: MapNode, action: Action, checking: Checking): void {
  const { outputs, validators, report } = checking;
  const validate = outputs.get(action) ?? validators.compile(closed(action.output));
  outputs.set(action, validate);
  // Within the answer, so that a missing field is told at the word.
  const faults = validate(toData(entry.value)).map((fault) => ({ ...fault, path: [word, ...fault.path] }));
  reportFaults(faults, node, entry.key, report, '');
}

function findWorkflow(name: string, key: Span, { workflows, report }: Checking): Workflow | undefined {
  const found = workflows.workflows.get(name);
  if (found === undefined) unknown('value.unknown-key', key, 'workflow', name, workflows.workflows, report);
  return found;
}

function stepsOf(workflow: Workflow) {
  return new Map(workflow.steps.map((step) => [step.id, step]));
}

function unknown(
  code: 'value.unknown-key' | 'value.invalid',
  span: Span,
  what: string,
  name: string,
  known: ReadonlyMap<string, unknown>,
  report: Report,
): void {
  const near = nearest(name, [...known.keys()]);
  const names = [...known.keys()].slice(0, 20).join(', ');
  const hint = near === undefined ? `There is ${names || 'none'}.` : `Did you mean "${near}"?`;
  report.error(code, span, `"${name}" is no ${what}`, hint);
}
