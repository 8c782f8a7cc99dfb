import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConnectionError, PermanentError, RetryableError, UnknownOutcomeError } from '../../src/plugin/index.ts';
import { startEngine, workflow, workflowsOf, type Engine, type EngineOptions, type StepSpec } from './engine.ts';

const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop();
});

async function engineOf(steps: readonly StepSpec[], options: EngineOptions = {}, timeoutMs?: number): Promise<Engine> {
  const workflows = workflowsOf(workflow('w', steps, timeoutMs));
  const engine = await startEngine(() => workflows, options);
  engines.push(engine);
  return engine;
}

/** An action that does one thing a call, in order; the last one for ever. */
function script(...acts: (() => unknown)[]) {
  const calls: { key: string; number: number; progress: unknown; input: unknown }[] = [];
  return {
    calls,
    run: async (_: unknown, input: unknown, attempt: { key: string; number: number; progress: unknown }) => {
      calls.push({ key: attempt.key, number: attempt.number, progress: attempt.progress, input });
      const act = acts[Math.min(calls.length, acts.length) - 1];
      return act?.() ?? {};
    },
  };
}

const fail = (error: Error) => () => {
  throw error;
};

describe('a run', () => {
  it('passes outputs on, keeps attempts, and is succeeded', async () => {
    const engine = await engineOf([
      { id: 'log' },
      { id: 'tell', connection: 'mail', input: (scope) => ({ ok: true, value: { from: scope.steps['log']?.output } }) },
    ]);
    const run = await engine.until(await engine.event(), 'succeeded');
    expect(run.steps.map((step) => step.status)).toEqual(['succeeded', 'succeeded']);
    expect(run.steps[1]?.input).toEqual({ from: { id: 'log' } });
    const attempts = await engine.attempts(run.id);
    expect(attempts.map(({ step, status, number, key }) => ({ step, status, number, key: key.length }))).toEqual([
      { step: 'log', status: 'succeeded', number: 1, key: 64 },
      { step: 'tell', status: 'succeeded', number: 1, key: 64 },
    ]);
  });

  it('is written as often as an attempt begins, and once more when it is over', async () => {
    const engine = await engineOf([{ id: 'a' }, { id: 'b' }]);
    const record = vi.spyOn(engine.store, 'record');
    const id = await engine.event();
    const { id: runId } = await engine.until(id, 'succeeded');
    const written = record.mock.calls.flatMap(([batch]) => batch.filter((item) => item.runId === runId));
    expect(written.map(({ begun = [], release }) => [begun.length, release])).toEqual([
      [1, false],
      [1, false],
      [0, true],
    ]);
  });

  it('is given one key a step, and another one when replayed as new', async () => {
    const act = script(() => ({}));
    const engine = await engineOf([{ id: 'a', action: act }]);
    const eventId = await engine.event();
    const first = await engine.until(eventId, 'succeeded');
    const [second] = await engine.operations.replay(eventId, undefined);
    await expect
      .poll(async () => (await engine.store.run(second ?? ''))?.run.status, { timeout: 20_000 })
      .toBe('succeeded');
    expect((await engine.store.run(second ?? ''))?.run.replay).toBe(1);
    expect(first.replay).toBe(0);
    expect(new Set(act.calls.map((call) => call.key)).size).toBe(2);
  });

  it('tries twice more at once, then waits in the store, with one key and one input', async () => {
    const act = script(...Array.from({ length: 4 }, () => fail(new RetryableError('busy'))), () => ({ ok: true }));
    const engine = await engineOf([{ id: 'a', action: act }]);
    const run = await engine.until(await engine.event(), 'succeeded');
    expect(act.calls).toHaveLength(5);
    expect(new Set(act.calls.map((call) => call.key)).size).toBe(1);
    expect(act.calls.map((call) => call.number)).toEqual([1, 2, 3, 4, 5]);
    expect((await engine.attempts(run.id)).map((attempt) => attempt.status)).toEqual([
      'retryable',
      'retryable',
      'retryable',
      'retryable',
      'succeeded',
    ]);
  });

  it('waits as long as the vendor asks, without quick tries', async () => {
    const act = script(fail(new RetryableError('429', { retryAfterMs: 60_000 })), () => ({}));
    const engine = await engineOf([{ id: 'a', action: act }]);
    const run = await engine.until(await engine.event(), 'waiting');
    expect(act.calls).toHaveLength(1);
    expect(run.dueAt).toBeGreaterThan(Date.now() + 55_000);
  });

  it('dies after its last attempt and is retried by a person from the failed step', async () => {
    const first = script(() => ({ id: 1 }));
    const second = script(fail(new PermanentError('no such channel', { code: 'channel_not_found' })), () => ({}));
    const engine = await engineOf([
      { id: 'a', action: first },
      { id: 'b', action: second },
    ]);
    const eventId = await engine.event();
    const run = await engine.until(eventId, 'failed');
    expect(run.steps[1]?.error).toMatchObject({ message: 'no such channel', code: 'channel_not_found' });
    await engine.operations.retry(run.id, { latest: false });
    await engine.until(eventId, 'succeeded');
    expect(first.calls).toHaveLength(1);
    expect(second.calls).toHaveLength(2);
    expect(second.calls[0]?.key).toBe(second.calls[1]?.key);
  });

  it('hands progress of a failed attempt to the next', async () => {
    const act = script(fail(new RetryableError('greylisted', { progress: { accepted: ['a@x'] } })), () => ({}));
    const engine = await engineOf([{ id: 'a', action: act }]);
    await engine.until(await engine.event(), 'succeeded');
    expect(act.calls[1]?.progress).toEqual({ accepted: ['a@x'] });
  });

  it('stops at its time limit even when nobody retries it', async () => {
    const act = script(fail(new RetryableError('429', { retryAfterMs: 3_600_000 })));
    const engine = await engineOf([{ id: 'a', action: act }], {}, 300);
    const run = await engine.until(await engine.event(), 'failed');
    expect(run.error?.name).toBe('TimeLimit');
  });

  it('fails a step whose input cannot be rendered, without a call', async () => {
    const act = script(() => ({}));
    const failure = { message: 'missing value', at: { file: 'workflows.yaml', line: 7, column: 3 } };
    const engine = await engineOf([{ id: 'a', action: act, input: () => ({ ok: false, failure }) }]);
    const run = await engine.until(await engine.event(), 'failed');
    expect(act.calls).toHaveLength(0);
    expect(run.steps[0]?.error?.at).toBe('workflows.yaml:7:3');
  });
});

