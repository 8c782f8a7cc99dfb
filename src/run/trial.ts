// A run with answers given beforehand: the engine's own decisions and rendering, on a clock that jumps to the next try.

import type { StepState, Time } from '../core/model.ts';
import type { Settings } from '../core/settings.ts';
import type { EventScope, ExpressionFailure, Step, StepScope, Workflow } from '../workflow/compile.ts';
import { createBudget } from '../workflow/expression/budget.ts';
import { decide } from './decide.ts';
import { firstState, outputOf, scopeOf } from './dry-run.ts';
import { failureError, runPlan } from './plan.ts';
import type { Decision, Ended, RunInput, RunPlan, RunState } from './state.ts';

/** What an attempt came to; or, in doubt, what was found out about it or what a person said. */
export type Answer =
  /** Without an output: one made from the action's schema. */
  | { readonly is: 'succeeded' | 'found' | 'happened'; readonly output?: unknown }
  | { readonly is: 'rejected' | 'credentials' | 'retryable' | 'in_doubt'; readonly message: string }
  | { readonly is: 'absent' | 'unknown' | 'again' };

export type AnswerWord = Answer['is'];

export interface StepAnswers {
  /** One for each question, in order. */
  readonly answers: readonly Answer[];
  /** The last one is given again and again. */
  readonly always: boolean;
}

export interface TrialRun {
  readonly workflow: Workflow;
  readonly event: EventScope;
  readonly settings: Settings;
  readonly run: StepScope['run'];
  /** Undefined for a step that simply succeeds. */
  readonly answers: (step: string) => StepAnswers | undefined;
}

export interface TrialStep {
  readonly step: Step;
  readonly state: StepState;
  /** The `if` or the input could not be rendered. */
  readonly failure: ExpressionFailure | undefined;
  /** Steps whose outputs it read that nobody gave. */
  readonly reads: readonly string[];
  /** How many of its answers were taken. */
  readonly used: number;
  /** The question that its next answer does not fit: the words that would. */
  readonly misfit: readonly AnswerWord[] | undefined;
}

export interface Trial {
  /** Waiting or held when a step needs an answer that is not given. */
  readonly state: RunState;
  /** In the order of the file. */
  readonly steps: readonly TrialStep[];
}

const random = 0.5;
/** Most things that happen to one run; retries end long before. */
const mostHappenings = 10_000;

const fitting = {
  attempt: ['succeeded', 'rejected', 'credentials', 'retryable', 'in_doubt'],
  lookup: ['found', 'absent', 'unknown'],
  person: ['happened', 'again'],
} as const satisfies Record<string, readonly AnswerWord[]>;

export function runTrial({ workflow, event, settings, run, answers }: TrialRun): Trial {
  const plan = runPlan(workflow, settings);
  const now = Date.parse(run.startedAt);
  const trying: Trying = {
    plan,
    event,
    run,
    tracks: new Map(workflow.steps.map((step) => [step.id, newTrack(step, answers(step.id))])),
    now,
    decision: decide(plan, firstState(workflow, now), { type: 'claimed', lost: [], random }, now),
  };
  for (let left = mostHappenings; left > 0 && goOn(trying); left--);
  const { state } = trying.decision;
  const steps = state.steps.flatMap((step): TrialStep[] => {
    const track = trying.tracks.get(step.id);
    return track === undefined ? [] : [{ ...track, state: step, reads: [...track.reads] }];
  });
  return { state, steps };
}

interface Trying {
  readonly plan: RunPlan;
  readonly event: EventScope;
  readonly run: StepScope['run'];
  readonly tracks: ReadonlyMap<string, Track>;
  now: Time;
  decision: Decision;
}

/** What is known of a step while its run goes on. */
interface Track {
  readonly step: Step;
  readonly given: StepAnswers | undefined;
  readonly reads: Set<string>;
  used: number;
  /** Its output was made up. */
  made: boolean;
  failure: ExpressionFailure | undefined;
  misfit: readonly AnswerWord[] | undefined;
}

function newTrack(step: Step, given: StepAnswers | undefined): Track {
  return { step, given, reads: new Set(), used: 0, made: false, failure: undefined, misfit: undefined };
}

function apply(trying: Trying, input: RunInput): void {
  trying.decision = decide(trying.plan, trying.decision.state, input, trying.now);
}

/** False when nothing can happen any more without an answer that is not given. */
function goOn(trying: Trying): boolean {
  for (const { type, step } of trying.decision.effects) {
    const track = trying.tracks.get(step);
    if (track === undefined || track.misfit !== undefined || (type !== 'start' && !hasNext(track))) continue;
    if (type === 'start') start(trying, track);
    else if (type === 'lookup') lookUp(trying, track);
    else attempt(trying, track, trying.decision.state.steps.find(({ id }) => id === step)?.input);
    return true;
  }
  return answerDoubt(trying) || jump(trying);
}

