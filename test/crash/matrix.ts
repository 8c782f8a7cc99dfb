// Runs the crash matrix and writes docs/reliability.md: all of it, or with words the rows whose names hold them.
// CRASH_SCALE=0.1 does a tenth of what can be done many times; the page says how much was done.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { simulate } from '../sim/simulate.ts';
import { report } from './report.ts';
import { readResults, writeResults, type Simulated } from './results.ts';
import { rows } from './rows.ts';
import { holds, lineOf, runRow } from './run-row.ts';

const words = process.argv.slice(2).join(' ');
const page = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));

let broken = 0;
for (const row of rows.filter(({ name }) => name.includes(words))) {
  const result = await runRow(row, 'full');
  console.log(lineOf(row, result));
  if (!holds(result)) broken += 1;
  const { rows: others, simulated } = readResults();
  writeResults({ rows: { ...others, [row.name]: result }, simulated });
}
if ('simulation'.includes(words)) {
  const simulated = await simulateMany(10_000);
  console.log(`simulation: ${JSON.stringify(simulated)}`);
  writeResults({ ...readResults(), simulated });
}
writeFileSync(page, report(rows, readResults()));
// A connection that was cut under a client may stay open on its side.
process.exit(broken > 0 ? 1 : 0);

async function simulateMany(seeds: number): Promise<Simulated> {
  const sums = { seeds, runs: 0, requests: 0, effects: 0, deaths: 0, violated: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const life = await simulate({ seed });
    for (const name of ['runs', 'requests', 'effects', 'deaths'] as const) sums[name] += life[name];
    if (life.violations.length > 0) sums.violated += 1;
  }
  return sums;
}