describe('an attempt in doubt', () => {
  it('is held when the action is once; a person says it happened', async () => {
    const act = script(fail(new UnknownOutcomeError('reset')));
    const engine = await engineOf([
      { id: 'a', action: act },
      { id: 'b', connection: 'mail' },
    ]);
    const eventId = await engine.event();
    const run = await engine.until(eventId, 'held');
    expect(run.reason).toBe('in_doubt');
    await engine.operations.resolve(run.id, undefined, { happened: true, output: { id: 9 } });
    const done = await engine.until(eventId, 'succeeded');
    expect(done.steps[0]?.output).toEqual({ id: 9 });
    expect(act.calls).toHaveLength(1);
  });

  it('is done again with the same key when a person says so', async () => {
    const act = script(fail(new UnknownOutcomeError('reset')), () => ({}));
    const engine = await engineOf([{ id: 'a', action: act }]);
    const eventId = await engine.event();
    const run = await engine.until(eventId, 'held');
    await engine.operations.resolve(run.id, 'a', { happened: false });
    await engine.until(eventId, 'succeeded');
    expect(new Set(act.calls.map((call) => call.key)).size).toBe(1);
  });

  it('asks for the output that later steps read', async () => {
    const output = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } as const;
    const act = { ...script(fail(new UnknownOutcomeError('reset'))), output };
    const engine = await engineOf([{ id: 'a', action: act }, { id: 'b' }]);
    const run = await engine.until(await engine.event(), 'held');
    const answer = engine.operations.resolve(run.id, 'a', { happened: true, output: {} });
    await expect(answer).rejects.toThrow("must have required property 'id'");
  });

  it.each(['keyed', 'repeatable'] as const)('is retried when the action is %s', async (effect) => {
    const act = script(fail(new UnknownOutcomeError('reset')), () => ({}));
    const engine = await engineOf([{ id: 'a', effect, action: act }]);
    const run = await engine.until(await engine.event(), 'succeeded');
    expect(act.calls).toHaveLength(2);
    expect((await engine.attempts(run.id)).map((attempt) => attempt.status)).toEqual(['in_doubt', 'succeeded']);
  });

  it('is looked up: what happened is not done again, what did not is', async () => {
    const act = script(fail(new UnknownOutcomeError('reset')), () => ({ again: true }));
    const found = { ...act, lookupAfterMs: 10, lookup: async () => ({ ts: '1' }) };
    const engine = await engineOf([{ id: 'a', effect: 'lookup', action: found }]);
    const run = await engine.until(await engine.event(), 'succeeded');
    expect(run.steps[0]?.output).toEqual({ ts: '1' });
    expect((await engine.attempts(run.id)).map((attempt) => attempt.status)).toEqual(['succeeded']);
    const other = script(fail(new UnknownOutcomeError('reset')), () => ({ again: true }));
    const absent = { ...other, lookupAfterMs: 10, lookup: async () => undefined };
    const second = await engineOf([{ id: 'a', effect: 'lookup', action: absent }]);
    const again = await second.until(await second.event(), 'succeeded');
    expect(again.steps[0]?.output).toEqual({ again: true });
  });

  it('comes from an action that never settles, at its time limit', async () => {
    const never = () => new Promise<never>(() => undefined);
    const engine = await engineOf([{ id: 'a', timeoutMs: 50, action: { run: never } }]);
    const run = await engine.until(await engine.event(), 'held');
    expect(run.steps[0]?.error?.message).toContain('no answer within 50 ms');
  });
});

