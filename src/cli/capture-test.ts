// A stored event and its runs → a test with fakes: what it gives and expects, and what is to be known of it.

import type { Settings } from '../core/settings.ts';
import type { EventDetail } from '../console/api/events.ts';
import type { RunDetail } from '../console/api/run-view.ts';
import { runTrial, type Trial } from '../run/trial.ts';
import type { EventScope, Explanation, Workflows } from '../workflow/compile.ts';
import type { TestCase, WrittenAnswer } from '../workflow/test-file.ts';
import { recordedAnswers } from './capture-answers.ts';
import { createMask, type Mask, type Source } from './capture-mask.ts';
import { sourceOfName } from './test-event.ts';
import { toStepAnswers, tryRun } from './test-run.ts';

export interface CaptureTest {
  readonly detail: EventDetail;
  /** One of a workflow. */
  readonly runs: readonly RunDetail[];
  readonly workflows: Workflows;
  readonly settings: Settings;
  readonly keepText: boolean;
  /** A secret of this capture, by which its fakes are made. */
  readonly salt: Uint8Array;
}

export interface CapturedTest {
  /** As it stands in the test file, below its name. */
  readonly test: Readonly<Record<string, unknown>>;
  /** Where the test differs from what happened, in sentences. */
  readonly notes: readonly string[];
}

export function captureTest(capture: CaptureTest): CapturedTest {
  const { detail, runs, workflows, settings } = capture;
  const { id, source, type, time, receivedAt, payload } = detail;
  const real: EventScope = {
    id,
    source,
    type,
    time,
    receivedAt,
    data: payload.data ?? null,
    body: payload.body ?? null,
  };
  const answers = new Map(runs.map((run) => [run.workflow, recordedAnswers(run)]));
  const sources = sourcesOf(real, answers, capture);
  const mask = createMask(sources.all, capture);
  const event = { ...real, data: mask.apply(sources.data), body: mask.apply(sources.body) };
  const before = follow(real, answers, workflows, settings);
  const masked = maskAnswers(answers, workflows, mask);
  const after = follow(event, masked, workflows, settings);
  const alike = JSON.stringify(outcomes(follow({ ...event, body: event.data }, masked, workflows, settings)));
  const needsBody = alike !== JSON.stringify(outcomes(after));
  const { data, body, ...rest } = event;
  return {
    test: {
      event: { ...rest, data, ...(needsBody ? { body } : {}) },
      ...writeAnswers(masked, after),
      expect: Object.fromEntries(after.flatMap(expectationOf)),
    },
    notes: [...runs.flatMap((run) => unlikeRecorded(run, capture, real, answers)), ...changedByFakes(before, after)],
  };
}

type Answers = TestCase['answers'];

interface Followed {
  readonly explanation: Explanation;
  readonly trial: Trial | undefined;
}

function follow(event: EventScope, answers: Answers, workflows: Workflows, settings: Settings): readonly Followed[] {
  return (workflows.explain?.(event) ?? []).map((explanation) => {
    return { explanation, trial: tryRun(explanation, event, settings, { answers }) };
  });
}

/** Everything personal can stand in, with the schemas that mark it. */
function sourcesOf(event: EventScope, answers: Answers, { workflows, runs }: CaptureTest) {
  const data: Source = {
    value: event.data,
    schema: sourceOfName(event.source, workflows.sources)?.catalogue.schema(event.type),
  };
  const body: Source = { value: event.body, schema: undefined };
  const outputs = [...answers].flatMap(([name, steps]) =>
    [...steps].flatMap(([id, list]) =>
      list
        .filter(({ word }) => outputWords.has(word))
        .map((one) => ({ value: one.value, schema: outputSchema(workflows, name, id) })),
    ),
  );
  const inputs = runs.flatMap((run) => run.steps.map(({ input }): Source => ({ value: input, schema: undefined })));
  return { data, body, all: [data, body, ...outputs, ...inputs] };
}

function outputSchema(workflows: Workflows, name: string, id: string) {
  return workflows.workflows.get(name)?.steps.find((step) => step.id === id)?.action.output;
}

