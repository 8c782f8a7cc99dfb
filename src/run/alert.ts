// Alerts of our own: the events that are told when a run fails or is held, a connection is paused or a file is refused.

import { hash } from 'node:crypto';
import { storeError } from '../core/log.ts';
import { createId } from '../core/id.ts';
import type { ConnectionState, Event, Run, StepState, Time } from '../core/model.ts';
import type { RaiseEvent, RunUpdate } from '../store/store.ts';
import type { AlertBody, AlertData, AlertType } from '../workflow/alerts.ts';
import type { Workflows } from '../workflow/compile.ts';
import { alertSourceName } from '../workflow/glob.ts';
import type { EngineParts } from './parts.ts';

/** Alerts that no workflow takes are not made. */
type Taken = Pick<Workflows, 'alerts'>;

export interface RunChange {
  readonly run: Pick<Run, 'id' | 'eventId' | 'workflow'>;
  readonly event: Pick<Event, 'source' | 'type'>;
  /** The steps before the change. */
  readonly before: readonly StepState[];
  readonly update: Pick<RunUpdate, 'status' | 'reason' | 'steps' | 'error' | 'endedAt'>;
}

/** What is told of a run that is given back; nothing of one that an alert started, so that no alert makes another. */
export function alertsOfRun(taken: Taken, change: RunChange, now: Time): readonly RaiseEvent[] {
  const { run, event, before, update } = change;
  if (event.source === alertSourceName) return [];
  const { id, eventId, workflow } = run;
  const about = { run: id, workflow, event: eventId, source: event.source, type: event.type };
  if (update.status === 'failed') {
    const step = update.steps.find(({ status }) => status === 'failed');
    const message = update.error?.message ?? messageOf(step);
    return alert(taken, 'run.failed', id, update.endedAt ?? now, { ...about, step: step?.id ?? '', message });
  }
  if (update.status !== 'held') return [];
  const held = update.steps.filter(({ status }) => status === 'held');
  const news = held.find(({ id: step, reason }) => !before.some((old) => isHeld(old, step, reason)));
  if (news === undefined && held.length > 0) return [];
  const reason = news?.reason ?? update.reason ?? 'missing';
  const message = update.error?.message ?? messageOf(news);
  const at = news?.heldAt ?? now;
  return alert(taken, 'run.held', id, at, { ...about, reason, step: news?.id ?? '', message });
}

function isHeld(step: StepState, id: string, reason: StepState['reason']): boolean {
  return step.id === id && step.status === 'held' && step.reason === reason;
}

function messageOf(step: StepState | undefined): string {
  return step?.error?.message ?? step?.note ?? '';
}

export function alertsOfPause(taken: Taken, { name, reason, since, error }: ConnectionState): readonly RaiseEvent[] {
  const told = {
    connection: name,
    reason: reason === 'credentials' ? reason : 'paused',
    message: error?.message ?? '',
  };
  return alert(taken, 'connection.paused', name, since, told);
}

const hourMs = 3_600_000;

/** The same refusal is told at most once an hour, however often the process starts. */
function alertsOfRefusal(taken: Taken, { why, problems }: Refused, now: Time): readonly RaiseEvent[] {
  return alert(taken, 'config.refused', why, now - (now % hourMs), { problems, message: why });
}

export interface Refused {
  readonly why: string;
  /** Errors in the file. */
  readonly problems: number;
}

/** Has no row of its own to be written with: it is told right after, and again by a start that finds the file refused. Never rejects. */
export async function tellRefused(parts: EngineParts, worker: { missed(): void }, refused: Refused): Promise<void> {
  const alerts = alertsOfRefusal(parts.live(), refused, parts.clock());
  if (alerts.length === 0) return;
  try {
    await parts.store.raise(alerts);
    worker.missed();
  } catch (error) {
    parts.log.error('an alert could not be stored', { error: storeError(error, parts.redactor) });
  }
}

/** `about` and `at` say which change it is: the same change gives the same event. */
function alert<T extends AlertType>(
  { alerts }: Taken,
  type: T,
  about: string,
  at: Time,
  data: AlertData<T>,
): readonly RaiseEvent[] {
  if (!alerts?.has(type)) return [];
  const time = new Date(at).toISOString();
  const digest = hash('sha256', JSON.stringify([type, about, at]), 'buffer');
  const id = createId('evt', at, (size) => digest.subarray(0, size));
  const body: AlertBody = { type, id, time, data: { ...data, at: time } };
  return [
    {
      eventId: id,
      source: alertSourceName,
      type,
      key: `${type}:${id}`,
      rule: 'id',
      time,
      receivedAt: at,
      body: new TextEncoder().encode(JSON.stringify(body)),
    },
  ];
}