describe('a connection', () => {
  it('is paused when its credentials are refused; resume releases its runs', async () => {
    const act = script(fail(new ConnectionError('invalid_auth')), () => ({}));
    const engine = await engineOf([{ id: 'a', action: act }]);
    const eventId = await engine.event();
    const run = await engine.until(eventId, 'held');
    expect(run.reason).toBe('credentials');
    const second = await engine.event();
    await engine.until(second, 'held');
    expect(act.calls).toHaveLength(1);
    expect(await engine.store.connections()).toMatchObject([{ name: 'crm', status: 'paused', reason: 'credentials' }]);
    await engine.operations.resume('crm');
    await engine.until(eventId, 'succeeded');
    await engine.until(second, 'succeeded');
  });

  it('that is gone holds its runs as missing', async () => {
    const engine = await engineOf([{ id: 'a', connection: 'old' }]);
    engine.parts.lanes.setUnserved(['old']);
    const run = await engine.until(await engine.event(), 'held');
    expect(run.reason).toBe('missing');
  });

  it('that is down is left alone while its circuit is open, and one call tries it', async () => {
    const act = script(fail(new RetryableError('refused')), fail(new RetryableError('refused')), () => ({}));
    const engine = await engineOf([{ id: 'a', action: act }], { env: { CIRCUIT_AFTER: '2', CIRCUIT_FOR: '200ms' } });
    const began = Date.now();
    await engine.until(await engine.event(), 'succeeded');
    expect(act.calls).toHaveLength(3);
    expect(Date.now() - began).toBeGreaterThanOrEqual(200);
    expect(engine.parts.lanes.state('crm')?.status).toBe('ok');
  });

  it('that is slow delays no other', async () => {
    const gate = Promise.withResolvers<void>();
    const slow = { run: () => gate.promise };
    const engine = await engineOf(
      [
        { id: 'slow', needs: [], action: slow },
        { id: 'quick', needs: [], connection: 'mail' },
      ],
      { env: { CONCURRENCY: '2' } },
    );
    const ids = await Promise.all(Array.from({ length: 6 }, () => engine.event()));
    const quickOf = async (id: string) => (await engine.store.runs({ eventId: id }, { limit: 1 }))[0]?.steps[1]?.status;
    await expect
      .poll(async () => (await Promise.all(ids.map(quickOf))).every((status) => status === 'succeeded'), {
        timeout: 20_000,
      })
      .toBe(true);
    gate.resolve();
    for (const id of ids) await engine.until(id, 'succeeded');
  });
});

