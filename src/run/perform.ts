// Performs one step of a claimed run: attempts with quick tries, or the question whether an attempt in doubt happened.

import pRetry from 'p-retry';
import { failpoint } from '../core/failpoint.ts';
import { storeError } from '../core/log.ts';
import { createId } from '../core/id.ts';
import type { Attempt, StepState, StoredError } from '../core/model.ts';
import type { Step } from '../workflow/compile.ts';
import { callAction, type AttemptEnd } from './attempt.ts';
import type { Journal } from './journal.ts';
import { idempotencyKey } from './key.ts';
import type { EngineParts } from './parts.ts';
import type { Ended, RunInput } from './state.ts';
import type { Turn } from './turns.ts';

export interface Doing {
  readonly parts: EngineParts;
  readonly journal: Journal;
  readonly step: Step;
  readonly input: unknown;
  readonly stop: AbortSignal;
}

/** Quick tries after the first attempt, all within one claim and about two seconds. */
const quickTries = { retries: 2, minTimeout: 200, maxTimeout: 1000, factor: 2.5, randomize: true };

const again = new Error('try again');

/** Attempts the step; a retryable end that asks for no delay is tried again at once, at most twice. Never rejects. */
export async function attemptStep(doing: Doing): Promise<void> {
  const { parts, journal, stop, step } = doing;
  try {
    await pRetry(
      async (number) => {
        const end = await attemptOnce(doing);
        const last = number > quickTries.retries || end?.status !== 'retryable' || end.retryAfterMs !== null;
        if (last || stop.aborted || stepState(doing).status !== 'waiting') return;
        if (parts.lanes.isPaused(journal.run.workflow) || !parts.lanes.again(step.connection)) return;
        await journal.save({});
        throw again;
      },
      // Anything else that is thrown, a store that refuses a write say, tells nothing of the attempt: it must not repeat one.
      { ...quickTries, signal: stop, shouldRetry: ({ error }) => error === again },
    );
  } catch (error) {
    if (error !== again && !stop.aborted) throw error;
  }
}

async function attemptOnce(doing: Doing): Promise<AttemptEnd | undefined> {
  const { parts, journal, step, input, stop } = doing;
  const turn = parts.lanes.turn(step.connection);
  // Without anybody to ask nothing is awaited: until the attempt is begun, the run would be stored once more as it is.
  if (turn !== null && !(await isTaken(doing, turn))) return undefined;
  journal.apply({ type: 'begun', step: step.id, input });
  const attempt = newAttempt(doing);
  if (!(await journal.save({ begun: [attempt] }))) return undefined;
  const traceparent = await traceparentOf(doing, attempt);
  failpoint('after-begun-before-send');
  const call = { ...callOf(doing, attempt, stop), traceparent };
  const end = journal.held() ? await callAction(parts.sending, call) : tooLate;
  failpoint('after-send-before-outcome');
  const error = end.status === 'succeeded' ? null : storeError(end.error, parts.redactor);
  await recordEnd(doing, attempt, end, error);
  return end;
}

/** False: other replicas call over this connection now, or one of them paused it; the step waits. */
async function isTaken({ journal, step }: Doing, turn: Promise<Turn>): Promise<boolean> {
  const gate = await turn;
  if (gate.is === 'held') journal.apply({ type: 'held', step: step.id, reason: gate.reason });
  if (gate.is === 'postponed') journal.apply({ type: 'postponed', step: step.id, until: gate.until });
  return gate.is === 'free';
}

/** This process stood still for so long that another may have the run: the attempt is given up before anything is sent. */
const tooLate: AttemptEnd = {
  status: 'interrupted',
  error: new Error('the lease of the run ended before anything was sent'),
  sent: false,
};

/** What cannot be traced is sent all the same. */
async function traceparentOf({ parts, journal }: Doing, attempt: Attempt): Promise<string | undefined> {
  const { runId, step, number } = attempt;
  return parts.traces?.parentOf({ eventId: journal.run.eventId, runId, step, number }).catch(() => undefined);
}

async function recordEnd(
  { parts, journal, step }: Doing,
  attempt: Attempt,
  end: AttemptEnd,
  error: StoredError | null,
): Promise<void> {
  const endedAt = parts.clock();
  const output = end.status === 'succeeded' ? parts.redactor.value(end.output) : null;
  const retryAfterMs = end.status === 'retryable' ? end.retryAfterMs : null;
  journal.end({ id: attempt.id, status: end.status, endedAt, sent: end.sent, output, error, retryAfterMs });
  parts.notify({
    kind: 'attempt',
    runId: attempt.runId,
    step: step.id,
    number: attempt.number,
    connection: step.connection,
    action: step.actionName,
    status: end.status,
    tookMs: endedAt - attempt.begunAt,
    output,
    error,
  });
  journal.apply({
    type: 'ended',
    step: step.id,
    attemptId: attempt.id,
    end: toEnded(end, output, error),
    random: parts.random(),
  });
  try {
    if (end.status === 'rejected' && end.credentials) await parts.lanes.pause(step.connection, 'credentials', error);
    // What sent nothing because we stopped says nothing of the vendor.
    else if (end.status !== 'interrupted') await parts.lanes.report(step.connection, laneEnd(end), error);
  } catch (failure) {
    // It holds in this process; the outcome of the attempt matters more than that the next one knows it too.
    parts.log.error('the state of a connection could not be stored', {
      connection: step.connection,
      error: storeError(failure, parts.redactor),
    });
  }
}

