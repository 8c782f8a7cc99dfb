// Checks `connections:`, and adds one for each connector that steps use under its own name.

import type { Schema } from '../plugin/index.ts';
import type { Checking } from './checking.ts';
import type { CheckedConnection } from './checked.ts';
import { reportFaults } from './faults.ts';
import { child, entriesOf, keyOf, textOf, type Entry, type Node } from './node.ts';
import { warnNumbers } from './numbers.ts';
import type { ProblemCode } from './problem.ts';
import { parseRate } from './rate.ts';
import type { Span } from './report.ts';
import { nearest } from './suggest.ts';
import { checkEnv, collectSecrets } from './references.ts';
import { readValue, type Value } from './value.ts';
import { validateWritten } from './written.ts';

/** By name; a connection that cannot be used is left out. */
export function checkConnections(tree: Node, checking: Checking): Map<string, CheckedConnection> {
  const connections = new Map<string, CheckedConnection>();
  for (const [name, entry] of entriesOf(child(tree, 'connections'))) {
    const connection = checkConnection(name, entry, checking);
    if (connection !== undefined) connections.set(name, connection);
  }
  return connections;
}

function checkConnection(name: string, entry: Entry, checking: Checking): CheckedConnection | undefined {
  const { value } = entry;
  const usesNode = child(value, 'uses');
  const uses = textOf(usesNode);
  if (uses === undefined || usesNode === undefined) return undefined;
  const connector = checking.parts.connectors.get(uses);
  if (connector === undefined) {
    const candidates = checking.parts.connectorNames;
    reportUnknownPart(
      { code: 'connector.unknown', what: 'connector', name: uses, node: usesNode, candidates },
      checking,
    );
    return undefined;
  }
  const secretSpans = new Map<string, Span>();
  const subject = `connection "${name}": `;
  const settings = checkSettings(child(value, 'with'), entry, connector.settings, subject, checking, secretSpans);
  for (const secret of connector.secrets ?? []) {
    const given = valueAt(settings, secret);
    if (given?.kind === 'literal') warnLiteralSecret(given.node, checking);
  }
  const limit = child(value, 'concurrency');
  const concurrency = limit?.kind === 'scalar' && typeof limit.value === 'number' ? limit.value : undefined;
  const rate = parseRate(textOf(child(value, 'rate')) ?? '');
  return { name, connector, settings, secretSpans, concurrency, rate, span: entry.key };
}

/** The value at a path such as `auth.token`. */
function valueAt(settings: Value | undefined, path: string): Value | undefined {
  return path
    .split('.')
    .reduce<Value | undefined>((value, key) => (value?.kind === 'map' ? value.entries.get(key) : undefined), settings);
}

/** Reads and validates the settings of a source or connection. */
export function checkSettings(
  node: Node | undefined,
  owner: Entry,
  schema: Schema,
  subject: string,
  checking: Checking,
  secretSpans: Map<string, Span>,
): Value | undefined {
  const { report, validators } = checking;
  const value = node === undefined ? undefined : readSettings(node, checking, secretSpans);
  if (value !== undefined && value.kind !== 'map') return value;
  const faults = validateWritten(value, validators.written(schema));
  reportFaults(faults, node ?? owner.value, keyOf(owner.value, 'with') ?? owner.key, report, subject);
  if (node !== undefined) warnNumbers(node, schema, report);
  return value;
}

/** A value that may read secrets and `env`; the secrets are added to `secretSpans`. */
export function readSettings(node: Node, { report, parser, env }: Checking, secretSpans: Map<string, Span>): Value {
  return readValue(node, {
    report,
    parser,
    names: ['secrets', 'env'],
    found: (written) => {
      checkEnv(written, env, report);
      collectSecrets(written, report, secretSpans);
    },
  });
}

interface UnknownPart {
  readonly code: ProblemCode;
  readonly what: string;
  readonly name: string;
  readonly node: Node;
  readonly candidates: readonly string[];
}

/** A connector or source that is not there: because its plugin is broken, or because nobody knows the name. */
export function reportUnknownPart(
  { code, what, name, node, candidates }: UnknownPart,
  { report, parts }: Checking,
): void {
  const why = parts.broken.get(name);
  if (why !== undefined) {
    report.error(
      'connector.broken',
      node,
      `plugin "${name}" could not be loaded: ${why}`,
      'Mend the plugin, or remove what uses it.',
    );
    return;
  }
  const near = nearest(name, candidates);
  const hint = near === undefined ? `There are: ${candidates.join(', ')}.` : `Did you mean "${near}"?`;
  report.error(code, node, `${what} "${name}" does not exist`, hint);
}

export function warnLiteralSecret(node: Node, { report }: Checking): void {
  if (node.kind !== 'scalar' || node.value === '') return;
  report.warning(
    'secret.literal',
    node,
    'a secret is written into the file',
    'Read it from the environment: "${{ secrets.NAME }}".',
  );
}
