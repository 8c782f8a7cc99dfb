// The page of metrics, from the one table that defines them.

import { bounds, metricTable } from '../../../src/core/metrics.ts';
import { code, page, table } from '../markdown.ts';

export function metricsPage(): string {
  return page(
    '# Metrics',
    'What `GET /metrics` on the admin listener answers, in the text form of Prometheus. How to use it: [watch](../operate/metrics.md).',
    table(
      ['Metric', 'Type', 'Labels', 'What it says'],
      Object.entries(metricTable).map(([name, { type, labels, help }]) => [
        code(name),
        type,
        labels.map(code).join(' '),
        help,
      ]),
    ),
    `A histogram has the bounds ${bounds.map((bound) => code(String(bound))).join(' ')} seconds. Counters begin at 0 when the process starts. A metric has at most 5,000 series; what comes beyond is counted together under empty labels.`,
  );
}
