// Text of a workflow file, or of several → ready workflows, or every problem that keeps it from being used.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { advise, type Advice } from './advise.ts';
import { checkFile } from './check.ts';
import { checkTypes } from './check-types.ts';
import type { CheckedFile } from './checked.ts';
import type { Catalog, Workflows } from './compile.ts';
import { createExplain } from './explain.ts';
import { listFiles, nameFiles, type FileTexts } from './files.ts';
import { moveTree } from './merge.ts';
import type { Node } from './node.ts';
import { createSourceText, joinTexts, type JoinedText, type SourceText } from './place.ts';
import type { Problem } from './problem.ts';
import { readTree, totalLimit } from './read.ts';
import { makeReady } from './ready.ts';
import { createReport, reportIn, type Report } from './report.ts';

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
  /** What was loaded: where `formatProblem` finds the lines of the problems. */
  readonly files: FileTexts;
}

/**
 * Several files are loaded as one: what each defines, all may use. With `advice` a file that is right is also warned of what
 * cannot be meant. Never rejects for anything the texts hold. Takes several turns, so that a process that loads large files
 * while it runs goes on answering.
 */
export async function loadWorkflows(files: FileTexts, catalog: Catalog, advice?: Advice): Promise<Loaded> {
  const texts = listFiles(files).map(({ file, text }) => createSourceText(file, text.replace(/^\uFEFF/, '')));
  const source = joinTexts(nameFiles(files), texts);
  const report = createReport(source);
  const trees = await readTrees(source, report);
  const checked = trees === undefined ? undefined : await checkFile(trees, catalog, report);
  await nextTurn();
  const runnable = checked === undefined || report.failed() ? null : makeRunnable(checked, source, files);
  await nextTurn();
  if (checked !== undefined) checkTypes(checked, report);
  if (checked !== undefined && advice !== undefined && !report.failed()) advise(checked, advice, report);
  return { workflows: report.failed() ? null : runnable, runnable, problems: report.problems(), files };
}

/** Undefined when one of them cannot be read: what it defines is not known then. */
async function readTrees({ parts, text, file }: JoinedText, report: Report): Promise<Node[] | undefined> {
  const start = { offset: 0, end: 0, path: '' };
  if (parts.length === 0) report.error('file.empty', start, 'there is no workflow file', 'Write one.');
  if (parts.length > 1 && Buffer.byteLength(text) > totalLimit) {
    const message = `the files of "${file}" are larger than ${totalLimit / 1024} KiB together`;
    report.error('file.too-large', start, message, 'Remove what is not needed.');
    return undefined;
  }
  const trees: Node[] = [];
  for (const { source, start } of parts) {
    const tree = readTree(reportIn(report, source, start));
    if (tree !== undefined) trees.push(moveTree(tree, start));
    await nextTurn();
  }
  return trees.length === parts.length ? trees : undefined;
}

function makeRunnable(checked: CheckedFile, source: SourceText, files: FileTexts): Workflows {
  const ready = makeReady(checked, source, files);
  return { ...ready, explain: createExplain(checked, ready, source) };
}
