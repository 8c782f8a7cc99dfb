// A real store with a known history, and an admin listener over it, for the tests of the API and of the commands.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdminParts } from '../../src/console/api/parts.ts';
import { createAdmin, type Admin } from '../../src/console/api/server.ts';
import type { Operations } from '../../src/core/operations.ts';
import type { Log } from '../../src/core/log.ts';
import type { Attempt, Run, StepState } from '../../src/core/model.ts';
import type { Sandbox, SandboxItem } from '../../src/plugin/index.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { AcceptDelivery, Store } from '../../src/store/store.ts';

export const token = 'a-token-of-the-tests-with-some-length';
export const start = Date.UTC(2026, 10, 23, 19, 0, 0);

/** `evt_…0007`: sorts by its number, as the real ones do by time. */
export const id = (prefix: string, number: number) => `${prefix}_${String(number).padStart(26, '0')}`;

interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface Ledger {
  readonly store: Store;
  readonly url: string;
  readonly admin: Admin;
  /** What the operations were asked, in order. */
  readonly asked: unknown[][];
  readonly logged: unknown[][];
  /** Calls the API with the token. */
  readonly call: (path: string, init?: Call) => Promise<{ status: number; headers: Headers; answer: never }>;
  readonly close: () => Promise<void>;
}

export async function openLedger(given: Partial<AdminParts> = {}): Promise<Ledger> {
  const dir = await mkdtemp(join(tmpdir(), 'hookline-ledger-'));
  const store = await openSqliteStore({ dir });
  const asked: unknown[][] = [];
  const logged: unknown[][] = [];
  const admin = createAdmin({
    store,
    operations: recordingOperations(asked),
    sandboxes: () => new Map(),
    connections: () => ['crm', 'mail'],
    token,
    settings: { host: '127.0.0.1', port: 0 },
    log: recordingLog(logged),
    clock: () => start,
    random: (size) => randomBytes(size),
    readEvent: (event) => {
      const body = JSON.parse(Buffer.from(event.body).toString('utf8')) as { data?: unknown };
      return { data: body.data, body };
    },
    status: async () => ({ version: '1.2.3' }),
    ...given,
  });
  const { url } = await admin.start();
  return {
    store,
    url,
    admin,
    asked,
    logged,
    call: async (path, init = {}) => {
      const response = await fetch(url + path, {
        ...init,
        headers: { authorization: `Bearer ${token}`, ...init.headers },
      });
      return { status: response.status, headers: response.headers, answer: (await response.json()) as never };
    },
    close: async () => {
      await admin.stop();
      await store.close();
      await rm(dir, { recursive: true });
    },
  };
}

export const json = (body: unknown): Call => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

export function recordingOperations(asked: unknown[][]): Operations {
  return {
    retry: async (...args) => void asked.push(['retry', ...args]),
    replay: async (...args) => {
      asked.push(['replay', ...args]);
      return [id('run', 900), id('run', 901)];
    },
    resolve: async (...args) => void asked.push(['resolve', ...args]),
    cancel: async (...args) => void asked.push(['cancel', ...args]),
    pause: async (...args) => void asked.push(['pause', ...args]),
    resume: async (...args) => void asked.push(['resume', ...args]),
    pauseWorkflow: async (...args) => void asked.push(['pauseWorkflow', ...args]),
    resumeWorkflow: async (...args) => void asked.push(['resumeWorkflow', ...args]),
    check: async (...args) => {
      asked.push(['check', ...args]);
      return { ok: true };
    },
  };
}