function laneEnd(end: AttemptEnd): 'good' | 'refused' | 'failed' {
  if (end.status === 'in_doubt' || (end.status === 'retryable' && end.retryAfterMs === null)) return 'failed';
  return end.status === 'succeeded' ? 'good' : 'refused';
}

function toEnded(end: AttemptEnd, output: unknown, error: StoredError | null): Ended {
  if (end.status === 'succeeded') return { status: 'succeeded', output };
  const kept = {
    error: error ?? { name: 'Error', message: '' },
    ...(end.progress === undefined ? {} : { progress: end.progress }),
  };
  if (end.status === 'rejected') return { status: 'rejected', credentials: end.credentials, ...kept };
  if (end.status === 'retryable') return { status: 'retryable', retryAfterMs: end.retryAfterMs, ...kept };
  return { status: end.status, ...kept };
}

function newAttempt(doing: Doing): Attempt {
  const { parts, journal, step } = doing;
  const state = stepState(doing);
  const begunAt = parts.clock();
  return {
    id: createId('att', begunAt, parts.randomBytes),
    runId: journal.run.id,
    step: step.id,
    number: state.attempts,
    generation: state.generation,
    key: idempotencyKey(journal.run, state),
    connection: step.connection,
    action: `${step.connector.name}.${step.actionName}`,
    effect: step.effect,
    status: 'begun',
    begunAt,
    endedAt: null,
    sent: null,
    output: null,
    error: null,
    retryAfterMs: null,
    late: false,
  };
}

function callOf(doing: Doing, attempt: Pick<Attempt, 'key' | 'number'>, stop: AbortSignal) {
  const { parts, journal, step, input } = doing;
  const state = stepState(doing);
  const { connection, actionName } = step;
  return {
    about: { connection, action: actionName, runId: journal.run.id, step: step.id, number: attempt.number },
    action: step.action,
    client: () => openClient(parts, step.connection),
    input,
    key: attempt.key,
    number: attempt.number,
    firstAt: state.firstAt ?? parts.clock(),
    progress: state.progress,
    timeoutMs: step.timeoutMs ?? step.action.timeoutMs ?? parts.settings.ATTEMPT_TIMEOUT,
    stop,
    log: parts.log,
  };
}

async function openClient(parts: EngineParts, name: string): Promise<unknown> {
  const connection = parts.connections().get(name);
  if (!connection) throw new Error(`connection "${name}" is gone`);
  return connection.client();
}

/** Asks whether the attempt in doubt happened, and records the answer on it. Never rejects. */
export async function lookUpStep(doing: Doing): Promise<void> {
  const { parts, journal, step, stop } = doing;
  const { action } = step;
  const state = stepState(doing);
  if (!action.lookup || !state.doubt) return answer(doing, { is: 'unavailable' });
  const turn = parts.lanes.turn(step.connection);
  if (turn !== null && !(await isTaken(doing, turn))) return;
  const key = idempotencyKey(journal.run, state);
  const call = callOf(doing, { key, number: state.attempts }, stop);
  const asked = async (client: unknown, given: unknown, attempt: Asked) => action.lookup?.(client, given, attempt);
  const end = await callAction(parts.sending, { ...call, action: { ...action, run: asked } });
  if (end.status === 'interrupted' || (stop.aborted && end.status !== 'succeeded')) return;
  if (end.status !== 'succeeded')
    parts.log.warn('lookup without an answer', { step: step.id, error: storeError(end.error, parts.redactor) });
  if (end.status === 'succeeded' && end.output !== undefined) {
    const { attemptId, endedAt } = state.doubt;
    journal.end({
      id: attemptId,
      status: 'succeeded',
      endedAt,
      sent: true,
      output: end.output,
      error: null,
      retryAfterMs: null,
    });
  }
  answer(doing, lookupResult(end));
}

type Asked = Parameters<Step['action']['run']>[2];
type LookupResult = Extract<RunInput, { type: 'looked-up' }>['result'];

function lookupResult(end: AttemptEnd): LookupResult {
  if (end.status === 'succeeded')
    return end.output === undefined ? { is: 'absent' } : { is: 'found', output: end.output };
  if (end.status === 'rejected') return { is: 'unavailable' };
  return { is: 'unknown', retryAfterMs: end.status === 'retryable' ? end.retryAfterMs : null };
}

function answer({ parts, journal, step }: Doing, result: LookupResult): void {
  journal.apply({ type: 'looked-up', step: step.id, result, random: parts.random() });
}

function stepState({ journal, step }: Doing): StepState {
  const state = journal.state().steps.find((candidate) => candidate.id === step.id);
  if (!state) throw new Error(`step "${step.id}" is not in its run`);
  return state;
}
