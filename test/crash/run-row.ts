// Runs one row of the matrix where it is possible, and says how it went.

import type { Done } from './report.ts';
import type { Row, Size } from './row.ts';

/** Never rejects: a test that breaks is a row that does not hold. */
export async function runRow(row: Row, size: Size): Promise<Done> {
  const why = (await row.impossible?.()) ?? null;
  if (why !== null) return { is: 'skipped', row, why };
  try {
    return { is: 'done', row, outcome: await row.run(size) };
  } catch (error) {
    const wrong = [`the test broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
    return { is: 'done', row, outcome: { figures: {}, wrong, control: { what: 'none', failed: false } } };
  }
}

/** Nothing was wrong, and the control failed as it must. */
export function holds(one: Done): boolean {
  return one.is === 'done' && one.outcome.wrong.length === 0 && one.outcome.control.failed;
}

/** One line for a terminal, and what was wrong below it. */
export function lineOf(one: Done): string {
  if (one.is === 'skipped') return `– ${one.row.name}: ${one.why}`;
  const { figures, wrong, control } = one.outcome;
  const told = Object.entries(figures).map(([name, figure]) => `${figure} ${name}`);
  const judged = control.failed ? 'control failed as it must' : `CONTROL DID NOT FAIL: ${control.what}`;
  return [`${holds(one) ? '✓' : '✗'} ${one.row.name}: ${told.join(', ')}; ${judged}`, ...wrong.slice(0, 20)].join(
    '\n    ',
  );
}
