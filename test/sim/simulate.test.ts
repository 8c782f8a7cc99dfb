import { describe, expect, it } from 'vitest';
import { mutants } from './mutants.ts';
import { simulate } from './simulate.ts';

/** The command that tells the story of a seed. */
const rerun = (seed: number) => `SIM_SEED=${seed} node test/sim/main.ts`;

describe('simulated lives', () => {
  it('keep every promise, whatever fails, in 1,000 seeds', { timeout: 120_000 }, async () => {
    const wrong: string[] = [];
    let deaths = 0;
    for (let seed = 1; seed <= 1000; seed++) {
      const life = await simulate({ seed });
      deaths += life.deaths;
      if (life.violations.length > 0) wrong.push(`${rerun(seed)}\n  ${life.violations.join('\n  ')}`);
    }
    expect(wrong).toEqual([]);
    expect(deaths, 'the faults are there').toBeGreaterThan(2000);
  });

  it('keep every promise when the process dies at any single effect of a quiet life', {
    timeout: 120_000,
  }, async () => {
    const wrong: string[] = [];
    for (const seed of [1, 2, 3]) {
      const { effects } = await simulate({ seed, dieAt: 0 });
      expect(effects).toBeGreaterThan(20);
      for (let dieAt = 1; dieAt <= effects; dieAt++) {
        const life = await simulate({ seed, dieAt });
        if (life.deaths !== 1) wrong.push(`seed ${seed}: nothing died at effect ${dieAt}`);
        for (const line of life.violations) wrong.push(`seed ${seed}, death at effect ${dieAt}: ${line}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('are the same every time', async () => {
    const [first, second] = [await simulate({ seed: 7, trace: true }), await simulate({ seed: 7, trace: true })];
    expect(first.trace.length).toBeGreaterThan(50);
    expect(second.trace).toEqual(first.trace);
  });
});

describe('the simulator sees', () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('%s', { timeout: 60_000 }, async (_, mutant) => {
    for (let seed = 1; seed <= 1000; seed++) {
      const { violations } = await simulate({ seed, mutation: mutant });
      if (violations.some((line) => line.startsWith(mutant.breaks))) return;
    }
    expect.unreachable('1,000 seeds showed nothing');
  });
});
