// Text of a workflow file → ready workflows, or every problem that keeps it from being used.

import { checkFile } from './check.ts';
import { checkTypes } from './check-types.ts';
import type { CheckedFile } from './checked.ts';
import type { Catalog, Workflows } from './compile.ts';
import { createExplain } from './explain.ts';
import { createSourceText, type SourceText } from './place.ts';
import type { Problem } from './problem.ts';
import { readTree } from './read.ts';
import { makeReady } from './ready.ts';
import { createReport } from './report.ts';

export interface Loaded {
  /** Null when a problem is an error. */
  readonly workflows: Workflows | null;
  /**
   * The same, but with wrong types too: for a file that was accepted before, by a version that knew less of the types.
   * Null when anything else is an error.
   */
  readonly runnable: Workflows | null;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
}

/** Never rejects for anything the text holds. */
export async function loadWorkflows(
  { file, text }: { readonly file: string; readonly text: string },
  catalog: Catalog,
): Promise<Loaded> {
  const source = createSourceText(file, text.replace(/^\uFEFF/, ''));
  const report = createReport(source);
  const tree = readTree(report);
  const checked = tree === undefined ? undefined : await checkFile(tree, catalog, report);
  const runnable = checked === undefined || report.failed() ? null : makeRunnable(checked, source, text);
  if (checked !== undefined) checkTypes(checked, report);
  return { workflows: report.failed() ? null : runnable, runnable, problems: report.problems() };
}

function makeRunnable(checked: CheckedFile, source: SourceText, text: string): Workflows {
  const ready = makeReady(checked, source, text);
  return { ...ready, explain: createExplain(checked, ready, source) };
}
