// Checks a file, or several as one: the structure of each, then sources, connections and workflows; finds every problem in one pass.

import type { Schema } from '../plugin/index.ts';
import type { Checking } from './checking.ts';
import type { CheckedFile } from './checked.ts';
import { checkConnections } from './check-connections.ts';
import { checkSources } from './check-sources.ts';
import { checkWorkflows } from './check-workflows.ts';
import type { Catalog } from './compile.ts';
import { reportFaults } from './faults.ts';
import { mergeTrees } from './merge.ts';
import { child, entriesOf, textOf, toData, type Node } from './node.ts';
import { createParser } from './parser.ts';
import { findParts } from './parts.ts';
import { warnNumbers } from './numbers.ts';
import type { Report } from './report.ts';
import { closed } from './input-schema.ts';
import { fileSchema } from './schema.ts';
import { createValidators } from './validate.ts';

/** Undefined when one of them is not even a map, or when there is none. */
export async function checkFile(
  trees: readonly Node[],
  catalog: Catalog,
  report: Report,
): Promise<CheckedFile | undefined> {
  const validators = createValidators();
  const validate = validators.compile(closed(trees.length === 1 ? fileSchema : fileOfSeveral));
  for (const tree of trees) {
    reportFaults(validate(toData(tree)), tree, { ...tree, end: tree.offset }, report, '');
  }
  if (trees.length === 0 || trees.some(({ kind }) => kind !== 'map')) return undefined;
  const tree = mergeTrees(trees, report);
  if (trees.length > 1) requireWorkflows(tree, report);
  const env = readEnv(child(tree, 'env'), report);
  const checking: Checking = { report, parts: await findParts(tree, catalog), parser: createParser(), validators, env };
  const sources = checkSources(child(tree, 'sources'), checking);
  const connections = checkConnections(tree, checking);
  const namesOf = (key: string) => new Set(entriesOf(child(tree, key)).keys());
  const declared = { sources: namesOf('sources'), connections: namesOf('connections') };
  const known = { ...checking, sources, connections, declared, patterns: new Map(), actions: new Map() };
  const workflows = checkWorkflows(child(tree, 'workflows'), known);
  const envSpans = new Map([...entriesOf(child(tree, 'env'))].map(([name, { key }]) => [name, key]));
  return { env, envSpans, sources: [...sources.values()], connections: [...connections.values()], workflows };
}

/** A file of several may define any part of the whole. */
const fileOfSeveral = { ...fileSchema, required: ['version'] } as const satisfies Schema;

function requireWorkflows(tree: Node, report: Report): void {
  if (child(tree, 'workflows') !== undefined) return;
  const message = `no file of "${report.source.file}" has "workflows"`;
  report.error('value.missing-key', tree, message, fileSchema.properties.workflows.description);
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
