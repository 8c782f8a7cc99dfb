// Runs the crash matrix: `node test/crash/matrix.ts` all of it, which also writes docs/reliability.md; `short` in a minute;
// `only <words>` the rows whose names hold the words.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { simulate } from '../sim/simulate.ts';
import { report, type Done, type Simulated } from './report.ts';
import type { Size } from './row.ts';
import { rows } from './rows.ts';
import { holds, lineOf, runRow } from './run-row.ts';

const [what = 'full', ...words] = process.argv.slice(2);
const size: Size = what === 'short' ? 'short' : 'full';
const wanted = what === 'only' ? words.join(' ') : '';
const page = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));

const done: Done[] = [];
for (const row of rows.filter(({ name }) => name.includes(wanted))) {
  const result = await runRow(row, size);
  done.push(result);
  console.log(lineOf(result));
}
if (what === 'full') {
  const simulated = await simulateMany(10_000);
  writeFileSync(page, report(done, simulated));
  console.log(`simulation: ${JSON.stringify(simulated)}`);
}
process.exitCode = done.some((one) => one.is === 'done' && !holds(one)) ? 1 : 0;

async function simulateMany(seeds: number): Promise<Simulated> {
  const sums = { seeds, runs: 0, requests: 0, effects: 0, deaths: 0, violated: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const life = await simulate({ seed });
    for (const name of ['runs', 'requests', 'effects', 'deaths'] as const) sums[name] += life[name];
    if (life.violations.length > 0) sums.violated += 1;
  }
  return sums;
}
