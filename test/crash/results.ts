// What the last full run found, row by row, kept beside the tests: the page is written from it.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './row.ts';

/** An outcome, or why the row could not be done. */
export type Result = Outcome | { readonly impossible: string };

export interface Simulated {
  readonly seeds: number;
  readonly runs: number;
  readonly requests: number;
  readonly effects: number;
  readonly deaths: number;
  readonly violated: number;
}

export interface Results {
  readonly rows: Readonly<Record<string, Result>>;
  readonly simulated: Simulated | null;
}

const file = fileURLToPath(new URL('./results.json', import.meta.url));

export function readResults(): Results {
  if (!existsSync(file)) return { rows: {}, simulated: null };
  return JSON.parse(readFileSync(file, 'utf8')) as Results;
}

export function writeResults(results: Results): void {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}
