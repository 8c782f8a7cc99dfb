// What `/metrics` says is what happened and what is stored, and nobody outside decides what it is called.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricTable } from '../../src/core/metrics.ts';
import type { RunStatus } from '../../src/core/model.ts';
import { startRunning, type Running } from './app.ts';
import { readScrape, type Scrape } from './scrape.ts';

const workflows = `
  works:
    on: truedy:call.ended
    if: event.data.call.summary != "nobody"
    steps:
      - { id: first, uses: toys.call, with: { as: ok } }
      - { id: second, uses: more.call, retry: { attempts: 2 }, with: { as: "\${{ event.data.call.summary ?? 'ok' }}" } }
  breaks:
    on: truedy:call.ended
    if: event.data.call.summary == "breaks" && number(event.data.call.summary ?? "") > 0
    steps:
      - { uses: toys.call, with: { as: ok } }`;

describe('the metrics', () => {
  let running: Running;
  let scrape: Scrape;
  const over = (count: number) => {
    let seen = 0;
    const ends = new Set<RunStatus>(['succeeded', 'failed', 'held']);
    return running.until((one) => one.kind === 'run' && ends.has(one.status) && ++seen === count);
  };

  beforeAll(async () => {
    running = await startRunning(workflows);
    const done = over(7);
    const calls = ['ok', 'rejected', 'retryable', 'doubt', 'ok', 'breaks'];
    for (const [index, summary] of calls.entries()) await running.post(summary, `call-${index}`);
    await running.post('ok', 'call-0');
    await running.post('nobody', 'call-9');
    await running.post('ok', 'call-10', '/webhooks/strange-1');
    await fetch(`${running.app.url}/webhooks/strange-2`, { method: 'POST', body: Buffer.alloc(2_000_000) }).catch(
      () => undefined,
    );
    await fetch(`${running.app.url}/webhooks/truedy`, { method: 'POST', body: '{}' });
    await done;
    await running.until((happening) => happening.kind === 'event' && happening.workflows.length === 0);
    scrape = readScrape(await (await running.get('/metrics')).text());
  });
  afterAll(() => running.stop());

  it('have every metric of the table and no other', () => {
    const shown = new Set([...scrape.names].map((name) => name.replace(/_(bucket|sum|count)$/, '')));
    // Known only with a budget, or after a while.
    const absent = new Set([
      'hookline_storage_budget_bytes',
      'hookline_storage_days_left',
      'hookline_event_loop_delay_seconds',
    ]);
    expect([...shown.difference(absent)].sort()).toEqual(
      Object.keys(metricTable)
        .filter((name) => !absent.has(name))
        .sort(),
    );
  });

  it('count what the store holds', async () => {
    const stats = (await (await running.get('/api/status')).json()) as { store: Stats };
    const { deliveries, events, runs } = stats.store;
    expect(deliveries).toEqual({ accepted: 7, duplicate: 1, refused: 3 });
    for (const [status, rows] of Object.entries(deliveries))
      expect([status, scrape.sum('hookline_deliveries_total', { status })]).toEqual([status, rows]);
    for (const status of ['matched', 'ignored'])
      expect([status, scrape.sum('hookline_events_total', { status })]).toEqual([status, events[status]]);
    for (const status of ['succeeded', 'failed', 'held'])
      expect([status, scrape.sum('hookline_runs_total', { status })]).toEqual([status, runs[status]]);
    for (const status of ['pending', 'running', 'waiting', 'held', 'failed'])
      expect([status, scrape.sum('hookline_runs', { status })]).toEqual([status, runs[status]]);
    expect(scrape.sum('hookline_runs_held', { reason: 'in_doubt' })).toBe(1);
    expect(scrape.sum('hookline_matches_total', { workflow: 'works' })).toBe(6);
    expect(scrape.sum('hookline_ack_seconds_count')).toBe(8);
  });

  it('count every attempt under what it came to', async () => {
    const { items } = (await (await running.get('/api/runs?limit=50')).json()) as { items: { id: string }[] };
    const counted = new Map<string, number>();
    for (const { id } of items) {
      const { attempts } = (await (await running.get(`/api/runs/${id}`)).json()) as {
        attempts: { connection: string; status: string }[];
      };
      for (const { connection, status } of attempts) {
        const key = `${connection} ${status}`;
        counted.set(key, (counted.get(key) ?? 0) + 1);
      }
    }
    expect(counted.size).toBeGreaterThanOrEqual(5);
    for (const [key, rows] of counted) {
      const [connection = '', status = ''] = key.split(' ');
      expect([key, scrape.sum('hookline_attempts_total', { connection, status, action: 'call' })]).toEqual([key, rows]);
    }
    const all = [...counted.values()].reduce((sum, rows) => sum + rows, 0);
    expect(scrape.sum('hookline_attempt_seconds_count')).toBe(all);
    expect(scrape.sum('hookline_attempt_seconds_bucket', { le: '+Inf' })).toBe(all);
  });

  it('name no source that is not configured', () => {
    expect(new Set(scrape.values('hookline_deliveries_total', 'source'))).toEqual(new Set(['truedy', '']));
    expect(scrape.sum('hookline_deliveries_total', { source: '', reason: 'source.unknown' })).toBe(1);
    expect(scrape.sum('hookline_deliveries_total', { source: '', reason: 'body.too-large' })).toBe(1);
  });

  it('say that it is ready, and how it is', () => {
    expect(scrape.sum('hookline_ready')).toBe(1);
    expect(scrape.sum('hookline_config_stale')).toBe(0);
    expect(scrape.sum('hookline_store_bytes')).toBeGreaterThan(4096);
    expect(scrape.sum('hookline_connection_state', { connection: 'toys', status: 'ok' })).toBe(1);
    expect(scrape.sum('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  it('need the token', async () => {
    expect((await running.get('/metrics', {})).status).toBe(401);
    expect((await running.get('/metrics', { authorization: 'Bearer wrong' })).status).toBe(401);
  });
});

interface Stats {
  readonly deliveries: Record<string, number>;
  readonly events: Record<string, number>;
  readonly runs: Record<string, number>;
}

it('are open to all who reach them when that is asked for', async () => {
  const running = await startRunning(workflows, { env: { METRICS_PUBLIC: 'true' } });
  const answer = await running.get('/metrics', {});
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  expect((await running.get('/api/status', {})).status).toBe(401);
  await running.stop();
});
