// Runs one test: its event through the real matcher, and its runs through the real decisions with the answers it gives.

import { performance } from 'node:perf_hooks';
import type { StepState } from '../core/model.ts';
import type { Settings } from '../core/settings.ts';
import { runTrial, type Answer, type AnswerWord, type StepAnswers, type Trial } from '../run/trial.ts';
import type { EventScope, Explanation, Workflows } from '../workflow/compile.ts';
import type { Place } from '../workflow/problem.ts';
import type { Span } from '../workflow/report.ts';
import type { TestCase, TestFile, WrittenAnswer } from '../workflow/test-file.ts';
import { expectMatches, expectRun, expectWorkflow, type Miss } from './test-expect.ts';

/** One expectation that was not met. */
export interface Failure {
  readonly at: Place;
  readonly path: string;
  readonly message: string;
  readonly expected: string | null;
  readonly actual: string | null;
  /** What helps to see why. */
  readonly details: readonly string[];
}

export interface TestResult {
  readonly name: string;
  readonly at: Place;
  readonly failures: readonly Failure[];
  /** Steps, as `workflow.step`, whose outputs were made up and read by others. */
  readonly placeholders: readonly string[];
  readonly tookMs: number;
}

export interface TestParts {
  readonly workflows: Workflows;
  readonly settings: Settings;
  readonly file: TestFile;
}

export function runTest(test: TestCase, event: EventScope, { workflows, settings, file }: TestParts): TestResult {
  const begun = performance.now();
  const explained = new Map((workflows.explain?.(event) ?? []).map((one) => [one.workflow.name, one]));
  const misses: Miss[] = [...expectMatches(test.matches, explained)];
  const placeholders = new Set<string>();
  for (const name of new Set([...test.expect.keys(), ...test.answers.keys()])) {
    const explanation = explained.get(name);
    if (explanation === undefined) continue;
    const entry = test.expect.get(name);
    if (entry !== undefined) misses.push(...expectWorkflow(explanation, entry));
    const trial = tryRun(explanation, event, settings, test);
    misses.push(...checkAnswers(name, trial, test));
    if (entry !== undefined) misses.push(...expectRun(explanation, trial, entry));
    for (const { reads } of trial?.steps ?? []) for (const id of reads) placeholders.add(`${name}.${id}`);
  }
  const place = ({ offset }: Span) => file.source.place(offset);
  return {
    name: test.name,
    at: place(test.span),
    failures: misses.sort((a, b) => a.span.offset - b.span.offset).map((miss) => failure(miss, place)),
    placeholders: [...placeholders],
    tookMs: performance.now() - begun,
  };
}

function failure({ span, path, message, expected, actual, details }: Miss, place: (span: Span) => Place): Failure {
  return { at: place(span), path, message, expected: expected ?? null, actual: actual ?? null, details: details ?? [] };
}

/** Undefined when there is no run, or it fails before its first step. */
export function tryRun(
  explanation: Explanation,
  event: EventScope,
  settings: Settings,
  { answers }: Pick<TestCase, 'answers'>,
): Trial | undefined {
  if (explanation.is !== 'taken' || explanation.match.failure !== undefined) return undefined;
  const { workflow } = explanation;
  const given = answers.get(workflow.name);
  return runTrial({
    workflow,
    event,
    settings,
    run: { id: 'run_test', startedAt: event.receivedAt, replay: 0 },
    answers: (step) => toStepAnswers(given?.get(step)),
  });
}

/** As the engine is given them. */
export function toStepAnswers(written: readonly WrittenAnswer[] | undefined): StepAnswers | undefined {
  if (written === undefined) return undefined;
  return { answers: written.map(toAnswer), always: written.at(-1)?.always === true };
}

function toAnswer({ word, value }: WrittenAnswer): Answer {
  const is = word as AnswerWord;
  switch (is) {
    case 'succeeded':
    case 'found':
    case 'happened':
      return value === undefined ? { is } : { is, output: value };
    case 'absent':
    case 'unknown':
    case 'again':
      return { is };
    default:
      return { is, message: typeof value === 'string' ? value : is.replace('_', ' ') };
  }
}

/** An answer that is never taken, or stands where another is asked for, is not what its author meant. */
function checkAnswers(name: string, trial: Trial | undefined, { answers }: TestCase): readonly Miss[] {
  return [...(answers.get(name) ?? [])].flatMap(([id, written]): Miss[] => {
    const step = trial?.steps.find((one) => one.step.id === id);
    const next = written[step?.used ?? 0];
    if (next === undefined) return [];
    const is = step === undefined ? 'the workflow has no run' : `the step is ${statusOf(step.state)}`;
    const why = step?.misfit === undefined ? is : `${is}, so one of ${step.misfit.join(', ')} is`;
    return [{ span: next.span, path: `${name}.${id}`, message: `the answer "${next.word}" is not asked for: ${why}` }];
  });
}

function statusOf({ status, note }: StepState): string {
  return note === undefined ? status : `${status} (${note})`;
}
