// Rows for the store contract: complete, valid and different each time.

import { randomBytes } from 'node:crypto';
import { createId } from '../../src/core/id.ts';
import type { Attempt, Event, Run, StepState } from '../../src/core/model.ts';
import type { AcceptDelivery, NewRun, RefuseDelivery, RunUpdate, Store } from '../../src/store/store.ts';

/** An arbitrary moment that all times of a test are relative to. */
export const start = Date.UTC(2030, 0, 15, 12);
export const day = 86_400_000;

export const bytes = (text: string) => new TextEncoder().encode(text);

let ticks = 0;
/** Ids sort in the order they are made. */
export const makeId = (prefix: 'dlv' | 'evt' | 'run' | 'att') => createId(prefix, start + (ticks += 1), randomBytes);

export function delivery(given: Partial<AcceptDelivery> = {}): AcceptDelivery {
  const eventId = makeId('evt');
  return {
    deliveryId: makeId('dlv'),
    eventId,
    source: 'truedy',
    type: 'call.ended',
    key: `call.ended:${eventId}`,
    rule: 'data.id',
    time: '2030-01-15T12:00:00Z',
    receivedAt: start,
    keepUntil: start + 30 * day,
    headers: [['content-type', 'application/json']],
    body: bytes(`{"id":"${eventId}"}`),
    ...given,
  };
}

export function refusal(given: Partial<RefuseDelivery> = {}): RefuseDelivery {
  return {
    id: makeId('dlv'),
    source: 'truedy',
    receivedAt: start,
    reason: 'signature.mismatch',
    headers: [],
    size: 4000,
    body: bytes('first bytes'),
    ...given,
  };
}

export function newRun(eventId: string, given: Partial<NewRun> = {}): NewRun {
  return {
    id: makeId('run'),
    eventId,
    workflow: 'call-summary',
    status: 'pending',
    reason: null,
    config: 'hash-1',
    createdAt: start,
    startedAt: null,
    endedAt: null,
    dueAt: start,
    deadlineAt: null,
    lane: 'crm',
    steps: [step()],
    error: null,
    unique: null,
    ...given,
  };
}

export function step(given: Partial<StepState> = {}): StepState {
  return { id: 'log', status: 'pending', generation: 0, attempts: 0, retries: 0, ...given };
}

export function attempt(runId: string, given: Partial<Attempt> = {}): Attempt {
  return {
    id: makeId('att'),
    runId,
    step: 'log',
    number: 1,
    generation: 0,
    key: 'key-1',
    connection: 'crm',
    action: 'upsert-record',
    effect: 'keyed',
    status: 'begun',
    begunAt: start,
    endedAt: null,
    sent: null,
    output: null,
    error: null,
    retryAfterMs: null,
    late: false,
    ...given,
  };
}

export function update(run: Run, given: Partial<RunUpdate> = {}): RunUpdate {
  const { status, reason, config, startedAt, endedAt, dueAt, deadlineAt, lane, steps, error } = run;
  return { status, reason, config, startedAt, endedAt, dueAt, deadlineAt, lane, steps, error, ...given };
}

/** Accepts one event; rejects when it was not new. */
export async function acceptOne(store: Store, given: Partial<AcceptDelivery> = {}): Promise<string> {
  const [settled] = await store.accept([delivery(given)]);
  if (!settled?.ok) throw settled?.error ?? new Error('no result');
  if (settled.value.status !== 'accepted') throw new Error('the event was not new');
  return settled.value.eventId;
}

/** An event with one planned run. */
export async function plannedRun(store: Store, given: Partial<NewRun> = {}): Promise<NewRun> {
  const run = newRun(await acceptOne(store), given);
  await store.plan([{ eventId: run.eventId, runs: [run] }]);
  return run;
}

/** Claims what is due at `now` in one lane. */
export async function claimLane(store: Store, given: { lane?: string; limit?: number; now?: number; owner?: string }) {
  const { lane = 'crm', limit = 10, now = start, owner = 'owner-1' } = given;
  return store.claim({ now, owner, lanes: [{ lane, limit }] });
}

/** The one run that is due. */
export async function claimOne(store: Store, given: { lane?: string; now?: number; owner?: string } = {}) {
  const [claimed, ...more] = await claimLane(store, given);
  if (claimed === undefined || more.length > 0) throw new Error(`expected one due run, found ${more.length}`);
  return claimed;
}

export async function eventOf(store: Store, id: string): Promise<Event> {
  const event = await store.event(id);
  if (event === null) throw new Error(`event ${id} is not there`);
  return event;
}

export async function runOf(store: Store, id: string) {
  const found = await store.run(id);
  if (found === null) throw new Error(`run ${id} is not there`);
  return found;
}
