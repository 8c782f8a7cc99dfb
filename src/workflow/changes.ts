// What a new configuration changes, by the names of its workflows.

import type { ConfigChanges } from '../core/model.ts';
import type { Workflows } from './compile.ts';
import { listFiles, unpackFiles } from './files.ts';
import { child, entriesOf, toData } from './node.ts';
import { createSourceText } from './place.ts';
import { readTree } from './read.ts';
import { createReport } from './report.ts';

type Texts = Pick<Workflows, 'file' | 'text'>;

/** A workflow is changed when its own lines mean something else; comments and places do not count. */
export function changesOf(before: Texts, after: Texts): ConfigChanges {
  const old = definitions(before);
  const now = definitions(after);
  const names = [...now.keys()];
  return {
    added: names.filter((name) => !old.has(name)),
    removed: [...old.keys()].filter((name) => !now.has(name)),
    changed: names.filter((name) => old.has(name) && old.get(name) !== now.get(name)),
  };
}

function definitions({ file, text }: Texts): ReadonlyMap<string, string> {
  const entries = listFiles(unpackFiles(file, text)).flatMap((one) => {
    const tree = readTree(createReport(createSourceText(one.file, one.text.replace(/^\uFEFF/, ''))));
    return [...entriesOf(child(tree, 'workflows'))];
  });
  return new Map(entries.map(([name, { value }]) => [name, JSON.stringify(toData(value))]));
}
