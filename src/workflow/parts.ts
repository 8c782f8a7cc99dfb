// Finds the connectors and sources that a file uses, all at once.

import type { Connector, Source } from '../plugin/index.ts';
import type { Catalog } from './compile.ts';
import { child, entriesOf, itemsOf, textOf, type Node } from './node.ts';

/** What the catalog has of the names in a file. */
export interface Parts {
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly sources: ReadonlyMap<string, Source>;
  readonly connectorNames: readonly string[];
  readonly sourceNames: readonly string[];
  /** Name → why it could not be loaded. */
  readonly broken: ReadonlyMap<string, string>;
}

export async function findParts(tree: Node, catalog: Catalog): Promise<Parts> {
  const broken = new Map(catalog.broken);
  const load = async <T>(names: ReadonlySet<string>, find: (name: string) => Promise<T | undefined>) => {
    const found = new Map<string, T>();
    await Promise.all(
      [...names].map(async (name) => {
        try {
          const part = await find(name);
          if (part !== undefined) found.set(name, part);
        } catch (error) {
          broken.set(name, error instanceof Error ? error.message : String(error));
        }
      }),
    );
    return found;
  };
  const [connectors, sources] = await Promise.all([
    load(connectorsUsed(tree), (name) => catalog.connector(name)),
    load(usesOf(child(tree, 'sources')), (name) => catalog.source(name)),
  ]);
  const { connectorNames, sourceNames } = catalog;
  return { connectors, sources, connectorNames, sourceNames, broken };
}

function connectorsUsed(tree: Node): Set<string> {
  const connections = child(tree, 'connections');
  const names = usesOf(connections);
  for (const { value: workflow } of entriesOf(child(tree, 'workflows')).values()) {
    for (const step of itemsOf(child(workflow, 'steps'))) {
      const connection = textOf(child(step, 'uses'))?.split('.')[0];
      if (connection !== undefined && child(connections, connection) === undefined) names.add(connection);
    }
  }
  return names;
}

function usesOf(node: Node | undefined): Set<string> {
  const names = [...entriesOf(node).values()].map((entry) => textOf(child(entry.value, 'uses')));
  return new Set(names.filter((name) => name !== undefined));
}
