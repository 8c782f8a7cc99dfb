// A run with answers given beforehand ends by itself, whatever the answers, and asks for no more than it is given.

import { array, assert, constantFrom, boolean, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import { readSettings } from '../../src/core/settings.ts';
import { runTrial, type Answer, type StepAnswers } from '../../src/run/trial.ts';
import { workflow } from './engine.ts';

const event = {
  id: 'evt_1',
  type: 'a',
  source: 'b',
  time: null,
  receivedAt: '2026-01-15T10:30:00.000Z',
  data: {},
  body: {},
};
const run = { id: 'run_1', startedAt: event.receivedAt, replay: 0 };
const settings = readSettings({});

const answer = constantFrom<Answer>(
  { is: 'succeeded' },
  { is: 'succeeded', output: { id: '1' } },
  { is: 'rejected', message: 'no' },
  { is: 'credentials', message: 'no' },
  { is: 'retryable', message: 'no' },
  { is: 'in_doubt', message: 'no' },
  { is: 'found' },
  { is: 'absent' },
  { is: 'unknown' },
  { is: 'happened' },
  { is: 'again' },
);
const answers = record({ answers: array(answer, { minLength: 1, maxLength: 6 }), always: boolean() });

it('ends, alike every time, with answers left only where they were not asked for', () => {
  const steps = workflow('w', [
    { id: 'a', effect: 'keyed' },
    { id: 'b', effect: 'lookup', needs: [] },
    { id: 'c', effect: 'once', needs: ['a'], onError: 'continue' },
    { id: 'd', effect: 'once', onDoubt: 'retry', retry: { attempts: 3 } },
  ]);
  assert(
    property(record({ a: answers, b: answers, c: answers, d: answers }, { requiredKeys: [] }), (given) => {
      const byStep = new Map<string, StepAnswers>(Object.entries(given));
      const tryIt = () => runTrial({ workflow: steps, event, settings, run, answers: (step) => byStep.get(step) });
      const trial = tryIt();
      expect(tryIt()).toEqual(trial);
      expect(trial.state.status).not.toBe('running');
      for (const { step, state, used, misfit } of trial.steps) {
        const of = byStep.get(step.id);
        expect(used).toBeLessThanOrEqual(of?.answers.length ?? 0);
        const final = ['succeeded', 'failed', 'skipped', 'canceled'].includes(state.status);
        const left = of !== undefined && (used < of.answers.length || of.always);
        // What is not at its end has no answer that it could take, or waits for a step that has none.
        const refused = state.reason === 'credentials' && of?.always === true;
        if (!final && left && misfit === undefined && !refused) expect(state.status).toBe('pending');
      }
    }),
    { numRuns: 500 },
  );
});

it('gives up when the vendor is down for good, after as long as the settings say', () => {
  const down: StepAnswers = { answers: [{ is: 'retryable', message: 'down' }], always: true };
  const only = workflow('w', [{ id: 'a' }, { id: 'b' }]);
  const { state } = runTrial({
    workflow: only,
    event,
    settings,
    run,
    answers: (id) => (id === 'a' ? down : undefined),
  });
  expect(state).toMatchObject({ status: 'failed', steps: [{ status: 'failed' }, { status: 'skipped' }] });
  const hours = ((state.endedAt ?? 0) - Date.parse(event.receivedAt)) / 3_600_000;
  expect([hours > 22, hours <= 24]).toEqual([true, true]);
});

it('keeps to the time limit of the workflow', () => {
  const slow: StepAnswers = { answers: [{ is: 'retryable', message: 'down' }], always: true };
  const limited = workflow('w', [{ id: 'a' }], 60_000);
  const { state } = runTrial({ workflow: limited, event, settings, run, answers: () => slow });
  expect(state).toMatchObject({ status: 'failed', error: { name: 'TimeLimit' } });
});
