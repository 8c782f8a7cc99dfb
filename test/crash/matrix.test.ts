import { describe, expect, it } from 'vitest';
import { rows } from './rows.ts';
import { holds, lineOf, runRow } from './run-row.ts';

describe('the crash matrix, in short', () => {
  it.each(rows.map((row) => [row.name, row] as const))('%s', { timeout: 120_000 }, async (_, row) => {
    const done = await runRow(row, 'short');
    // What cannot be done on this machine is told, not hidden.
    if (done.is === 'skipped') return console.warn(lineOf(done));
    expect(holds(done), lineOf(done)).toBe(true);
    return undefined;
  });
});
