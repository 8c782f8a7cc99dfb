// `/livez` and `/readyz` on both listeners, for each reason there is.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HostError } from '../../src/core/errors.ts';
import { readiness } from '../../src/run/readiness.ts';
import { startRunning, type Running } from './app.ts';

const works = `
  works:
    on: truedy:call.ended
    steps:
      - { uses: toys.call, with: { as: ok } }`;

let dir: string;
let running: Running;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hookline-health-'));
});
afterEach(async () => {
  await running.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Status and answer at the receiver and at the admin listener, without a token. */
async function ask(path: string): Promise<readonly { status: number; answer: unknown }[]> {
  const urls = [running.app.url, running.app.adminUrl];
  return Promise.all(
    urls.map(async (url) => {
      const response = await fetch(url + path);
      return { status: response.status, answer: await response.json() };
    }),
  );
}

const both = (expected: object) => [expect.objectContaining(expected), expect.objectContaining(expected)];

it('is alive and ready once it has started', async () => {
  running = await startRunning(works, { dir });
  expect(await ask('/livez')).toEqual(both({ status: 200 }));
  expect(await ask('/readyz')).toEqual(both({ status: 200, answer: { ready: true, store: 'ok', config: 'ok' } }));
});

it('is ready with the last accepted file, and says so', async () => {
  running = await startRunning(works, { dir });
  await running.stop();
  running = await startRunning('  broken: 1', { dir });
  const config = expect.stringMatching(/^the file is refused \(.+\); the last accepted one is in use$/);
  expect(await ask('/readyz')).toEqual(both({ status: 200, answer: { ready: true, store: 'ok', config } }));
});

it('is neither alive nor ready when the thread of the store has ended, because only a restart helps', async () => {
  const threads: Worker[] = [];
  const onWorker = (worker: Worker) => void threads.push(worker);
  process.on('worker', onWorker);
  running = await startRunning(works, { dir });
  process.off('worker', onWorker);
  await Promise.all(threads.map((thread) => thread.terminate()));
  const [alive, ready] = [await ask('/livez'), await ask('/readyz')];
  expect(alive).toEqual(both({ status: 503, answer: { message: expect.stringContaining('the store') } }));
  expect(ready).toEqual(both({ status: 503, answer: expect.objectContaining({ ready: false, config: 'ok' }) }));
  expect((await running.get('/metrics')).status).toBe(200);
});

describe('a store', () => {
  beforeEach(async () => {
    running = await startRunning(works, { dir });
  });
  const config = { refused: null };

  it('that cannot be written makes it unready, with the reason', async () => {
    const probe = () => Promise.reject(new HostError('store.unavailable', { why: 'the disk is full' }));
    expect(await readiness({ probe }, config)).toEqual({
      ok: false,
      detail: { store: 'the store cannot take a write now: the disk is full', config: 'ok' },
    });
  });

  it('that does not answer makes it unready after five seconds', async () => {
    vi.useFakeTimers();
    try {
      const asked = readiness({ probe: () => new Promise(() => undefined) }, config);
      await vi.advanceTimersByTimeAsync(5000);
      expect(await asked).toMatchObject({ ok: false, detail: { store: expect.stringContaining('longer than 5 s') } });
    } finally {
      vi.useRealTimers();
    }
  });
});
