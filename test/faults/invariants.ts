// What must hold after any fault, for simulated and for real ones: I1 to I6, over the store and what senders and vendors saw.

import type { Attempt, Delivery, EffectWord, Event, Run, StepState } from '../../src/core/model.ts';
import { finalRunStatuses } from '../../src/core/model.ts';
import { idempotencyKey } from '../../src/run/key.ts';
import type { Page, Store } from '../../src/store/store.ts';

/** A fact as its sender knows it. */
export interface SentEvent {
  readonly key: string;
  readonly body: Uint8Array;
  /** The sender got a 2xx. */
  readonly acknowledged: boolean;
}

/** A request that arrived at a vendor. */
export interface VendorRequest {
  /** `event id/replay/workflow/step`: what the request is for, whatever its key. */
  readonly subject: string;
  readonly key: string;
  readonly attempt: number;
  /** It did something; false for a repeat that the vendor recognised, and for one that it refused. */
  readonly effect: boolean;
}

export interface Evidence {
  readonly store: Store;
  readonly sent: readonly SentEvent[];
  readonly requests: readonly VendorRequest[];
  /** What each action of the workflow file promises, by `workflow/step`; `onDoubt: retry` counts as given up. */
  readonly steps: ReadonlyMap<string, { readonly effect: EffectWord; readonly onDoubt: 'hold' | 'retry' }>;
  /** Times a person asked for a repeat (`again`, `retry`) or said that it happened, by subject. */
  readonly people: ReadonlyMap<string, { readonly again: number; readonly happened: number }>;
  /** Connections that a person paused. */
  readonly paused: ReadonlySet<string>;
  /** Whatever went wrong in the process itself: unhandled rejections, a wrong exit, a damaged file. */
  readonly process: readonly string[];
}

/** One sentence for each violation; empty when all hold. Everything must have come to rest. */
export async function violations(evidence: Evidence): Promise<readonly string[]> {
  const { store } = evidence;
  const events = await all((page) => store.events({}, page));
  const deliveries = await all((page) => store.deliveries({}, page));
  const runs = await all((page) => store.runs({}, page));
  const attempts = await Promise.all(runs.map(async (run) => [run.id, await store.attempts(run.id)] as const));
  const rows: Rows = { events, deliveries, runs, attempts: new Map(attempts) };
  return [
    ...received(evidence, rows),
    ...effects(evidence, rows),
    ...settled(evidence, rows),
    ...(await counted(evidence, rows)),
    ...evidence.process.map((what) => `I6: ${what}`),
  ];
}

interface Rows {
  readonly events: readonly Event[];
  readonly deliveries: readonly Delivery[];
  readonly runs: readonly Run[];
  readonly attempts: ReadonlyMap<string, readonly Attempt[]>;
}

async function all<T extends { readonly id: string }>(read: (page: Page) => Promise<readonly T[]>): Promise<T[]> {
  const rows: T[] = [];
  for (;;) {
    const page = await read({ limit: 500, before: rows.at(-1)?.id });
    rows.push(...page);
    if (page.length < 500) return rows;
  }
}

/** I1: what was acknowledged is there once, byte for byte, with its delivery; nothing else is there. */
function received({ sent }: Evidence, { events, deliveries }: Rows): string[] {
  const wrong: string[] = [];
  const byKey = Map.groupBy(events, (event) => event.key);
  const kept = new Set(deliveries.filter(({ status }) => status === 'accepted').map(({ eventId }) => eventId));
  for (const { key, body, acknowledged } of sent) {
    const found = byKey.get(key) ?? [];
    if (acknowledged && found.length === 0) wrong.push(`I1: event ${key} was acknowledged and is lost`);
    if (found.length > 1) wrong.push(`I1: event ${key} is there ${found.length} times`);
    for (const event of found) {
      if (Buffer.compare(event.body, body) !== 0) wrong.push(`I1: the body of event ${key} is not what was sent`);
      if (!kept.has(event.id)) wrong.push(`I1: event ${key} has no delivery`);
    }
  }
  const known = new Set(sent.map(({ key }) => key));
  // Alerts of our own have no sender.
  const foreign = events.filter(({ source }) => source !== 'hookline');
  for (const event of foreign) if (!known.has(event.key)) wrong.push(`I1: event ${event.key} was never sent`);
  return wrong;
}

/** I2 and I3: as many effects as the step's word allows, and every one of them known. */
function effects(evidence: Evidence, rows: Rows): string[] {
  const wrong: string[] = [];
  const bySubject = Map.groupBy(evidence.requests, ({ subject }) => subject);
  for (const run of rows.runs) {
    for (const step of run.steps) {
      const subject = [run.eventId, run.replay, run.workflow, step.id].join('/');
      const attempts = (rows.attempts.get(run.id) ?? []).filter((attempt) => attempt.step === step.id);
      wrong.push(...stepEffects(evidence, { run, step, subject, attempts }, bySubject.get(subject) ?? []));
      bySubject.delete(subject);
    }
  }
  for (const subject of bySubject.keys()) wrong.push(`I3: ${subject} was requested without a run`);
  return wrong;
}