describe('a person', () => {
  it('cancels a run under way; what it sent stays in doubt', async () => {
    const started = Promise.withResolvers<void>();
    const act = {
      run: async (_: unknown, __: unknown, attempt: { sending(): void; signal: AbortSignal }) => {
        attempt.sending();
        started.resolve();
        return new Promise((_resolve, reject) => {
          attempt.signal.addEventListener('abort', () => reject(attempt.signal.reason as Error));
        });
      },
    };
    const engine = await engineOf([{ id: 'a', action: act }]);
    const eventId = await engine.event();
    await started.promise;
    const [run] = await engine.store.runs({ eventId }, { limit: 1 });
    await engine.operations.cancel(run?.id ?? '');
    const canceled = await engine.until(eventId, 'canceled');
    expect(canceled.steps[0]?.note).toBe('canceled in doubt');
    expect(await engine.attempts(canceled.id)).toMatchObject([{ status: 'in_doubt', sent: true }]);
  });

  it('is told when there is nothing to do', async () => {
    const engine = await engineOf([{ id: 'a' }]);
    const run = await engine.until(await engine.event(), 'succeeded');
    await expect(engine.operations.retry(run.id, { latest: false })).rejects.toMatchObject({ code: 'state.conflict' });
    await expect(engine.operations.cancel(run.id)).rejects.toMatchObject({ code: 'state.conflict' });
    await expect(engine.operations.retry('run_none', { latest: false })).rejects.toMatchObject({ code: 'not.found' });
    await expect(engine.operations.pause('nope')).rejects.toMatchObject({ code: 'not.found' });
  });
});

describe('shutdown', () => {
  it('lets attempts finish within the grace', async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<object>();
    const engine = await startEngineOnce(() => {
      started.resolve();
      return finish.promise;
    });
    const eventId = await engine.event();
    await started.promise;
    const stopping = engine.worker.stop(10_000);
    finish.resolve({ id: 1 });
    await stopping;
    expect(await engine.until(eventId, 'succeeded')).toMatchObject({ status: 'succeeded' });
  });

  it('interrupts what sent nothing, and the attempt does not count', async () => {
    const started = Promise.withResolvers<void>();
    const engine = await startEngineOnce(
      () => ({}),
      () => {
        started.resolve();
        return new Promise(() => undefined);
      },
    );
    const eventId = await engine.event();
    await started.promise;
    await engine.worker.stop(10);
    const run = await engine.until(eventId, 'waiting');
    expect(run.steps[0]).toMatchObject({ status: 'waiting', retries: 0 });
    expect(await engine.attempts(run.id)).toMatchObject([{ status: 'interrupted', sent: false }]);
  });

  async function startEngineOnce(run: () => unknown, client?: () => Promise<unknown>): Promise<Engine> {
    const connections = { crm: client ? { client } : {} };
    return engineOf([{ id: 'a', action: { run: async () => run() } }], { connections });
  }
});
