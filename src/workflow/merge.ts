// Puts the trees of several files together into one, and finds names that two of them define.

import { child, entriesOf, type Entry, type MapNode, type Node } from './node.ts';
import type { Report, Span } from './report.ts';

/** What a file of several may define, and how one of it is called. */
const sections = { env: 'env', sources: 'source', connections: 'connection', workflows: 'workflow' } as const;

/** The first definition of a name stands; each later one is a problem that names both places. */
export function mergeTrees(trees: readonly Node[], report: Report): Node {
  const [first] = trees;
  if (first !== undefined && trees.length === 1) return first;
  const start = { offset: 0, end: 0, path: '' };
  const entries = new Map<string, Entry>();
  for (const [section, word] of Object.entries(sections)) {
    const merged = mergeSection(trees, section, word, report);
    if (merged !== undefined) entries.set(section, { key: merged, value: merged });
  }
  return { kind: 'map', ...start, entries };
}

function mergeSection(trees: readonly Node[], section: string, word: string, report: Report): MapNode | undefined {
  const entries = new Map<string, Entry>();
  let span: Span | undefined;
  for (const tree of trees) {
    const node = child(tree, section);
    if (node === undefined) continue;
    span ??= node;
    for (const [name, entry] of entriesOf(node)) {
      const before = entries.get(name);
      if (before === undefined) entries.set(name, entry);
      else reportTwice(`${word} "${name}"`, entry, before, report);
    }
  }
  return span === undefined ? undefined : { kind: 'map', offset: span.offset, end: span.end, path: section, entries };
}

function reportTwice(subject: string, again: Entry, before: Entry, report: Report): void {
  const { file, line, column } = report.source.place(before.key.offset);
  const message = `${subject} is already defined at ${file}:${line}:${column}`;
  report.error('yaml.duplicate-key', again.key, message, 'Keep one of them, or rename one.');
}

/** The same tree with its places moved on by so many characters. */
export function moveTree(node: Node, by: number): Node {
  if (by === 0) return node;
  const moved = moveSpan(node, by);
  if (node.kind === 'list') return { ...node, ...moved, items: node.items.map((item) => moveTree(item, by)) };
  if (node.kind !== 'map') return { ...node, ...moved };
  const entries = [...node.entries].map(([name, entry]): [string, Entry] => [
    name,
    { key: moveSpan(entry.key, by), value: moveTree(entry.value, by) },
  ]);
  return { ...node, ...moved, entries: new Map(entries) };
}

function moveSpan({ offset, end, path }: Span, by: number): Span {
  return { offset: offset + by, end: end + by, path };
}