interface Found {
  readonly run: Run;
  readonly step: StepState;
  readonly subject: string;
  readonly attempts: readonly Attempt[];
}

function stepEffects({ steps, people }: Evidence, found: Found, requests: readonly VendorRequest[]): string[] {
  const { run, step, subject, attempts } = found;
  const { effect, onDoubt } = steps.get(`${run.workflow}/${step.id}`) ?? { effect: 'once', onDoubt: 'hold' };
  const { again, happened } = people.get(subject) ?? { again: 0, happened: 0 };
  const done = requests.filter((request) => request.effect).length;
  // An outcome that came too late was a doubt for whoever went on.
  const doubts = attempts.filter(({ status, late }) => status === 'in_doubt' || late).length;
  const wrong: string[] = [];
  const most = effect === 'keyed' ? 1 : onDoubt === 'retry' ? Math.max(1, doubts + 1) : 1 + again;
  if (effect !== 'repeatable' && done > most) {
    wrong.push(`${effect === 'once' ? 'I3' : 'I2'}: ${subject} (${effect}) had ${done} effects, ${most} allowed`);
  }
  if (step.status === 'succeeded' && done === 0 && happened === 0)
    wrong.push(`I2: ${subject} succeeded without effect`);
  if (effect === 'once' && onDoubt === 'hold' && doubts > 1 + again) {
    wrong.push(`I3: ${subject} was repeated in doubt without a person's word`);
  }
  if (step.attempts !== attempts.length)
    wrong.push(`I5: ${subject} counts ${step.attempts} of ${attempts.length} attempts`);
  return [...wrong, ...known(found, requests)];
}

/** Every request belongs to an attempt that admits it, and every success to a request. */
function known({ run, step, subject, attempts }: Found, requests: readonly VendorRequest[]): string[] {
  const wrong: string[] = [];
  for (const request of requests) {
    const attempt = attempts.find(({ number }) => number === request.attempt);
    if (!attempt) wrong.push(`I3: ${subject} was requested by attempt ${request.attempt}, which is not recorded`);
    else if (request.effect && attempt.status !== 'succeeded' && attempt.status !== 'in_doubt') {
      wrong.push(`I3: attempt ${attempt.number} of ${subject} had an effect and is recorded as ${attempt.status}`);
    } else if (attempt.sent === false || attempt.status === 'interrupted') {
      wrong.push(`I3: attempt ${attempt.number} of ${subject} was sent and is recorded as not sent`);
    }
  }
  for (const { number, status, key, generation } of attempts) {
    const reached = requests.some((request) => request.key === key);
    if (status === 'succeeded' && !reached)
      wrong.push(`I3: attempt ${number} of ${subject} succeeded without a request`);
    if (status === 'begun') wrong.push(`I3: attempt ${number} of ${subject} has no outcome and is not in doubt`);
    if (key !== idempotencyKey(run, { id: step.id, generation }))
      wrong.push(`I2: attempt ${number} of ${subject} has a key of its own`);
  }
  return wrong;
}

/** I4: everything has come to its end, or waits for a person with a reason. */
function settled({ paused }: Evidence, { events, runs }: Rows): string[] {
  const pending = events
    .filter(({ status }) => status === 'pending')
    .map(({ key }) => `I4: event ${key} is not planned`);
  const planned = new Set(runs.map(({ eventId, workflow }) => `${eventId}/${workflow}`));
  const lost = events.flatMap(({ id, key, matched }) =>
    matched
      .filter((workflow) => !planned.has(`${id}/${workflow}`))
      .map((name) => `I4: event ${key} has no run of ${name}`),
  );
  const open = runs.filter((run) => {
    if (finalRunStatuses.includes(run.status)) return false;
    const asks =
      run.status === 'held' && (run.reason === 'in_doubt' || (run.reason === 'paused' && paused.has(run.lane)));
    return !asks;
  });
  return [
    ...pending,
    ...lost,
    ...open.map((run) => `I4: run ${run.id} is still ${run.status} (${run.reason ?? 'no reason'})`),
  ];
}

/** I5: what is counted is what is there. */
async function counted({ store }: Evidence, { events, deliveries, runs }: Rows): Promise<string[]> {
  const stats = await store.stats();
  const kinds = {
    events: [stats.events, events],
    deliveries: [stats.deliveries, deliveries],
    runs: [stats.runs, runs],
  } as const;
  return Object.entries(kinds).flatMap(([kind, [counts, rows]]) =>
    Object.entries(counts).flatMap(([status, count]) => {
      const there = rows.filter((row) => row.status === status).length;
      return there === count ? [] : [`I5: ${count} ${kind} are counted as ${status}, ${there} are there`];
    }),
  );
}