function start(trying: Trying, track: Track): void {
  const { step, reads } = track;
  const scope = scopeOf(trying.event, trying.run, trying.decision.state, (id) => {
    if (trying.tracks.get(id)?.made === true) reads.add(id);
  });
  const budget = createBudget();
  const condition = step.condition(scope, budget);
  if (condition.ok && !condition.value) return apply(trying, { type: 'skipped', step: step.id });
  const input = condition.ok ? step.input(scope, budget) : condition;
  if (input.ok) return attempt(trying, track, input.value);
  track.failure = input.failure;
  apply(trying, { type: 'unrenderable', step: step.id, error: failureError(input.failure) });
}

function attempt(trying: Trying, track: Track, input: unknown): void {
  const answer = track.given === undefined ? ({ is: 'succeeded' } as const) : take(track, fitting.attempt);
  if (answer === undefined) return;
  const step = track.step.id;
  apply(trying, { type: 'begun', step, input });
  const end = endOf(answer, track, trying.now);
  apply(trying, { type: 'ended', step, attemptId: `att_${track.used}`, end, random });
}

function lookUp(trying: Trying, track: Track): void {
  const answer = take(track, fitting.lookup);
  if (answer === undefined) return;
  apply(trying, { type: 'looked-up', step: track.step.id, result: resultOf(answer, track, trying.now), random });
}

function answerDoubt(trying: Trying): boolean {
  const held = trying.decision.state.steps.filter(({ status, reason }) => status === 'held' && reason === 'in_doubt');
  const track = held.map(({ id }) => trying.tracks.get(id)).find((found) => found !== undefined && hasNext(found));
  if (track === undefined) return false;
  const answer = take(track, fitting.person);
  const step = track.step.id;
  if (answer?.is === 'again') apply(trying, { type: 'again', step });
  else if (answer !== undefined) {
    apply(trying, { type: 'happened', step, output: outputFor(answer, track, trying.now) });
  }
  return true;
}

/** The clock jumps to the next try that has an answer; a connection that was refused works again. */
function jump(trying: Trying): boolean {
  const open = trying.decision.state.steps.filter(
    ({ status, reason }) => status === 'waiting' || reason === 'credentials',
  );
  const answered = ({ id, reason }: StepState) => {
    const track = trying.tracks.get(id);
    if (track === undefined || !hasNext(track)) return false;
    // Credentials that are always refused are never mended.
    return reason !== 'credentials' || track.used < (track.given?.answers.length ?? 0);
  };
  const times = open.filter(answered).map(({ dueAt }) => dueAt ?? trying.now);
  if (times.length === 0) return false;
  trying.now = Math.max(trying.now, Math.min(...times));
  apply(trying, { type: 'claimed', lost: [], random });
  for (const step of open) {
    const { id, reason } = step;
    if (reason === 'credentials' && !answered(step)) apply(trying, { type: 'held', step: id, reason });
  }
  return true;
}

function hasNext({ given, used, misfit }: Track): boolean {
  return misfit === undefined && given !== undefined && (used < given.answers.length || given.always);
}

/** The next answer; undefined when there is none, or when it does not fit the question. */
function take(track: Track, words: readonly AnswerWord[]): Answer | undefined {
  const answer =
    track.given?.answers[track.used] ?? (track.given?.always === true ? track.given.answers.at(-1) : undefined);
  if (answer === undefined) return undefined;
  if (!words.includes(answer.is)) {
    track.misfit = words;
    return undefined;
  }
  track.used = Math.min(track.used + 1, track.given?.answers.length ?? 0);
  return answer;
}

function outputFor(answer: Answer, track: Track, now: Time): unknown {
  if ('output' in answer) return answer.output;
  track.made = true;
  return outputOf(track.step, now);
}

function endOf(answer: Answer, track: Track, now: Time): Ended {
  if (!('message' in answer)) return { status: 'succeeded', output: outputFor(answer, track, now) };
  const error = { name: 'Answer', message: answer.message };
  if (answer.is === 'retryable') return { status: 'retryable', error, retryAfterMs: null };
  if (answer.is === 'in_doubt') return { status: 'in_doubt', error };
  return { status: 'rejected', error, credentials: answer.is === 'credentials' };
}

type LookupResult = Extract<RunInput, { type: 'looked-up' }>['result'];

function resultOf(answer: Answer, track: Track, now: Time): LookupResult {
  if (answer.is === 'absent') return { is: 'absent' };
  if (answer.is === 'unknown') return { is: 'unknown', retryAfterMs: null };
  return { is: 'found', output: outputFor(answer, track, now) };
}
