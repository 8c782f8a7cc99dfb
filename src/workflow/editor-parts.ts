// What a workflow file declares, as far as it can be read: an editor helps most while the file is not right yet.

import type { Connector, Source } from '../plugin/index.ts';
import type { Catalog } from './compile.ts';
import type { EditorParts } from './editor-schema.ts';
import { child, entriesOf, textOf, type Node } from './node.ts';
import { createSourceText } from './place.ts';
import { readTree } from './read.ts';
import { createReport } from './report.ts';

/** `text`: of the file; empty without one. A part that cannot be loaded is left out. */
export async function findEditorParts(text: string, catalog: Catalog): Promise<EditorParts> {
  const tree = readTree(createReport(createSourceText('', text.replace(/^\uFEFF/, ''))));
  const [connectors, presets] = await Promise.all([
    loadAll<Connector>(catalog.connectorNames, (name) => catalog.connector(name)),
    loadAll<Source>(catalog.sourceNames, (name) => catalog.source(name)),
  ]);
  return {
    sources: declared(child(tree, 'sources'), presets).map(({ name, part, node }) => {
      const own = [...entriesOf(child(node, 'events')).keys()];
      return { name, source: part, types: [...new Set([...Object.keys(part.events), ...own])] };
    }),
    connections: declared(child(tree, 'connections'), connectors).map(({ name, part }) => ({ name, connector: part })),
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

/** The entries of a map whose `uses` names a part that there is. */
function declared<T>(node: Node | undefined, parts: ReadonlyMap<string, T>) {
  return [...entriesOf(node)].flatMap(([name, { value }]) => {
    const part = parts.get(textOf(child(value, 'uses')) ?? '');
    return part === undefined ? [] : [{ name, part, node: value }];
  });
}
