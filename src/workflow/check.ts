// Checks a whole file: its structure, then sources, connections and workflows; finds every problem in one pass.

import type { Schema } from '../plugin/index.ts';
import type { Checking } from './checking.ts';
import type { CheckedFile } from './checked.ts';
import { checkConnections } from './check-connections.ts';
import { checkSources } from './check-sources.ts';
import { checkWorkflows } from './check-workflows.ts';
import type { Catalog } from './compile.ts';
import { reportFaults } from './faults.ts';
import { child, entriesOf, textOf, toData, type Node } from './node.ts';
import { findParts } from './parts.ts';
import { warnNumbers } from './numbers.ts';
import type { Report } from './report.ts';
import { closed } from './input-schema.ts';
import { fileSchema } from './schema.ts';
import { createValidators } from './validate.ts';

/** Undefined when the file is not even a map. */
export async function checkFile(tree: Node, catalog: Catalog, report: Report): Promise<CheckedFile | undefined> {
  const validators = createValidators();
  const faults = validators.compile(closed(fileSchema))(toData(tree));
  reportFaults(faults, tree, { ...tree, end: tree.offset }, report, '');
  if (tree.kind !== 'map') return undefined;
  const env = readEnv(child(tree, 'env'), report);
  const checking: Checking = { report, parts: await findParts(tree, catalog), validators, env };
  const sources = checkSources(child(tree, 'sources'), checking);
  const connections = checkConnections(tree, checking);
  const namesOf = (key: string) => new Set(entriesOf(child(tree, key)).keys());
  const declared = { sources: namesOf('sources'), connections: namesOf('connections') };
  const known = { ...checking, sources, connections, declared, actions: new Map() };
  const workflows = checkWorkflows(child(tree, 'workflows'), known);
  return { env, sources: [...sources.values()], connections: [...connections.values()], workflows };
}

function readEnv(node: Node | undefined, report: Report): Record<string, unknown> {
  const env: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, entry] of entriesOf(node)) {
    env[name] = toData(entry.value, (inner) => {
      if (textOf(inner)?.includes('${{') !== true) return undefined;
      report.error('expression.invalid', inner, `"env.${name}" holds an expression, and only literals may stand here`);
      return null;
    });
    warnNumbers(entry.value, {} satisfies Schema, report);
  }
  return env;
}
