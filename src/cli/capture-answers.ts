// What the actions answered in a recorded run, as a test writes it.

import type { AttemptView } from '../console/api/attempt-view.ts';
import type { RunDetail, StepView } from '../console/api/run-view.ts';
import type { WrittenAnswer } from '../workflow/test-file.ts';

const span = { offset: 0, end: 0, path: '' };

/** Step → its answers in order. */
export function recordedAnswers(run: RunDetail): ReadonlyMap<string, readonly WrittenAnswer[]> {
  const answers = run.steps.map((step) => {
    const attempts = run.attempts.filter((one) => one.step === step.id && !one.late);
    return [step.id, answersOf(step, sinceRetry(attempts))] as const;
  });
  return new Map(answers.filter(([, found]) => found.length > 0));
}

/** A refused attempt ends its step; what comes after it came after a person's `retry`. */
function sinceRetry(attempts: readonly AttemptView[]): readonly AttemptView[] {
  const counted = attempts.filter(({ status }) => status !== 'interrupted' && status !== 'begun');
  const last = counted.slice(0, -1).findLastIndex((one) => one.status === 'rejected' && !isCredentials(one));
  return counted.slice(last + 1);
}

function answersOf(step: StepView, attempts: readonly AttemptView[]): readonly WrittenAnswer[] {
  const answers = attempts.flatMap((attempt, index): WrittenAnswer[] => {
    const answer = answerOf(attempt);
    const isDoubt = attempt.status === 'in_doubt';
    const next = attempts[index + 1];
    if (!isDoubt || next === undefined) return [answer];
    // Nobody does it again without having looked, or having been told.
    return [answer, ...between(attempt, step)];
  });
  const last = attempts.at(-1);
  if (last?.status === 'in_doubt' && step.status === 'succeeded') {
    return [...answers, { word: 'happened', value: step.output ?? {}, always: false, span }];
  }
  const gaveUp = step.status === 'failed' && (last?.status === 'retryable' || last?.status === 'in_doubt');
  return gaveUp ? answers.map((one, index) => ({ ...one, always: index === answers.length - 1 })) : answers;
}

function between({ effect }: AttemptView, { retries }: StepView): readonly WrittenAnswer[] {
  if (effect === 'lookup') return [{ word: 'absent', always: false, span }];
  // A person's "do it again" begins to count anew; `onDoubt: retry` goes on counting.
  return effect === 'once' && retries === 0 ? [{ word: 'again', always: false, span }] : [];
}

function answerOf(attempt: AttemptView): WrittenAnswer {
  const { status, output, error } = attempt;
  if (status === 'succeeded') return { word: 'succeeded', value: output ?? null, always: false, span };
  const word = isCredentials(attempt) ? 'credentials' : status;
  return { word, value: error?.message || word.replace('_', ' '), always: false, span };
}

function isCredentials({ status, error }: AttemptView): boolean {
  return status === 'rejected' && error?.name === 'ConnectionError';
}
