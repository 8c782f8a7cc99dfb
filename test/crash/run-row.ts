// Runs one row of the matrix where it is possible, and says how it went.

import type { Result } from './results.ts';
import type { Row, Size } from './row.ts';

/** Never rejects: a test that breaks is a row that does not hold. */
export async function runRow(row: Row, size: Size): Promise<Result> {
  const why = (await row.impossible?.()) ?? null;
  if (why !== null) return { impossible: why };
  try {
    return await row.run(size);
  } catch (error) {
    const wrong = [`the test broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
    return { figures: {}, wrong, control: { what: 'none', failed: false } };
  }
}

/** Nothing was wrong, and the control failed as it must; or nothing could be done. */
export function holds(result: Result): boolean {
  return 'impossible' in result || (result.wrong.length === 0 && result.control.failed);
}

/** One line for a terminal, and what was wrong below it. */
export function lineOf(row: Row, result: Result): string {
  if ('impossible' in result) return `– ${row.name}: ${result.impossible}`;
  const { figures, wrong, control } = result;
  const told = Object.entries(figures).map(([name, figure]) => `${figure} ${name}`);
  const judged = control.failed ? 'control failed as it must' : `CONTROL DID NOT FAIL: ${control.what}`;
  const first = `${holds(result) ? '✓' : '✗'} ${row.name}: ${told.join(', ')}; ${judged}`;
  return [first, ...wrong.slice(0, 20)].join('\n    ');
}
