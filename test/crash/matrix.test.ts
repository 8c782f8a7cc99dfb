import { describe, expect, it } from 'vitest';
import { rows } from './rows.ts';
import { holds, lineOf, runRow } from './run-row.ts';

describe.concurrent('the crash matrix, in short', () => {
  const short = rows.filter(({ inShort = true }) => inShort);
  it.each(short.map((row) => [row.name, row] as const))('%s', { timeout: 120_000 }, async (_, row) => {
    const result = await runRow(row, 'short');
    // What cannot be done on this machine is told, not hidden.
    if ('impossible' in result) console.warn(lineOf(row, result));
    expect(holds(result), lineOf(row, result)).toBe(true);
  });
});
