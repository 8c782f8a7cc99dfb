// A claimed run's state in memory and its way into the store: every change is decided here and written under the fence.

import type { Attempt, Run } from '../core/model.ts';
import type { ClaimedRun, EndAttempt } from '../store/store.ts';
import { alertsOfRun } from './alert.ts';
import { decide } from './decide.ts';
import type { EngineParts } from './parts.ts';
import type { RunEffect, RunInput, RunPlan, RunState } from './state.ts';

export interface Journal {
  readonly run: Run;
  state(): RunState;
  effects(): readonly RunEffect[];
  apply(input: RunInput): void;
  /** Remembers an attempt's outcome; the next `save` writes it. */
  end(attempt: EndAttempt): void;
  /** Something is decided that the store does not know yet. */
  dirty(): boolean;
  /** Another owner has the run: nothing more may be done for it. */
  lost(): boolean;
  /** False: another owner may have the run by now, so nothing may be sent for it. */
  held(): boolean;
  /** Writes the state, outcomes and new attempts in one transaction. False: the run is lost. */
  save(write: { begun?: readonly Attempt[]; release?: boolean }): Promise<boolean>;
}

export function createJournal(parts: EngineParts, claimed: ClaimedRun, plan: RunPlan): Journal {
  const { run, fence } = claimed;
  let state: RunState = run;
  let effects: readonly RunEffect[] = [];
  let ended: EndAttempt[] = [];
  let dirty = false;
  let lost = false;
  // One write after the other: a write that has to wait for the store must not overtake a newer one.
  let last: Promise<unknown> = Promise.resolve();
  return {
    run,
    state: () => state,
    effects: () => effects,
    apply: (input) => {
      const before = state;
      ({ state, effects } = decide(plan, state, input, parts.clock()));
      dirty = true;
      tellSteps(parts, run, before, state);
    },
    end: (attempt) => {
      ended.push(attempt);
      dirty = true;
    },
    dirty: () => dirty,
    lost: () => lost,
    held: () => !lost && (parts.store.shared?.holds(run.id, fence) ?? true),
    save: async ({ begun = [], release = false }) => {
      const outcomes = ended;
      ended = [];
      dirty = false;
      const update = { ...state, config: run.config };
      const change = { run, event: claimed.event, before: claimed.run.steps, update };
      const raises = release ? alertsOfRun(parts.live(), change, parts.clock()) : [];
      const item = { runId: run.id, fence, update, begun, ended: outcomes, release, raises };
      const write = last.then(() => parts.record(item));
      last = write.catch(() => undefined);
      const kept = await write;
      if (!kept) lost = true;
      if (kept && release) tellRun(parts, run, state);
      if (raises.length > 0) parts.inbox.missed();
      return kept;
    },
  };
}

function tellRun(parts: EngineParts, run: Run, state: RunState): void {
  const { id: runId, eventId, workflow } = run;
  parts.notify({ kind: 'run', runId, eventId, workflow, status: state.status, reason: state.reason });
}

function tellSteps(parts: EngineParts, run: Run, before: RunState, after: RunState): void {
  for (const step of after.steps) {
    const old = before.steps.find((candidate) => candidate.id === step.id);
    if (old?.status === step.status && old.dueAt === step.dueAt) continue;
    const { firstAt, endedAt } = step;
    parts.notify({
      kind: 'step',
      runId: run.id,
      workflow: run.workflow,
      step: step.id,
      status: step.status,
      note: step.note ?? step.reason ?? null,
      dueAt: step.dueAt ?? null,
      ...(firstAt === undefined || endedAt === undefined ? {} : { tookMs: endedAt - firstAt }),
    });
  }
}
