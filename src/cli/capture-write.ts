// Puts a test at the end of a test file, whose other lines stay as they are.

import { stringify } from 'yaml';
import { createSourceText } from '../workflow/place.ts';
import { child, entriesOf, keyOf, type Node } from '../workflow/node.ts';
import { readTree } from '../workflow/read.ts';
import { createReport } from '../workflow/report.ts';

export type Added =
  | { readonly ok: true; readonly text: string }
  /** Why nothing can be added, to complete `"file" …`. */
  | { readonly ok: false; readonly why: string };

/** `text`: of the file as it is; undefined when there is none yet. */
export function addTest(text: string | undefined, name: string, test: unknown): Added {
  if (text === undefined || text.trim() === '') {
    return { ok: true, text: `version: 1\ntests:\n${write(name, test, 2)}` };
  }
  const source = createSourceText('', text.replace(/^\uFEFF/, ''));
  const tree = readTree(createReport(source));
  if (tree === undefined) return { ok: false, why: 'cannot be read; mend it first' };
  const tests = child(tree, 'tests');
  const [last] = [...entriesOf(tests)].toReversed();
  if (tests?.kind !== 'map' || last === undefined) return { ok: false, why: 'has no "tests"' };
  if (tests.entries.has(name)) return { ok: false, why: `has a test "${name}" already; choose another with --name` };
  const column = indentOf(source.text, tests, last[1].key.offset);
  if (column === undefined || !isLast(tree)) {
    return { ok: false, why: 'must end with its "tests", each on lines of its own, for one to be added' };
  }
  return { ok: true, text: `${text.trimEnd()}\n\n${write(name, test, column)}` };
}

/** How far the names of the tests are indented; undefined when they are not on lines of their own. */
function indentOf(text: string, tests: Node, offset: number): number | undefined {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const isOwn = text.slice(start, offset).trim() === '' && text[tests.offset] !== '{';
  return isOwn ? offset - start : undefined;
}

/** Whether `tests` is the last key of the file. */
function isLast(tree: Node): boolean {
  const own = keyOf(tree, 'tests')?.offset ?? 0;
  return [...entriesOf(tree).values()].every(({ key }) => key.offset <= own);
}

function write(name: string, test: unknown, indent: number): string {
  const text = stringify(
    { [name]: test },
    { lineWidth: 0, aliasDuplicateObjects: false, version: '1.2', schema: 'core' },
  );
  // A line of a block of text is indented like every other; an empty one needs no blanks.
  return text.replace(/^(?=.)/gm, ' '.repeat(indent));
}
