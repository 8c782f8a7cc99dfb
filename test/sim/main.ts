// Runs simulated lives: `SIM_SEED=123 node test/sim/main.ts` tells one as a story, `node test/sim/main.ts 1 10000` judges many.

import { simulate, type Life } from './simulate.ts';

const [first, last] = process.argv.slice(2).map(Number);
const seed = process.env['SIM_SEED'];
process.exitCode = seed === undefined ? await judge(first ?? 1, last ?? first ?? 1000) : await tell(Number(seed));

async function tell(seed: number): Promise<number> {
  const life = await simulate({ seed, trace: true });
  for (const line of life.trace) console.log(line);
  console.log(verdict(life));
  return life.violations.length > 0 ? 1 : 0;
}

/** Lines of JSON: the violations of each seed that has some, then the sums. */
async function judge(from: number, to: number): Promise<number> {
  const sums = { seeds: 0, violated: 0, runs: 0, requests: 0, effects: 0, deaths: 0 };
  for (let seed = from; seed <= to; seed++) {
    const life = await simulate({ seed });
    sums.seeds += 1;
    for (const name of ['runs', 'requests', 'effects', 'deaths'] as const) sums[name] += life[name];
    if (life.violations.length === 0) continue;
    sums.violated += 1;
    console.log(verdict(life));
  }
  console.log(JSON.stringify(sums));
  return sums.violated > 0 ? 1 : 0;
}

function verdict({ seed, violations }: Life): string {
  if (violations.length === 0) return `seed ${seed}: all invariants hold`;
  const lines = violations.map((line) => `  ${line}`);
  return [`seed ${seed} (SIM_SEED=${seed} node test/sim/main.ts tells its story):`, ...lines].join('\n');
}
