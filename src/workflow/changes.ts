// What a new configuration changes, by the names of its workflows.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConfigChanges } from '../core/model.ts';
import type { Workflows } from './compile.ts';
import { listFiles, unpackFiles, type FileText } from './files.ts';
import { child, entriesOf, toData } from './node.ts';
import { createSourceText } from './place.ts';
import { readTree } from './read.ts';
import { createReport } from './report.ts';

type Texts = Pick<Workflows, 'file' | 'text'>;

/** A workflow is changed when its own lines mean something else; comments and places do not count. */
export async function changesOf(before: Texts, after: Texts): Promise<ConfigChanges> {
  const files = [before, after].map(({ file, text }) => listFiles(unpackFiles(file, text)));
  const [olds = [], news = []] = files;
  const old = await definitions(olds.filter((one) => !has(news, one)));
  const now = await definitions(news.filter((one) => !has(olds, one)));
  const names = [...now.keys()];
  return {
    added: names.filter((name) => !old.has(name)),
    removed: [...old.keys()].filter((name) => !now.has(name)),
    changed: names.filter((name) => old.has(name) && old.get(name) !== now.get(name)),
  };
}

function has(files: readonly FileText[], { text }: FileText): boolean {
  return files.some((one) => one.text === text);
}

async function definitions(files: readonly FileText[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { file, text } of files) {
    const tree = readTree(createReport(createSourceText(file, text.replace(/^\uFEFF/, ''))));
    for (const [name, { value }] of entriesOf(child(tree, 'workflows'))) found.set(name, JSON.stringify(toData(value)));
    await nextTurn();
  }
  return found;
}
