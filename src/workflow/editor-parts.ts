// What a workflow file declares, as far as it can be read: an editor helps most while the file is not right yet.

import type { Connector, Source } from '../plugin/index.ts';
import { alertSource } from './alerts.ts';
import type { Catalog } from './compile.ts';
import type { EditorParts } from './editor-schema.ts';
import { listFiles, type FileTexts } from './files.ts';
import { child, entriesOf, textOf, type Node } from './node.ts';
import { createSourceText } from './place.ts';
import { readTree } from './read.ts';
import { createReport } from './report.ts';

/** `files`: the text of one, or none or several with their names. A part that cannot be loaded is left out. */
export async function findEditorParts(files: string | FileTexts, catalog: Catalog): Promise<EditorParts> {
  const trees = listFiles(typeof files === 'string' ? { file: '', text: files } : files).flatMap(({ file, text }) => {
    const tree = readTree(createReport(createSourceText(file, text.replace(/^\uFEFF/, ''))));
    return tree === undefined ? [] : [tree];
  });
  const [connectors, presets] = await Promise.all([
    loadAll<Connector>(catalog.connectorNames, (name) => catalog.connector(name)),
    loadAll<Source>(catalog.sourceNames, (name) => catalog.source(name)),
  ]);
  return {
    sources: [
      ...declared(trees, 'sources', presets).map(({ name, part, node }) => {
        const own = [...entriesOf(child(node, 'events')).keys()];
        return { name, source: part, types: [...new Set([...Object.keys(part.events), ...own])] };
      }),
      { name: alertSource.name, source: alertSource, types: Object.keys(alertSource.events) },
    ],
    connections: declared(trees, 'connections', connectors).map(({ name, part }) => ({ name, connector: part })),
    connectors,
    presets,
  };
}

async function loadAll<T>(
  names: readonly string[],
  load: (name: string) => Promise<T | undefined>,
): Promise<ReadonlyMap<string, T>> {
  const loaded = await Promise.all(names.map(async (name) => [name, await load(name).catch(() => undefined)] as const));
  return new Map(loaded.flatMap(([name, part]) => (part === undefined ? [] : [[name, part] as const])));
}

/** The entries of a section whose `uses` names a part that there is. */
function declared<T>(trees: readonly Node[], section: string, parts: ReadonlyMap<string, T>) {
  const entries = trees.flatMap((tree) => [...entriesOf(child(tree, section))]);
  return entries.flatMap(([name, { value }]) => {
    const part = parts.get(textOf(child(value, 'uses')) ?? '');
    return part === undefined ? [] : [{ name, part, node: value }];
  });
}
