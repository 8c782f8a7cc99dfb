// What a run would do: the engine's own decisions and rendering, with placeholders for outputs and without a call.

import type { Time } from '../core/model.ts';
import type { Settings } from '../core/settings.ts';
import type { EventScope, ExpressionFailure, Step, StepScope, Workflow } from '../workflow/compile.ts';
import { createBudget } from '../workflow/expression/budget.ts';
import { placeholderOf } from '../workflow/placeholder.ts';
import { decide } from './decide.ts';
import { runPlan } from './plan.ts';
import type { RunInput, RunState } from './state.ts';
import { newStep } from './step.ts';

export interface DryStep {
  readonly step: Step;
  /**
   * `calls`: the action is called with `input`; `skipped`: see `note`; `fails`: the input cannot be rendered;
   * `open`: with the placeholders that it reads the input is not valid or cannot be rendered; with real outputs it may be.
   */
  readonly is: 'calls' | 'skipped' | 'fails' | 'open';
  /** Of an open step as far as it could be rendered. */
  readonly input?: unknown;
  readonly failure?: ExpressionFailure;
  readonly note?: string;
  /** Steps whose outputs it read: those are placeholders. */
  readonly reads: readonly string[];
}

export interface DryRun {
  readonly workflow: Workflow;
  readonly event: EventScope;
  readonly settings: Settings;
  readonly now: Time;
}

/** In the order of the file. */
export function dryRun({ workflow, event, settings, now }: DryRun): readonly DryStep[] {
  const plan = runPlan(workflow, settings);
  const found = new Map<string, DryStep>();
  let decision = decide(plan, firstState(workflow, now), { type: 'claimed', lost: [], random: 0 }, now);
  for (let [effect] = decision.effects; effect !== undefined; [effect] = decision.effects) {
    const step = workflow.steps.find(({ id }) => id === effect?.step);
    if (step === undefined) break;
    const dry = render(step, event, decision.state, now);
    found.set(step.id, dry);
    for (const input of happenings(dry, now)) decision = decide(plan, decision.state, input, now);
  }
  return workflow.steps.map((step) => {
    const note = decision.state.steps.find(({ id }) => id === step.id)?.note;
    return found.get(step.id) ?? { step, is: 'skipped', reads: [], ...(note === undefined ? {} : { note }) };
  });
}

/** A run before it is claimed. */
export function firstState(workflow: Workflow, now: Time): RunState {
  return {
    status: 'pending',
    reason: null,
    startedAt: now,
    endedAt: null,
    dueAt: now,
    deadlineAt: null,
    lane: '',
    steps: workflow.steps.map(({ id }) => newStep(id)),
    error: null,
  };
}

function render(step: Step, event: EventScope, state: RunState, now: Time): DryStep {
  const read = new Set<string>();
  const run = { id: 'run_try', startedAt: new Date(now).toISOString(), replay: 0 };
  const scope = scopeOf(event, run, state, (id) => read.add(id));
  const budget = createBudget();
  const condition = step.condition(scope, budget);
  const input = condition.ok && condition.value ? step.input(scope, budget) : undefined;
  const reads = [...read];
  if (!condition.ok) return failed(step, condition.failure, reads);
  if (input === undefined) return { step, is: 'skipped', note: 'its if is false', reads };
  return input.ok ? { step, is: 'calls', input: input.value, reads } : failed(step, input.failure, reads);
}

function failed(step: Step, failure: ExpressionFailure, reads: readonly string[]): DryStep {
  if (reads.length === 0) return { step, is: 'fails', failure, reads };
  return { step, is: 'open', failure, reads, input: failure.rendered };
}

/** What a step reads; `onRead` is told of every output that is read. */
export function scopeOf(
  event: EventScope,
  run: StepScope['run'],
  state: RunState,
  onRead: (step: string) => void,
): StepScope {
  const steps = Object.fromEntries(
    state.steps.map(({ id, status, output }) => {
      const view = {
        status,
        get output() {
          if (output !== undefined) onRead(id);
          return output;
        },
      };
      return [id, view];
    }),
  );
  return { event, run, steps };
}

/** What the engine would be told; a step whose input is open counts as done, because nobody knows better. */
function happenings({ step, is, input, failure }: DryStep, now: Time): readonly RunInput[] {
  if (is === 'skipped') return [{ type: 'skipped', step: step.id }];
  if (is === 'fails') {
    const error = { name: 'ExpressionError', message: failure?.message ?? '' };
    return [{ type: 'unrenderable', step: step.id, error }];
  }
  const output = outputOf(step, now);
  return [
    { type: 'begun', step: step.id, input },
    { type: 'ended', step: step.id, attemptId: '', end: { status: 'succeeded', output }, random: 0 },
  ];
}

/** What stands for an output that nobody gave. */
export function outputOf({ id, action }: Step, now: Time): unknown {
  return placeholderOf(action.output, `steps.${id}.output`, new Date(now).toISOString());
}