function maskAnswers(answers: Answers, workflows: Workflows, mask: Mask): Answers {
  const maskOne = (name: string, id: string) => (one: WrittenAnswer) => {
    if (typeof one.value === 'string' && !outputWords.has(one.word)) return { ...one, value: mask.text(one.value) };
    return { ...one, value: mask.apply({ value: one.value, schema: outputSchema(workflows, name, id) }) };
  };
  return new Map(
    [...answers].map(([name, steps]) => [
      name,
      new Map([...steps].map(([id, list]) => [id, list.map(maskOne(name, id))])),
    ]),
  );
}

const outputWords: ReadonlySet<string> = new Set(['succeeded', 'found', 'happened']);

/** Those that were taken; the others would be of no use to the test. */
function writeAnswers(answers: Answers, followed: readonly Followed[]) {
  const written = followed.flatMap(({ explanation, trial }) => {
    const given = answers.get(explanation.workflow.name);
    const steps = (trial?.steps ?? []).flatMap(({ step, used }) => {
      const list = (given?.get(step.id) ?? []).slice(0, used).map(writeAnswer);
      return list.length === 0 ? [] : [[step.id, list.length === 1 ? list[0] : list] as const];
    });
    return steps.length === 0 ? [] : [[explanation.workflow.name, Object.fromEntries(steps)] as const];
  });
  return written.length === 0 ? {} : { answers: Object.fromEntries(written) };
}

function writeAnswer({ word, value, always }: WrittenAnswer): unknown {
  if (value === undefined) return word;
  return { [word]: value, ...(always ? { always } : {}) };
}

function expectationOf({ explanation, trial }: Followed): (readonly [string, unknown])[] {
  const { name } = explanation.workflow;
  if (explanation.is === 'other-event') return [];
  if (explanation.is === 'false') return [[name, 'no match']];
  if (trial === undefined) return [[name, { status: 'failed' }]];
  const { status, reason } = trial.state;
  const steps = trial.steps.map(({ step, state, failure }) => {
    const why = state.reason === undefined ? {} : { reason: state.reason };
    const input = state.input === undefined || failure !== undefined ? {} : { inputExactly: state.input };
    const all = { status: state.status, ...why, ...input };
    return [step.id, Object.keys(all).length === 1 ? state.status : all] as const;
  });
  return [[name, { status, ...(reason === null ? {} : { reason }), steps: Object.fromEntries(steps) }]];
}

function outcomes(followed: readonly Followed[]): unknown {
  return followed.flatMap(expectationOf);
}

/** With the real event and the real answers, the file here should do what was recorded. */
function unlikeRecorded(
  run: RunDetail,
  { workflows, settings }: CaptureTest,
  event: EventScope,
  answers: Answers,
): string[] {
  const workflow = workflows.workflows.get(run.workflow);
  if (workflow === undefined) return [`workflow "${run.workflow}" is not in the file any more`];
  const trial = runTrial({
    workflow,
    event,
    settings,
    run: { id: run.id, startedAt: run.startedAt ?? run.createdAt, replay: run.replay },
    answers: (step) => toStepAnswers(answers.get(run.workflow)?.get(step)),
  });
  return run.steps.flatMap((recorded): string[] => {
    const found = trial.steps.find(({ step }) => step.id === recorded.id)?.state;
    const subject = `step "${run.workflow}.${recorded.id}"`;
    if (found === undefined) return [`${subject} is not in the file any more`];
    if (found.status !== recorded.status) {
      return [`${subject} was ${recorded.status} and is ${found.status} by the file as it is here`];
    }
    const same = JSON.stringify(found.input ?? null) === JSON.stringify(recorded.input ?? null);
    return same ? [] : [`${subject} was called with another input than the file here gives it`];
  });
}

/** A condition may have read what a fake stands for now. */
function changedByFakes(before: readonly Followed[], after: readonly Followed[]): string[] {
  return before.flatMap(({ explanation, trial }, index): string[] => {
    const other = after[index];
    const { name } = explanation.workflow;
    if (other === undefined) return [];
    if (explanation.is !== other.explanation.is) {
      return [
        `workflow "${name}" ${other.explanation.is === 'taken' ? 'takes' : 'does not take'} the event with fakes in it`,
      ];
    }
    return (trial?.steps ?? []).flatMap(({ step, state }) => {
      const now = other.trial?.steps.find((one) => one.step.id === step.id)?.state.status;
      return now === state.status
        ? []
        : [`step "${name}.${step.id}" is ${now ?? 'gone'} with fakes, not ${state.status}`];
    });
  });
}
