// Counting what happens: bounded in its labels, exact in its sums.

import { describe, expect, it } from 'vitest';
import { bounds, createMetrics, metricTable, type Sample } from '../../src/core/metrics.ts';
import type { Happening } from '../../src/core/model.ts';

const refused = (source: string): Happening => ({
  kind: 'delivery',
  status: 'refused',
  source,
  deliveryId: 'dlv_1',
  eventId: null,
  type: null,
  reason: 'body.too-large',
});

const attempt = (connection: string, tookMs: number): Happening => ({
  kind: 'attempt',
  runId: 'run_1',
  step: 'tell',
  number: 1,
  connection,
  action: 'send',
  status: 'succeeded',
  tookMs,
  output: null,
  error: null,
});

const value = (samples: readonly Sample[] = [], labels: Record<string, string> = {}, series?: Sample['series']) =>
  samples
    .filter((sample) => sample.series === series)
    .filter((sample) => Object.entries(labels).every(([name, word]) => sample.labels[name] === word))
    .reduce((sum, sample) => sum + sample.value, 0);

describe('a counter', () => {
  it('has no label that a stranger chose', () => {
    const metrics = createMetrics((source) => source === 'known');
    for (let index = 0; index < 1000; index += 1) metrics.note(refused(`stranger-${index}`));
    metrics.note(refused('known'));
    const samples = metrics.read().hookline_deliveries_total ?? [];
    expect(samples).toHaveLength(2);
    expect(value(samples, { source: '' })).toBe(1000);
    expect(value(samples, { source: 'known' })).toBe(1);
  });

  it('has an end to its series, whoever makes them, and still counts everything', () => {
    const metrics = createMetrics(() => true);
    for (let index = 0; index < 6000; index += 1) metrics.note(refused(`source-${index}`));
    metrics.note(refused('source-1'));
    const samples = metrics.read().hookline_deliveries_total ?? [];
    expect(samples.length).toBeLessThanOrEqual(5001);
    expect(value(samples)).toBe(6001);
    expect(value(samples, { source: 'source-1' })).toBe(2);
    expect(value(samples, { source: '' })).toBe(1000);
  });
});

describe('a histogram', () => {
  it('counts a time in every bucket from its own on', () => {
    const metrics = createMetrics(() => true);
    for (const ms of [1, 3, 600, 60_000]) metrics.note(attempt('mail', ms));
    metrics.note(attempt('crm', 10));
    const samples = metrics.read().hookline_attempt_seconds;
    const of = (le: string) => value(samples, { connection: 'mail', le }, 'bucket');
    expect(['0.001', '0.005', '0.5', '1', '30', '+Inf'].map(of)).toEqual([1, 2, 2, 3, 3, 4]);
    expect(value(samples, { connection: 'mail' }, 'count')).toBe(4);
    expect(value(samples, { connection: 'mail' }, 'sum')).toBeCloseTo(60.604);
    expect(value(samples, { connection: 'crm' }, 'count')).toBe(1);
    expect([...bounds]).toEqual([...bounds].sort((a, b) => a - b));
  });
});

it('has names as Prometheus wants them', () => {
  for (const [name, { type, labels, help }] of Object.entries(metricTable)) {
    expect(name).toMatch(/^(hookline|process)_[a-z_]+$/);
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
    for (const label of labels) expect(label).toMatch(/^[a-z]+$/);
    expect(help.endsWith('.'), name).toBe(true);
  }
});
