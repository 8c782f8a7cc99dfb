// Runs one claimed run as far as it can go now: every step that is ready and whose connection is free, side by side.

import { failpoint } from '../core/failpoint.ts';
import { storeError } from '../core/log.ts';
import { workflowLane, type Attempt, type StoredError } from '../core/model.ts';
import type { ClaimedRun } from '../store/store.ts';
import type { Step, StepScope, Workflow, Workflows } from '../workflow/compile.ts';
import { createBudget } from '../workflow/expression/budget.ts';
import { alertsOfRun } from './alert.ts';
import { gateOf, isLifted, lookupGate } from './gate.ts';
import { createJournal, type Journal } from './journal.ts';
import { lateOutcome, settleLate } from './late.ts';
import type { EngineParts } from './parts.ts';
import { attemptStep, lookUpStep, type Doing } from './perform.ts';
import { failureError, runPlan } from './plan.ts';
import { connectionReasons, unreadable } from './settle.ts';
import { anyLane, type RunEffect } from './state.ts';

export interface Control {
  /** No further step begins. */
  readonly draining: () => boolean;
  /** A person canceled the run. */
  readonly canceled: () => boolean;
  /** Aborts what is under way. */
  readonly stop: AbortSignal;
  /** A connection has room again: other runs may be claimed for it. */
  readonly freed: () => void;
  /** The first steps have asked for their connections. */
  readonly asked: () => void;
}

/** Resolves when the run is given back to the store, or lost to another owner. `lane` was taken for its first step. */
export async function executeRun(parts: EngineParts, claimed: ClaimedRun, control: Control): Promise<void> {
  const workflows = await parts.pinned(claimed.run.config);
  const workflow = workflows?.workflows.get(claimed.run.workflow);
  if (!workflows || !workflow) return holdUnreadable(parts, claimed);
  const journal = createJournal(parts, claimed, runPlan(workflow, parts.settings));
  recordLost(parts, claimed, journal);
  const scope = createScope(parts, claimed, workflows, journal);
  const busy = new Map<string, Promise<void>>();
  for (;;) {
    if (control.canceled()) journal.apply({ type: 'canceled' });
    const goesOn = !control.draining() && !control.canceled() && journal.held();
    if (goesOn) startReady({ parts, journal, workflow, scope, control }, busy);
    control.asked();
    if (busy.size === 0 || journal.lost()) break;
    const next = Promise.race(busy.values());
    if (journal.dirty()) await journal.save({});
    await next;
  }
  await Promise.all(busy.values());
  if (!journal.lost()) {
    park(parts, journal);
    failpoint('before-settle');
    await journal.save({ release: true });
  } else if (journal.dirty()) {
    // What ended since is evidence.
    await journal.save({});
  }
  await lookBack({ parts, journal, workflow, control });
}

/** What happened elsewhere while the last word was on its way to the store: nobody else would find it soon. Never rejects. */
async function lookBack({ parts, journal, workflow, control }: Omit<Execution, 'scope'>): Promise<void> {
  const { steps, lane } = journal.state();
  try {
    const isInDoubt = journal.lost() || steps.some(({ doubt }) => doubt);
    if (isInDoubt && (await settleLate(parts, journal.run.id))) control.freed();
    if (journal.lost() || !steps.some((step) => isLifted(parts, workflow, step))) return;
    if ((await parts.store.release(lane, connectionReasons, parts.clock())) > 0) control.freed();
  } catch (error) {
    const { id: runId } = journal.run;
    parts.log.warn('what came late could not be looked at', { runId, error: storeError(error, parts.redactor) });
  }
}

/** How long a run waits that found several of its connections busy. */
const parkMs = 100;

/** Steps left because their connections are busy: one lane is claimed when it has room, several are looked at again soon. */
function park(parts: EngineParts, journal: Journal): void {
  if (journal.state().lane !== anyLane) return;
  for (const { step } of journal.effects()) journal.apply({ type: 'postponed', step, until: parts.clock() + parkMs });
}

interface Execution {
  readonly parts: EngineParts;
  readonly journal: Journal;
  readonly workflow: Workflow;
  readonly scope: () => StepScope;
  readonly control: Control;
}

/** Starts what can start; what finds no free slot is left for a later claim. */
function startReady(execution: Execution, busy: Map<string, Promise<void>>): void {
  const passed = new Set<string>();
  for (;;) {
    const effect = execution.journal.effects().find((next) => !busy.has(next.step) && !passed.has(next.step));
    if (!effect) return;
    passed.add(effect.step);
    const work = startEffect(execution, effect);
    if (work)
      busy.set(
        effect.step,
        work.finally(() => busy.delete(effect.step)),
      );
  }
}