function recordingLog(logged: unknown[][]): Log {
  const at = (level: string) => (message: string, fields?: Record<string, unknown>) =>
    void logged.push([level, message, fields]);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export async function accept(store: Store, number: number, given: Partial<AcceptDelivery> = {}): Promise<void> {
  const data = { call: { callId: `c${number}`, summary: 'Ann asked for a refund.' } };
  const [settled] = await store.accept([
    {
      deliveryId: id('dlv', number),
      eventId: id('evt', number),
      source: 'truedy',
      type: 'call.ended',
      key: `call.ended c${number}`,
      rule: 'call.callId',
      time: '2026-11-23T18:59:00.000Z',
      receivedAt: start + number * 1000,
      keepUntil: start + 86_400_000,
      headers: [['content-type', 'application/json']],
      body: Buffer.from(JSON.stringify({ event: 'call.ended', data })),
      ...given,
    },
  ]);
  if (settled?.ok !== true) throw new Error('the event was not accepted');
}

export function newRun(
  number: number,
  event: number,
  steps: readonly StepState[],
): Omit<Run, 'replay'> & { unique: null } {
  return {
    id: id('run', number),
    eventId: id('evt', event),
    workflow: 'call-summary',
    status: 'pending',
    reason: null,
    config: 'hash',
    createdAt: start + number * 1000,
    startedAt: null,
    endedAt: null,
    dueAt: start,
    deadlineAt: null,
    lane: 'mail',
    steps,
    error: null,
    unique: null,
  };
}

/** A failed run of an event that is there; its step `tell` failed with this error. */
export function failedRun(number: number, event: number, given: Partial<Run> = {}): ReturnType<typeof newRun> {
  const error = { name: 'PermanentError', code: 'E550', message: 'the address does not exist' };
  const steps = [stepState('log', { status: 'succeeded' }), stepState('tell', { status: 'failed', error })];
  const endedAt = start + number * 1000;
  return { ...newRun(number, event, steps), status: 'failed', dueAt: null, endedAt, ...given };
}

export const stepState = (id: string, given: Partial<StepState> = {}): StepState => ({
  id,
  status: 'pending',
  generation: 0,
  attempts: 0,
  retries: 0,
  ...given,
});

export const attempt = (number: number, run: number, step: string, given: Partial<Attempt> = {}): Attempt => ({
  id: id('att', number),
  runId: id('run', run),
  step,
  number: 1,
  generation: 0,
  key: 'f'.repeat(64),
  connection: 'mail',
  action: 'send',
  effect: 'once',
  status: 'begun',
  begunAt: start + 5000,
  endedAt: null,
  sent: null,
  output: null,
  error: null,
  retryAfterMs: null,
  late: false,
  ...given,
});

/** Event 1 with run 1: `log` succeeded, `tell` in doubt after 30 s, so the run is held. */
export async function holdRun(store: Store): Promise<void> {
  await accept(store, 1);
  await store.plan([{ eventId: id('evt', 1), runs: [newRun(1, 1, [stepState('log'), stepState('tell')])] }]);
  const [claimed] = await store.claim({ now: start + 2000, owner: 'tests', lanes: [{ lane: 'mail', limit: 10 }] });
  if (claimed === undefined) throw new Error('nothing was claimed');
  const error = { name: 'UnknownOutcomeError', code: 'ETIMEDOUT', message: 'no answer within 30000 ms' };
  const log = attempt(1, 1, 'log', {
    connection: 'crm',
    action: 'upsert-record',
    effect: 'keyed',
    begunAt: start + 3000,
  });
  const tell = attempt(2, 1, 'tell');
  const endedAt = start + 35_000;
  const write = { runId: claimed.run.id, fence: claimed.fence };
  const update = { ...claimed.run, status: 'running', startedAt: start + 2000, dueAt: null } as const;
  await store.record([{ ...write, update, begun: [log, tell], release: false }]);
  const steps = [
    stepState('log', { status: 'succeeded', attempts: 1, output: { id: '00T1' }, endedAt: start + 3142 }),
    stepState('tell', {
      status: 'held',
      reason: 'in_doubt',
      attempts: 1,
      heldAt: endedAt,
      input: { to: [{ address: 'owner@example.com' }], subject: 'Call summary (3 min)' },
      error,
      doubt: { attemptId: tell.id, endedAt, lookups: 0 },
    }),
  ];
  const ended = [
    { ...log, status: 'succeeded', endedAt: start + 3142, sent: true, output: { id: '00T1' } },
    { ...tell, status: 'in_doubt', endedAt, sent: true, error },
  ] as const;
  const held = { ...update, status: 'held', reason: 'in_doubt', steps } as const;
  const [kept] = await store.record([{ ...write, update: held, ended, release: true }]);
  if (kept !== true) throw new Error('the run was not recorded');
}

export const sandbox = (items: readonly SandboxItem[]): Sandbox => ({
  settings: {},
  hosts: [],
  list: () => items,
  close: async () => undefined,
});
