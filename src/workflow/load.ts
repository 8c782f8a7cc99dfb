// Text of a workflow file → ready workflows, or every problem that keeps it from being used.

import { checkFile } from './check.ts';
import type { Catalog, Workflows } from './compile.ts';
import { createExplain } from './explain.ts';
import { createSourceText } from './place.ts';
import type { Problem } from './problem.ts';
import { readTree } from './read.ts';
import { makeReady } from './ready.ts';
import { createReport } from './report.ts';

export interface Loaded {
  /** Null when a problem is an error. */
  readonly workflows: Workflows | null;
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
  if (checked === undefined || report.failed()) return { workflows: null, problems: report.problems() };
  const ready = makeReady(checked, source, text);
  return { workflows: { ...ready, explain: createExplain(checked, ready, source) }, problems: report.problems() };
}