function startEffect(execution: Execution, effect: RunEffect): Promise<void> | undefined {
  const { parts, journal, workflow, control } = execution;
  const step = workflow.steps.find((candidate) => candidate.id === effect.step);
  if (!step) return undefined;
  if (parts.lanes.isPaused(workflow.name)) {
    journal.apply({ type: 'held', step: step.id, reason: 'paused', lane: workflowLane(workflow.name) });
    return undefined;
  }
  const input = effect.type === 'start' ? render(execution, step) : { value: storedInput(journal, step) };
  if (!input) return undefined;
  const gate = effect.type === 'lookup' ? lookupGate(parts, step) : gateOf(parts, step);
  if (gate.is === 'held') journal.apply({ type: 'held', step: step.id, reason: gate.reason });
  if (gate.is === 'postponed') journal.apply({ type: 'postponed', step: step.id, until: gate.until });
  if (gate.is !== 'free') return undefined;
  parts.lanes.take(step.connection);
  const doing: Doing = { parts, journal, step, input: input.value, stop: control.stop };
  const work = effect.type === 'lookup' ? lookUpStep(doing) : attemptStep(doing);
  return work.finally(() => {
    parts.lanes.give(step.connection);
    control.freed();
  });
}

/** The rendered input; undefined when the step is over without a call. */
function render({ journal, scope }: Execution, step: Step): { value: unknown } | undefined {
  const current = scope();
  const budget = createBudget();
  const condition = step.condition(current, budget);
  if (condition.ok && !condition.value) {
    journal.apply({ type: 'skipped', step: step.id });
    return undefined;
  }
  const input = condition.ok ? step.input(current, budget) : condition;
  if (input.ok) return { value: input.value };
  journal.apply({ type: 'unrenderable', step: step.id, error: failureError(input.failure) });
  return undefined;
}

function storedInput(journal: Journal, step: Step): unknown {
  return journal.state().steps.find((candidate) => candidate.id === step.id)?.input;
}

function createScope(parts: EngineParts, claimed: ClaimedRun, workflows: Workflows, journal: Journal): () => StepScope {
  const event = parts.readEvent(claimed.event, workflows);
  const { id, replay } = claimed.run;
  return () => {
    const state = journal.state();
    const startedAt = new Date(state.startedAt ?? parts.clock()).toISOString();
    const steps = Object.fromEntries(
      state.steps.map((step) => [step.id, { status: step.status, output: step.output }]),
    );
    return { event, run: { id, startedAt, replay }, steps };
  };
}

/** Attempts that a process left without an outcome are in doubt: it may have been killed after sending. One whose outcome came late is settled by it. */
function recordLost(parts: EngineParts, claimed: ClaimedRun, journal: Journal): void {
  const error = { name: 'ProcessEnded', message: 'the process ended before the outcome was written' };
  const unknown: Attempt[] = [];
  for (const attempt of claimed.open) {
    const end = lateOutcome(attempt);
    if (!end) unknown.push(attempt);
    else {
      journal.end({ ...attempt, endedAt: attempt.endedAt ?? parts.clock() });
      journal.apply({ type: 'ended', step: attempt.step, attemptId: attempt.id, end, random: parts.random() });
    }
  }
  for (const attempt of unknown) {
    journal.end({
      id: attempt.id,
      status: 'in_doubt',
      endedAt: parts.clock(),
      sent: null,
      output: null,
      error,
      retryAfterMs: null,
    });
    tellLost(parts, attempt, error);
  }
  const lost = unknown.map(({ id, step }) => ({ id, step }));
  if (journal.state().endedAt === null) journal.apply({ type: 'claimed', lost, random: parts.random() });
}

function tellLost({ notify, clock }: EngineParts, attempt: Attempt, error: StoredError): void {
  const { runId, step, number, connection, begunAt } = attempt;
  const action = attempt.action.slice(attempt.action.indexOf('.') + 1);
  const tookMs = Math.max(0, clock() - begunAt);
  notify({ kind: 'attempt', runId, step, number, connection, action, status: 'in_doubt', tookMs, output: null, error });
}

/** Its configuration or workflow cannot be read any more: held until it can. */
async function holdUnreadable(parts: EngineParts, claimed: ClaimedRun): Promise<void> {
  const { run, fence } = claimed;
  const error = {
    name: 'ConfigMissing',
    message: `the configuration "${run.config.slice(0, 12)}" of this run cannot be loaded`,
  };
  const update = unreadable(run, error);
  const change = { run, event: claimed.event, before: run.steps, update };
  const raises = alertsOfRun(parts.live(), change, parts.clock());
  await parts.record({ runId: run.id, fence, update, release: true, raises });
  if (raises.length > 0) parts.inbox.missed();
  parts.notify({
    kind: 'run',
    runId: run.id,
    eventId: run.eventId,
    workflow: run.workflow,
    status: 'held',
    reason: 'missing',
  });
}
