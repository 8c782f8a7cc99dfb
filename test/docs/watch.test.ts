// What docs/operate gives to Prometheus and Grafana names only metrics and labels that there are.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { metricTable, type MetricName } from '../../src/core/metrics.ts';
import { root } from './documents.ts';

const read = (file: string) => readFileSync(join(root, 'docs/operate', file), 'utf8');

interface Rules {
  readonly groups: readonly { readonly rules: readonly Record<string, unknown>[] }[];
}
interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const { groups } = parse(read('alert-rules.yml')) as Rules;
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('grafana-dashboard.json')) as Dashboard;

/** What is wrong with the names in an expression of Prometheus. */
function faults(expression: string): string[] {
  const metrics = [...expression.matchAll(/\b((?:hookline|process)_[a-z_]+)\b/g)].map(([, name = '']) => name);
  const labels = [...expression.matchAll(/(?:by \(|\{)([^)}]*)[)}]/g)]
    .flatMap(([, list = '']) => list.split(','))
    .map((label) => label.trim().replace(/[!=~].*$/, ''));
  const known = metrics.map((name) => metricTable[baseOf(name) as MetricName]);
  const allowed = new Set(['le', 'job', ...known.flatMap((entry) => entry?.labels ?? [])]);
  return [
    ...metrics.filter((_, index) => known[index] === undefined),
    ...labels.filter((label) => !allowed.has(label)),
    ...(metrics.length === 0 && !expression.startsWith('up{') ? ['no metric'] : []),
  ];
}

/** A histogram is read by its series. */
function baseOf(name: string): string {
  const base = name.replace(/_(bucket|sum|count)$/, '');
  return base !== name && metricTable[base as MetricName]?.type === 'histogram' ? base : name;
}

describe('an alert rule', () => {
  it.each(rules)('$alert names what there is and says what to do', (rule) => {
    expect(faults(String(rule['expr']))).toEqual([]);
    expect(rule).toMatchObject({
      labels: { severity: expect.stringMatching(/^(critical|warning)$/) },
      annotations: { summary: expect.any(String), description: expect.any(String) },
    });
  });

  it('with a mistake is found', () => {
    expect(faults('sum by (nobody) (rate(hookline_lost_total[5m]))')).toEqual(['hookline_lost_total', 'nobody']);
    expect(faults('hookline_ready_bucket')).toEqual(['hookline_ready_bucket']);
  });
});

describe('the dashboard', () => {
  it.each(dashboard.panels)('panel "$title" names what there is', ({ targets }) => {
    expect(targets.flatMap(({ expr }) => faults(expr))).toEqual([]);
  });

  it('shows every metric but when the process started and how often the file was read', () => {
    const shown = new Set(
      dashboard.panels.flatMap(({ targets }) =>
        targets.flatMap(({ expr }) => (expr.match(/(hookline|process)_[a-z_]+/g) ?? []).map(baseOf)),
      ),
    );
    const left = Object.keys(metricTable).filter((name) => !shown.has(name));
    expect(left).toEqual(['hookline_config_loads_total', 'process_start_time_seconds']);
  });

  it('has panels with ids of their own that do not overlap', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});
