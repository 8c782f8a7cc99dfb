// The model of the store: runs and attempts, planned, claimed, written by their owner and edited by people.

import type { Attempt, Run } from '../../src/core/model.ts';
import type { ClaimedRun, EndAttempt, NewRun, RecordRun, RunUpdate } from '../../src/store/store.ts';
import { HostError } from '../../src/core/errors.ts';
import { pageOf } from './ledger-keep.ts';
import { byId, type AttemptRow, type Ledger, type RunRow, type Tables } from './tables.ts';

type Verbs<Names extends keyof Ledger> = Pick<Ledger, Names>;

export function runVerbs(tables: Tables): Verbs<'plan' | 'replay' | 'record' | 'edit' | 'run' | 'runs' | 'attempts'> {
  const { events, runs } = tables;
  return {
    plan: (batch) =>
      batch.map(({ eventId, runs: planned }) => {
        const event = events.get(eventId);
        if (event?.status !== 'pending') return { runs: [] };
        const inserted = planned.filter((run) => insert(tables, { ...run, eventId, replay: 0 }));
        const matched = planned.map((run) => run.workflow);
        events.set(eventId, { ...event, status: planned.length > 0 ? 'matched' : 'ignored', matched });
        return { runs: inserted.map((run) => run.id) };
      }),
    replay: ({ unique, ...run }) => {
      if (!events.has(run.eventId)) throw new HostError('not.found', { what: 'event', id: run.eventId });
      const others = [...runs.values()].filter((row) => sameRun(row.run, run)).map((row) => row.run.replay);
      const given = { ...run, replay: Math.max(-1, ...others) + 1 };
      if (!insert(tables, { ...given, unique })) insert(tables, { ...given, unique: null });
      return given;
    },
    record: (batch) => batch.map((item) => recordOne(tables, item)),
    edit: ({ runId, fence, update }) => {
      const row = runs.get(runId);
      if (!row || row.fence !== fence || row.owner !== null) return false;
      runs.set(runId, { ...row, run: updated(row.run, update, update.dueAt), fence: fence + 1 });
      return true;
    },
    run: (id) => {
      const row = runs.get(id);
      return row ? { run: row.run, fence: row.fence, claimed: row.owner !== null } : null;
    },
    runs: ({ eventId, workflow, status }, page) =>
      pageOf(new Map([...runs].map(([id, row]) => [id, row.run])), { eventId, workflow, status }, page),
    attempts: (runId) => (runs.get(runId)?.attempts ?? []).map(withoutOpen).sort(inOrder),
  };
}

export function claimVerbs({ events, runs }: Tables): Verbs<'claim' | 'nextDue' | 'lanes' | 'recover' | 'release'> {
  const due = (lane: string) =>
    byId(runs, ({ run }) => run.lane === lane && run.dueAt !== null).sort(
      (a, b) => (a.run.dueAt ?? 0) - (b.run.dueAt ?? 0),
    );
  const take = (row: RunRow, owner: string): ClaimedRun => {
    const run: Run = { ...row.run, status: 'running', reason: null, dueAt: null };
    const fence = row.fence + 1;
    runs.set(row.id, { ...row, run, owner, fence });
    const event = events.get(run.eventId);
    if (!event) throw new Error(`run "${run.id}" has lost its event`);
    const open = row.attempts.filter((attempt) => attempt.open);
    return { run, event, fence, open: open.map(withoutOpen).sort(inOrder) };
  };
  const requeue = (row: RunRow, now: number): void => {
    const run: Run = { ...row.run, status: 'waiting', reason: null, dueAt: now };
    runs.set(row.id, { ...row, run, owner: null, fence: row.fence + 1 });
  };
  return {
    claim: ({ now, owner, lanes }) =>
      lanes.flatMap(({ lane, limit }) =>
        due(lane)
          .filter(({ run }) => (run.dueAt ?? now) <= now)
          .slice(0, limit)
          .map((row) => take(row, owner)),
      ),
    nextDue: (lanes) => {
      const times = lanes.flatMap((lane) => due(lane).map(({ run }) => run.dueAt ?? 0));
      return times.length > 0 ? Math.min(...times) : null;
    },
    lanes: () => {
      const waiting = byId(runs, ({ run }) => run.dueAt !== null);
      return [...new Set(waiting.map(({ run }) => run.lane))].sort();
    },
    recover: (owner, now, keep) => {
      const lost = byId(runs, (row) => {
        if (row.owner === null) return false;
        return keep === undefined ? row.owner !== owner : row.owner === owner && !keep.includes(row.id);
      });
      for (const row of lost) requeue(row, now);
      return lost.length;
    },
    release: (lane, reasons, now) => {
      const held = byId(runs, ({ owner, run: { status, reason, lane: own } }) => {
        return owner === null && status === 'held' && own === lane && reason !== null && reasons.includes(reason);
      });
      for (const row of held) requeue(row, now);
      return held.length;
    },
  };
}

const sameRun = (a: Pick<Run, 'eventId' | 'workflow'>, b: Pick<Run, 'eventId' | 'workflow'>) =>
  a.eventId === b.eventId && a.workflow === b.workflow;

/** Only first runs take a `unique` value. */
function insert({ runs }: Tables, { unique: given, ...run }: NewRun & { replay: number }): boolean {
  const unique = given === null || run.replay > 0 ? null : JSON.stringify([run.workflow, given]);
  const taken = [...runs.values()].some(
    (row) => (unique !== null && row.unique === unique) || (sameRun(row.run, run) && row.run.replay === run.replay),
  );
  if (!taken) runs.set(run.id, { id: run.id, run, unique, owner: null, fence: 0, attempts: [] });
  return !taken;
}

const final = new Set(['succeeded', 'failed', 'canceled']);

function recordOne({ runs }: Tables, { runId, fence, update, begun = [], ended = [], release }: RecordRun): boolean {
  const row = runs.get(runId);
  if (!row) return false;
  if (row.fence !== fence || row.owner === null || final.has(row.run.status)) {
    runs.set(runId, { ...row, attempts: ended.reduce(keptLate, row.attempts) });
    return false;
  }
  const known = new Set(row.attempts.map((attempt) => attempt.id));
  const added = begun.filter(({ id }) => !known.has(id)).map((attempt) => ({ ...attempt, open: true }));
  runs.set(runId, {
    ...row,
    run: updated(row.run, update, release ? update.dueAt : null),
    owner: release ? null : row.owner,
    attempts: ended.reduce(endedBy, [...row.attempts, ...added]),
  });
  return true;
}

function updated(run: Run, update: RunUpdate, dueAt: number | null): Run {
  const { status, reason, config, startedAt, endedAt, deadlineAt, lane, steps, error } = update;
  return { ...run, status, reason, config, startedAt, endedAt, dueAt, deadlineAt, lane, steps, error };
}

function endedBy(attempts: readonly AttemptRow[], end: EndAttempt): readonly AttemptRow[] {
  return attempts.map((row) => {
    if (row.id !== end.id) return row;
    return row.late ? { ...row, open: false } : { ...row, ...end, open: false };
  });
}

function keptLate(attempts: readonly AttemptRow[], end: EndAttempt): readonly AttemptRow[] {
  return attempts.map((row) => {
    const unknown = row.status === 'begun' || row.status === 'in_doubt';
    return row.id === end.id && unknown ? { ...row, ...end, late: true } : row;
  });
}

function withoutOpen({ open: _open, ...attempt }: AttemptRow): Attempt {
  return attempt;
}

function inOrder(a: Attempt, b: Attempt): number {
  return a.begunAt - b.begunAt || a.number - b.number || (a.id < b.id ? -1 : 1);
}
